"""Where the blueprints are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent

BLUEPRINTS = next(
    folder for folder in (_PACKAGE / "blueprints", _PACKAGE.parent / "blueprints") if (folder / "airflow").is_dir()
)
