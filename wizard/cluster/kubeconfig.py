"""Reading kubeconfigs as kubectl reads them, without the 0.5 s that importing `kubernetes` takes.

KUBECONFIG may name several files: of two entries of the same name the first file's wins, so does the first
`current-context`, and files that are not there are passed over. Without any kubeconfig, a pod's own service account
is used.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from wizard.errors import Exit, UserError
from wizard.yaml_files import read_yaml

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "in-cluster"
"""What we call the context that is made of a pod's own service account."""

_SECTIONS = {"contexts": "context", "clusters": "cluster", "users": "user"}
_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_Settings = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """One choice that a kubeconfig offers."""

    name: str
    server: str
    """Address of the API server; empty where the context names a cluster that is not there."""
    namespace: str
    current: bool


@dataclass(frozen=True)
class Entry:
    """All that a kubeconfig says about one context; file names are absolute."""

    context: str
    server: str
    cluster: _Settings = field(repr=False)
    user: _Settings = field(repr=False)


@dataclass
class _Merged:
    """Several kubeconfigs as one."""

    contexts: dict[str, _Settings] = field(default_factory=dict)
    clusters: dict[str, _Settings] = field(default_factory=dict)
    users: dict[str, _Settings] = field(default_factory=dict)
    current: str = ""


def on_this_machine(server: str) -> bool:
    """Whether an API server's address is of loopback, as those of local clusters are."""
    host = urlsplit(server).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unverified(context: str) -> str:
    """What is to be said where nobody checks who the API server is."""
    return (
        f"Context {context} has insecure-skip-tls-verify: whoever is on the way can pose as the API server and read "
        "all Secrets."
    )


def contexts(kubeconfig: str | None = None) -> list[Context]:
    """The contexts of a kubeconfig, in its order; only reads files. Raises UserError where there is no usable one."""
    merged = _merge(kubeconfig)
    return [
        Context(
            name,
            _address(merged.clusters.get(_text(context, "cluster"), {})),
            _text(context, "namespace") or "default",
            name == merged.current,
        )
        for name, context in merged.contexts.items()
    ]


def choose(kubeconfig: str | None = None, context: str | None = None) -> Entry:
    """The entry of a context (without a name: of the current one). Raises UserError where it can't be had."""
    merged = _merge(kubeconfig)
    name = merged.current if context is None else context
    known = ", ".join(merged.contexts) or "none"
    if not name:
        raise UserError("The kubeconfig has no current context.", f"Give --context, one of: {known}.", Exit.USAGE)
    if name not in merged.contexts:
        raise UserError(f"The kubeconfig has no context {name}.", f"It has: {known}.", Exit.USAGE)
    chosen = merged.contexts[name]
    cluster = _referred(merged.clusters, chosen, "cluster", name)
    user = _referred(merged.users, chosen, "user", name) if chosen.get("user") else {}
    return Entry(name, _checked_address(cluster, name), cluster, user)


def _referred(entries: dict[str, _Settings], context: _Settings, section: str, name: str) -> _Settings:
    wanted = _text(context, section)
    if wanted not in entries:
        raise UserError(
            f"Context {name} names the {section} {wanted or '(none)'}, which the kubeconfig does not have.",
            "Mend it with kubectl config, or choose another context by --context.",
            Exit.USAGE,
        )
    return entries[wanted]


def _merge(kubeconfig: str | None) -> _Merged:
    merged = _Merged()
    found = False
    for path in _paths(kubeconfig):
        loaded = _load(path, needed=bool(kubeconfig))
        if loaded is None:
            continue
        found = True
        for section, inner in _SECTIONS.items():
            entries: dict[str, _Settings] = getattr(merged, section)
            for name, settings in _named(loaded, section, inner, path):
                entries.setdefault(name, _located(settings, path.parent))
        merged.current = merged.current or _text(loaded, "current-context")
    return merged if found else _service_account()


def _paths(kubeconfig: str | None) -> list[Path]:
    named = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    # Not Path.expanduser, which fails where the user has no home, as in a pod with a random user.
    return [Path(os.path.expanduser(part)) for part in ([kubeconfig] if kubeconfig else named or ["~/.kube/config"])]


