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
from typing import Literal

from wizard.brought import bring, ssh_private_key
from wizard.cluster.interface import Cluster, Object
from wizard.deploy_key import new_private_key, public_half
from wizard.diff import Change
from wizard.errors import UserError
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
    """A Secret as it will be: the whole object, with values, and which of its keys are new or differ from before."""

    body: Object
    new_keys: tuple[str, ...]
    changed_keys: tuple[str, ...]
    exists: bool
    ours: bool
    public: tuple[str, ...] = ()
    """What may be shown, and must be: public halves of keys that were made."""

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def what(self) -> Literal["create", "change", "keep"]:
        """What sending it does."""
        if not self.exists:
            return "create"
        return "change" if self.new_keys or self.changed_keys else "keep"

    def __repr__(self) -> str:
        return f"Made({self.name!r}, new_keys={self.new_keys}, changed_keys={self.changed_keys})"


def random_value(kind: Random) -> str:
    """A new random value. A Fernet key is 32 random bytes in urlsafe base64; JWTs of HS512 want 64 bytes."""
    match kind:
        case "password":
            return secrets.token_urlsafe(24)
        case "fernet-key":
            return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        case "hex-64-bytes":
            return secrets.token_hex(64)
        case "ed25519-key":
            return new_private_key()


def find(cluster: Cluster, needed: NeededSecret, namespace: str) -> Object | None:
    """The Secret in the cluster; of several with one label the first, which is the one that Airflow takes."""
    if needed.label:
        return next(iter(cluster.list("v1", "Secret", namespace, labels=needed.label)), None)
    return cluster.get("v1", "Secret", needed.name, namespace)


def make(needed: NeededSecret, namespace: str, live: Object | None) -> Made:
    """What is in the cluster, and what it lacks made new.

    A value that is brought, from a file or a variable, wins over the cluster's; where its source isn't at hand, the
    cluster's stays. Raises `UserError` for a Secret of somebody else's that isn't there, and for a bad value.
    """
    if needed.existing:
        return _existing(needed, namespace, live)
    known: dict[str, str] = dict((live or {}).get("data") or {})
    before = dict(known)
    for key, value in needed.keys.items():
        if value.brought:
            brought = bring(value, f"key {key} of Secret {needed.name}", needed=key not in known)
            known[key] = known[key] if brought is None else _encoded(brought)
        elif value.public_half_of:
            known[key] = _public_half(needed.name, known[value.public_half_of], known.get(key, ""))
        elif key not in known:
            known[key] = _encoded(random_value(value.random) if value.random else str(value.text))
    labels = MANAGED_BY if live is None else _our_labels(live)
    metadata = {"name": needed.name, "namespace": namespace} | ({"labels": labels} if labels else {})
    return Made(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {key: known[key] for key in needed.keys}},
        new_keys=tuple(key for key in needed.keys if key not in before),
        changed_keys=tuple(key for key in needed.keys if key in before and before[key] != known[key]),
        exists=live is not None,
        ours=True,
        public=tuple(_decoded(known[key]).strip() for key, value in needed.keys.items() if value.public_half_of),
    )


def _public_half(name: str, private: str, before: str) -> str:
    """Encoded; what is there stays where it is the same key, whatever comment stands behind it."""
    half = public_half(ssh_private_key(_decoded(private), f"the key that was made for Secret {name}"))
    same = before and _decoded(before).split()[:2] == half.split()
    return before if same else _encoded(half)


def _existing(needed: NeededSecret, namespace: str, live: Object | None) -> Made:
    error = lacking(needed, namespace, live)
    if error is not None:
        raise error
    assert live is not None
    return Made({**live, "data": live.get("data") or {}}, (), (), exists=True, ours=False)


def lacking(needed: NeededSecret, namespace: str, live: Object | None) -> UserError | None:
    """What is wrong with a Secret that the plan takes to be there; None for one that has its keys."""
    missing = [key for key in needed.keys if key not in ((live or {}).get("data") or {})]
    if live is not None and not missing:
        return None
    if needed.label:
        return UserError(
            f"Namespace {namespace} has no Secret with label {needed.label} and key {missing[0] if live else 'value'}.",
            f"Make it: kubectl create secret generic {needed.name} -n {namespace} --from-file=value=FILE && "
            f"kubectl label secret {needed.name} -n {namespace} {needed.label}; "
            "the file holds the Airflow connection, as JSON or URI.",
        )
    what = f"has no key {missing[0]}" if live else "is not there"
    pulls = ".dockerconfigjson" in needed.keys
    make = f"docker-registry {needed.name} -n {namespace} --docker-server=SERVER --docker-username=USER"
    if not pulls:
        make = f"generic {needed.name} -n {namespace} --from-file={next(iter(needed.keys))}=FILE"
    return UserError(
        f"Secret {needed.name} of namespace {namespace} {what}; the plan's "
        f"{needed.answer or 'answers'} "
        "says that it exists.",
        f"Make it (kubectl create secret {make}), or "
        + ("leave airflow.pullSecret out." if pulls else "answer with a file or a variable instead."),
    )


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def _our_labels(live: Object) -> dict[str, str]:
    """Our labels, if it has them: a Secret that somebody else made stays somebody else's."""
    labels = live["metadata"].get("labels") or {}
    return {key: value for key, value in MANAGED_BY.items() if labels.get(key) == value}


def send(cluster: Cluster, made: Made) -> str:
    """Create the Secret or complete it; what was done, in a word or two. One that has all its keys isn't touched."""
    if not made.exists:
        cluster.create(made.body)
        return f"made, {_keys(made)}"
    if made.what == "keep":
        return f"kept, {_keys(made)}" if made.ours else "there, somebody else's"
    cluster.apply(made.body, force=True)
    return f"changed: {', '.join([*made.new_keys, *made.changed_keys])}"


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


def change(made: Made) -> Change:
    """What sending it does, as it may be shown: of values, whether they are new or others than before."""
    data = made.body["data"]
    before = {key: f"{MASK} (before)" if key in made.changed_keys else MASK for key in data if key not in made.new_keys}
    after = {key: f"{MASK} (after)" if key in made.changed_keys else MASK for key in data}
    kept = {key: made.body[key] for key in ("apiVersion", "kind")}
    kept["metadata"] = {key: made.body["metadata"][key] for key in ("name", "namespace")}
    shown = {**kept, "data": after}
    return Change(made.what, shown, {**kept, "data": before} if made.exists else None, shown)


def stamp(bodies: Iterable[Object], made: list[Made]) -> None:
    """Write into each pod template a keyed hash of the Secret values that its pods read: they roll with them."""
    values = {each.name: each.body["data"] for each in made}
    key = base64.b64decode(values[HASH_KEY.name]["hash-key"])
    for body in bodies:
        template = pod_template(body)
        if template is not None:
            read = content(reads(template, "Secret"), values)
            template["metadata"]["annotations"][SECRET_HASH] = hmac.new(key, read, hashlib.sha256).hexdigest()[:16]
