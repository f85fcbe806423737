"""What those who sit at the seats need: address, user, and the command that shows the password, never the password."""

import csv
import io
from pathlib import Path

from wizard.errors import Exit, UserError
from wizard.summary import Summary, summary
from wizard.workshop.seats import Seat

MARKDOWN, TABLE = "hand-out.md", "seats.csv"
_COLUMNS = ("seat", "page", "open", "user", "password", "verify")


def files(workshop: str, seats: list[Seat]) -> dict[str, str]:
    """The hand-out by its files' names: Markdown to be printed and cut, CSV for a mail merge. By the plans alone.

    The commands name the namespace and no context: everybody has a kubeconfig of their own.
    """
    found = [(seat.name, summary(seat.plan)) for seat in seats]
    return {MARKDOWN: _markdown(workshop, found), TABLE: _table(found)}


def _markdown(workshop: str, found: list[tuple[str, Summary]]) -> str:
    parts = [f"# Workshop {workshop}\n"]
    for name, way_in in found:
        lines = [f"- {label}: {_shown(label, text)}\n" for label, text in way_in.lines()]
        parts.append(f"## {name}\n\n{''.join(lines)}")
    return "\n---\n\n".join(parts)


def _shown(label: str, text: str) -> str:
    return f"`{text}`" if label in ("Open", "Password", "Verify") else text


def _table(found: list[tuple[str, Summary]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for name, way_in in found:
        user = f"those of {way_in.directory}" if way_in.directory else way_in.user
        table.writerow((name, way_in.url, way_in.open, user, way_in.password, way_in.verify))
    return text.getvalue()


def refuse_taken(found: dict[str, str], folder: Path) -> None:
    """Raise `UserError` for a folder that holds other files of these names."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file.", "Name a folder with -o.", Exit.USAGE)
    for name, text in found.items():
        path = folder / name
        if path.is_symlink() or (path.exists() and not _holds(path, text)):
            raise UserError(
                f"{path} is there already, with something else in it.",
                "Name another folder with -o, or move that file away.",
                Exit.USAGE,
            )


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def write(found: dict[str, str], folder: Path) -> None:
    """Write those files that aren't there. Raises `UserError`."""
    refuse_taken(found, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            if not (folder / name).exists():
                (folder / name).write_text(text, "utf-8", newline="")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}", "Name another folder with -o.") from None
