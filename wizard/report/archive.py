"""The report as one file: a tar.gz that only its owner can read, and that is there as a whole or not at all."""

import gzip
import io
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from wizard.errors import Exit, UserError


def default_name(namespace: str, at: datetime) -> str:
    """Such as `airflow-report-airflow-20260112-091403`, of the folder in it; the file's has `.tar.gz` behind."""
    return f"airflow-report-{namespace}-{at:%Y%m%d-%H%M%S}"


def archive(files: dict[str, str], folder: str, at: datetime) -> bytes:
    """The same bytes for the same files and moment, whoever packs them."""
    raw, moment = io.BytesIO(), int(at.timestamp())
    with (
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in sorted(files):
            content = files[name].encode("utf-8", "replace")
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mtime, member.mode = len(content), moment, 0o600
            tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def refuse_taken(path: Path) -> None:
    """Raise `UserError` for a place where nothing can be written, or where something is already."""
    if path.exists() or path.is_symlink():
        raise UserError(f"{path} is there already, and nothing was written.", "Name another file with -o.", Exit.USAGE)
    if not path.parent.is_dir():
        raise UserError(f"{path.parent} is no folder.", "Make it first, or name another file with -o.", Exit.USAGE)


def save(content: bytes, path: Path) -> None:
    """Write beside its place, then give it its name, unless somebody took that meanwhile. Raises `UserError`."""
    try:
        number, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
        try:
            with open(number, "wb") as file:
                file.write(content)
            _name(Path(beside), path)
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", "Name another file with -o.") from None


def _name(beside: Path, path: Path) -> None:
    """A link never replaces anything; some file systems have none."""
    try:
        path.hardlink_to(beside)
    except OSError:
        refuse_taken(path)
        beside.rename(path)