def _load(path: Path, *, needed: bool) -> _Settings | None:
    """What a file holds; None where it is not there and was not asked for by name."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not needed:
            return None
        raise UserError(
            f"There is no kubeconfig {path}.", "Give the path of one by --kubeconfig or KUBECONFIG.", Exit.USAGE
        ) from None
    except OSError as error:
        raise UserError(
            f"The kubeconfig {path} can't be read: {error.strerror}.", "Look at its permissions.", Exit.USAGE
        ) from None
    except UnicodeDecodeError:
        raise _unusable(path, "it is not UTF-8 text") from None
    loaded = _parse(text, path)
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise _unusable(path, "it is not a mapping")
    return loaded


def _parse(text: str, path: Path) -> Any:
    """YAML, or JSON by itself since YAML takes no tabs. Says the line, never its text: that may be a key."""
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
    except (ValueError, RecursionError):
        pass  # a mapping in YAML's short form
    try:
        return read_yaml(text)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _unusable(path, f"it is not YAML{line}") from None
    except (yaml.YAMLError, ValueError):
        raise _unusable(path, "it is not YAML") from None


def _named(loaded: _Settings, section: str, inner: str, path: Path) -> Iterator[tuple[str, _Settings]]:
    entries = loaded.get(section) or []
    if not isinstance(entries, list):
        raise _unusable(path, f"{section} is not a list")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise _unusable(path, f"an entry of {section} has no name")
        settings = entry.get(inner) or {}
        if not isinstance(settings, dict):
            raise _unusable(path, f"{section} {entry['name']} is not a mapping")
        yield entry["name"], settings


def _located(settings: _Settings, folder: Path) -> _Settings:
    """The same with absolute file names: they are relative to the kubeconfig that they stand in."""
    located = dict(settings)
    for key in _FILES:
        if _text(settings, key):
            located[key] = str(folder.absolute() / settings[key])
    plugin = settings.get("exec")
    if isinstance(plugin, dict) and "/" in _text(plugin, "command"):
        located["exec"] = {**plugin, "command": str(folder.absolute() / plugin["command"])}
    return located


def _service_account() -> _Merged:
    """The one context of a pod. Raises UserError where we are in none, as there is no kubeconfig at all then."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "")
    token = SERVICE_ACCOUNT / "token"
    if not (host and port and token.is_file()):
        looked = os.environ.get("KUBECONFIG") or "~/.kube/config"
        raise UserError(
            f"There is no kubeconfig: looked for {looked}.",
            "Give the path of one by --kubeconfig or KUBECONFIG, or look around without a cluster: airflow-wizard demo",
            Exit.USAGE,
        )
    space = SERVICE_ACCOUNT / "namespace"
    namespace = space.read_text(encoding="utf-8").strip() if space.is_file() else "default"
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return _Merged(
        contexts={IN_CLUSTER: {"cluster": IN_CLUSTER, "user": IN_CLUSTER, "namespace": namespace}},
        clusters={IN_CLUSTER: {"server": server, "certificate-authority": str(SERVICE_ACCOUNT / "ca.crt")}},
        users={IN_CLUSTER: {"tokenFile": str(token)}},
        current=IN_CLUSTER,
    )


def _address(cluster: _Settings) -> str:
    server = _text(cluster, "server")
    return (server if not server or "://" in server else f"https://{server}").rstrip("/")


def _checked_address(cluster: _Settings, context: str) -> str:
    address = _address(cluster)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not address.isascii() or any(character.isspace() for character in address):
        raise UserError(
            f"The server of context {context} is not an address: {address or '(none)'}.",
            "It should look like https://10.0.0.1:6443; mend it with kubectl config set-cluster.",
            Exit.USAGE,
        )
    return address


def _text(settings: _Settings, key: str) -> str:
    value = settings.get(key)
    return value if isinstance(value, str) else ""


def _unusable(path: Path, why: str) -> UserError:
    return UserError(
        f"{path} is not a kubeconfig: {why}.",
        "kubectl config view shows what kubectl makes of it; name another by --kubeconfig or KUBECONFIG.",
        Exit.USAGE,
    )
