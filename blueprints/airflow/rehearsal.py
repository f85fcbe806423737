"""What the scripts of a rehearsal share: their last words, without a secret in them.

A script runs in a pod that is made as the real one is, tries one thing, and ends. What came of it goes where
Kubernetes keeps the last words of a container, for whoever may see the pod; so no secret may be in it.
"""

import json
import os
import re
import signal
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

LAST_WORDS = Path("/dev/termination-log")
LONGEST = 2000
"""Characters; Kubernetes keeps 4096 bytes."""

MASK = "•••"
SHORTEST = 4
"""Characters; to mask what is shorter would mask half of every sentence."""

PUBLIC = {"conn_type", "region_name", "endpoint_url", "host", "schema", "port"}
"""Keys of an Airflow connection that hold no secret."""


class Failed(Exception):
    """What was tried does not work, in a sentence of ours."""


def run(work):
    """Do the work, which returns a sentence; leave it, or what went wrong, as the last words."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # and not in half a minute
    try:
        said, code = work(), 0
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever it is, it must be told without its secrets
        said, code = reason(error), 1
    said = hidden(said)[:LONGEST]
    LAST_WORDS.write_text(said)
    print(said, flush=True)
    sys.exit(code)


def reason(error):
    """An exception in words; what it was raised from says more."""
    while error.__cause__ is not None:
        error = error.__cause__
    words = str(error).strip() or "no reason given"
    return words if isinstance(error, Failed | SystemExit) else f"{type(error).__name__}: {words}"


def hidden(text):
    """The text without the secret values that this pod was given."""
    for value in sorted(secret_values(), key=len, reverse=True):
        for form in {value, quote(value, safe="")}:
            text = text.replace(form, MASK)
    return text


def secret_values():
    """The values of the variables and files that REHEARSAL_SECRETS names, and the parts of a connection."""
    found = set()
    for name in os.environ.get("REHEARSAL_SECRETS", "").split():
        path = Path(name)
        if path.is_absolute():
            value = path.read_text("utf-8", "replace") if path.is_file() else ""
        else:
            value = os.environ.get(name, "")
        found.update([value, value.strip(), *value.splitlines(), *parts(value)])
    return {value for value in found if len(value) >= SHORTEST}


def parts(value):
    """The secrets inside of an Airflow connection: JSON or a URI."""
    try:
        read = json.loads(value)
    except ValueError:
        password = urlsplit(value).password if "://" in value else None
        return [password] if password else []
    return list(leaves(read))


def leaves(tree, key=""):
    """The texts of a JSON tree; those that are lists of settings, such as AccountKey=...;, part by part."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from leaves(value, name)
    elif isinstance(tree, str) and key not in PUBLIC:
        yield tree
        yield from re.findall(r"(?i)(?:key|signature|sig|password)=([^;&]+)", tree)
