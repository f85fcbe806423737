"""Which Git host an SSH address names, and which hosts the lines of a known_hosts file (sshd(8)) are about."""

import base64
import hashlib
import hmac
import re
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

SSH_PORT = 22

_LINE = re.compile(
    r"(?:@(?P<marker>[a-z-]+) +)?(?P<hosts>\S+) +(?P<kind>(?:ssh|ecdsa|sk)-[\w@.-]+) +(?P<key>[A-Za-z0-9+/=]+)( .*)?"
)


def known_hosts_lines(value: str) -> str:
    """Lines of a known_hosts file: a host, a key type and the key; comments may stand between them."""
    lines = [line.strip() for line in value.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    for line in lines:
        if not _LINE.fullmatch(line) or not line.isprintable():
            raise ValueError(f"has a line that is none of known_hosts: {line[:40]}")
    if not lines:
        raise ValueError("needs the host's line, as `airflow-wizard known-hosts ADDRESS` prints it")
    return "\n".join(lines) + "\n"


def host_of(address: str) -> tuple[str, int]:
    """The host and the port of an SSH address: `git@host:path`, `ssh://git@host:2222/path`, or `host:2222` alone.

    Raises ValueError for an address without a host, and for a port that is none.
    """
    if "://" not in address and "/" not in address and "@" not in address:
        address = f"ssh://{address}"
    if "://" not in address:
        return address.rpartition("@")[2].partition(":")[0], SSH_PORT
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("has a port that is no number; git@HOST:PATH is written without ssh://") from None
    if not parts.hostname:
        raise ValueError("names no host")
    return parts.hostname, SSH_PORT if port is None else port


def name_of(host: str, port: int) -> str:
    """How known_hosts names a host: with its port in brackets, unless that is the usual one."""
    return host if port == SSH_PORT else f"[{host}]:{port}"


def lines_for(text: str, host: str, port: int) -> list[str]:
    """The lines by which ssh knows this host. For an unusual port it also takes a line of the host without a port."""
    return [line for line in map(str.strip, text.splitlines()) if _is_about(line, {name_of(host, port), host})]


def fingerprints(lines: list[str]) -> list[tuple[str, str]]:
    """Of each line, the type of the key, and its fingerprint as `ssh-keygen -l` shows it."""
    found = [_LINE.fullmatch(line) for line in lines]
    return [(match["kind"], fingerprint(match["key"])) for match in found if match]


def fingerprint(key: str) -> str:
    """`SHA256:...` of a public key in base64."""
    digest = hashlib.sha256(base64.b64decode(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _is_about(line: str, names: set[str]) -> bool:
    match = _LINE.fullmatch(line)
    if match is None or match["marker"] == "revoked":
        return False
    return any(_fits(match["hosts"], name) for name in names)


def _fits(hosts: str, name: str) -> bool:
    """Whether a line's hosts are this one: hashed, or patterns of which none that begins with ! may fit."""
    if hosts.startswith("|1|"):
        return _hashed(hosts, name)
    patterns = hosts.lower().split(",")
    if any(_like(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(_like(name, pattern) for pattern in patterns)


def _like(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower(), pattern.replace("[", "[[]"))


def _hashed(hosts: str, name: str) -> bool:
    try:
        salt, wanted = (base64.b64decode(part, validate=True) for part in hosts.split("|")[2:4])
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode(), hashlib.sha1).digest(), wanted)
