"""Writing a plan's file: whole or not at all, and never over something else unasked."""

import os
import tempfile
from pathlib import Path

from wizard.errors import Exit, UserError


def holds_other(path: Path, text: str) -> bool:
    """Whether something is there that isn't this text. Raises UserError for what is no file."""
    if path.is_dir():
        raise UserError(f"{path} is a folder", "Name a file in it.", Exit.USAGE)
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", code=Exit.USAGE) from None


def save(path: Path, text: str, mode: int = 0o644) -> None:
    """Write the text beside the file and put it in its place in one move. Raises UserError, with nothing changed.

    `mode` is that of a new file; one that is there keeps its own.
    """
    target = path.resolve()  # of a link, what it points to
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else mode
        descriptor, written = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(written, mode)
            os.replace(written, target)
        except OSError:
            Path(written).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", code=Exit.USAGE) from None
