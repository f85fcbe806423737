"""Secrets: made once, kept in the cluster, never in a plan, a render, a log or an exception.

For what was made once the cluster's value always wins: applying again never rotates anything. The objects built here
hold values, so nothing that prints may touch them; `masked` is for that.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.cluster.interface import Cluster, Object
from wizard.render.hashes import SECRET_HASH, content, reads
from wizard.render.lift import pod_template
from wizard.render.manifests import MANAGED_BY
from wizard.render.needed_secrets import NeededSecret, Random, Value
from wizard.render.trace import Origin

HASH_KEY = NeededSecret("airflow-wizard", {"hash-key": Value(random="hex-64-bytes")}, Origin("", ""))
"""Our own: the key of the HMAC by which pods are told that a Secret has changed. It lives only in the cluster."""

MASK = "••••••••"


@dataclass(frozen=True, repr=False)
class Made:
    """A Secret as it will be: the whole object, with values, and which of its keys are new."""

    body: Object
    new_keys: tuple[str, ...]
    exists: bool

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    def __repr__(self) -> str:
        return f"Made({self.name!r}, new_keys={self.new_keys})"


def random_value(kind: Random) -> str:
    """A new random value. A Fernet key is 32 random bytes in urlsafe base64; JWTs of HS512 want 64 bytes."""
    match kind:
        case "password":
            return secrets.token_urlsafe(24)
        case "fernet-key":
            return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        case "hex-64-bytes":
            return secrets.token_hex(64)


def make(needed: NeededSecret, namespace: str, live: Object | None) -> Made:
    """What is in the cluster, and what it lacks made new."""
    known: dict[str, str] = dict((live or {}).get("data") or {})
    new = tuple(key for key in needed.keys if key not in known)
    for key in new:
        value = needed.keys[key]
        text = value.text if value.random is None else random_value(value.random)
        known[key] = base64.b64encode(str(text).encode()).decode()
    labels = MANAGED_BY if live is None else _our_labels(live)
    metadata = {"name": needed.name, "namespace": namespace} | ({"labels": labels} if labels else {})
    ours = {key: known[key] for key in needed.keys}
    return Made({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": ours}, new, live is not None)


def _our_labels(live: Object) -> dict[str, str]:
    """Our labels, if it has them: a Secret that somebody else made stays somebody else's."""
    labels = live["metadata"].get("labels") or {}
    return {key: value for key, value in MANAGED_BY.items() if labels.get(key) == value}


def send(cluster: Cluster, made: Made) -> str:
    """Create the Secret or complete it; what was done, in a word or two. A Secret that has all its keys isn't touched."""
    if not made.exists:
        cluster.create(made.body)
        return f"made, {_keys(made)}"
    if made.new_keys:
        cluster.apply(made.body)
        return f"completed by {', '.join(made.new_keys)}"
    return f"kept, {_keys(made)}"


def _keys(made: Made) -> str:
    count = len(made.body["data"])
    return "1 key" if count == 1 else f"{count} keys"


def masked(needed: NeededSecret, namespace: str) -> Object:
    """The Secret as it may be shown."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": needed.name, "namespace": namespace, "labels": MANAGED_BY},
        "type": "Opaque",
        "data": {key: MASK for key in needed.keys},
    }


def stamp(bodies: Iterable[Object], made: list[Made]) -> None:
    """Write into each pod template a keyed hash of the Secret values that its pods read, so that they roll with them."""
    values = {each.name: each.body["data"] for each in made}
    key = base64.b64decode(values[HASH_KEY.name]["hash-key"])
    for body in bodies:
        template = pod_template(body)
        if template is not None:
            read = content(reads(template, "Secret"), values)
            template["metadata"]["annotations"][SECRET_HASH] = hmac.new(key, read, hashlib.sha256).hexdigest()[:16]
