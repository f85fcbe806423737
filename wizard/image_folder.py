"""A build context as a folder, which is the user's too: DAGs go into it, and the Dockerfile may be changed."""

import hashlib
from pathlib import Path

from wizard.errors import Exit, UserError
from wizard.image import DAGS, BuildContext

_MARK = "# Made by airflow-wizard image ({digest}), and made anew by it until you change it: then it is yours.\n"
_DAGS_README = "The DAG files of the image go into this folder.\n"


def marked(text: str) -> str:
    """The text below a line by which a later run knows that nobody has changed it."""
    return _MARK.format(digest=hashlib.sha256(text.encode()).hexdigest()[:12]) + text


def write_context(context: BuildContext, folder: Path) -> list[str]:
    """Write the Dockerfile and what it copies; the names of the files that were written.

    What is in the folder besides stays. Raises `UserError`, before anything is written, for a file that isn't ours.
    """
    files = {"Dockerfile": marked(context.dockerfile), **{name: marked(text) for name, text in context.files.items()}}
    try:
        _refuse_foreign(folder, files)
        if context.has_dags and not (folder / DAGS).exists():
            files[f"{DAGS}/README"] = _DAGS_README
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}") from None
    return list(files)


def _refuse_foreign(folder: Path, files: dict[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file.", "Name a folder with -o.", Exit.USAGE)
    for name in files:
        path = folder / name
        text = path.read_text("utf-8", "replace") if path.is_file() else None
        if path.exists() and (text is None or text != marked(text.partition("\n")[2])):
            raise UserError(
                f"{path} was not made by this command, or was changed since; nothing was written.",
                "Name another folder with -o and take over what is new, or move that file away.",
                Exit.USAGE,
            )
