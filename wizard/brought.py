"""Secret values that come from where the wizard runs: read, mended where that is safe, and judged.

No exception here holds a value.
"""

import json
import os
import re
from pathlib import Path

from wizard.deploy_key import load_private_key
from wizard.errors import Exit, UserError
from wizard.render.needed_secrets import Value


def bring(value: Value, what: str, *, needed: bool) -> str | None:
    """The value from its file or variable; None where the source isn't at hand and the value isn't `needed`.

    Raises `UserError` for a source that is needed and missing, and for a value that can't be what it should be.
    """
    text = _from_file(value.file) if value.file is not None else os.environ.get(value.environment or "")
    if text is None or not text.strip():
        if not needed:
            return None
        source = f"file {value.file}" if value.file is not None else f"environment variable {value.environment}"
        raise UserError(f"{what} should come from {source}, which is missing or empty.", code=Exit.USAGE)
    match value.check:
        case "ssh-private-key":
            return ssh_private_key(text, what)
        case "airflow-connection":
            return airflow_connection(text, what)
        case "token":
            return token(text, what)
        case "password":
            return password(text, what)
    return text


def _from_file(path: str) -> str | None:
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UserError(f"{path} cannot be read: {reason}", code=Exit.USAGE) from None


def ssh_private_key(text: str, what: str) -> str:
    """A private key as OpenSSH wants it: lines that end as on Linux, the last one too. Raises `UserError`."""
    from cryptography.exceptions import UnsupportedAlgorithm

    mended = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
    if mended.startswith(("ssh-", "ecdsa-", "sk-", "---- BEGIN SSH2 PUBLIC", "-----BEGIN PUBLIC")):
        raise UserError(f"{what} is a public key.", "Give the private half: the file without .pub.", Exit.USAGE)
    try:
        load_private_key(mended)
    except TypeError:
        raise UserError(
            f"{what} is protected by a passphrase, which nobody could type in a pod.",
            "Make a deploy key without one: ssh-keygen -t ed25519 -N '' -f deploy_key",
            Exit.USAGE,
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UserError(
            f"{what} is no private key that can be read.",
            "It starts with a line -----BEGIN ... PRIVATE KEY-----.",
            Exit.USAGE,
        ) from None
    return mended


def airflow_connection(text: str, what: str) -> str:
    """A connection as `AIRFLOW_CONN_...` takes it: JSON with a `conn_type`, or a URI. Raises `UserError`."""
    mended = text.strip()
    if not (_is_json_connection(mended) if mended.startswith("{") else re.fullmatch(r"[A-Za-z][\w+.-]*://\S*", mended)):
        raise UserError(
            f"{what} is no Airflow connection.",
            'It is JSON with a conn_type, such as {"conn_type": "aws", "login": "...", "password": "..."} or '
            '{"conn_type": "wasb", "extra": {"connection_string": "..."}}, or a URI such as aws://...',
            Exit.USAGE,
        )
    return mended


def _is_json_connection(text: str) -> bool:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(read.get("conn_type"), str) and bool(read["conn_type"])


def token(text: str, what: str) -> str:
    """A token without the line's end that editors and `echo` leave. Raises `UserError`."""
    mended = text.strip()
    if any(character.isspace() or not character.isprintable() for character in mended):
        raise UserError(
            f"{what} is no token: it has blanks or several lines.",
            "Give a file or a variable that holds the token alone.",
            Exit.USAGE,
        )
    return mended


def password(text: str, what: str) -> str:
    """A password without the end of its line; everything else belongs to it, blanks too. Raises `UserError`."""
    mended = text.rstrip("\r\n")
    if any(character in mended for character in "\r\n\0"):
        raise UserError(
            f"{what} is no password: it has several lines.",
            "Give a file or a variable that holds the password alone.",
            Exit.USAGE,
        )
    return mended
