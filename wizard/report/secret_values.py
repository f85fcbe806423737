"""What a report must not hold: the values of the Secrets that are ours, that our pods read, or that the plan names."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import yaml

from wizard import record, secrets
from wizard.cluster.interface import Cluster, ClusterError, Object
from wizard.redact import Redaction, parts_of
from wizard.render import NeededSecret, Rendered, render
from wizard.report.objects import in_one_line
from wizard.threads import in_parallel
from wizard.yaml_files import read_yaml, write_yaml

Texts = dict[str, dict[str, str]]
"""By Secret and key, what our own files say: that is public."""


@dataclass(frozen=True, repr=False)
class Secrets:
    """What is to be taken out, and what may be told of the Secrets. It holds values, so nothing prints it."""

    redaction: Redaction
    listed: list[Object]
    """Names, types and the names of keys."""
    unread: list[str]
    """Names of those whose values are not known."""
    problems: list[str]


def read(cluster: Cluster, namespace: str, known: record.Record, objects: list[Object]) -> Secrets:
    """Read all of them. One that may not be read is told; then its values can't be looked for."""
    plan = record.readable(known.plan)
    rendered = render(plan) if plan else None
    needed = rendered.secrets if rendered else []
    problems: list[str] = []
    names = {each.name for each in needed if not each.label} | {secrets.HASH_KEY.name} | set(_names(objects))
    try:
        ours = cluster.list("v1", "Secret", namespace, labels=record.LABELS, metadata_only=True)
        names |= {body["metadata"]["name"] for body in ours}
    except ClusterError as error:
        problems.append(f"Secrets of ours that the plan no longer has: {in_one_line(error)}")
    wanted = [each for each in needed if each.label]
    wanted += [NeededSecret(name, {}, secrets.HASH_KEY.origin) for name in sorted(names)]
    found = in_parallel(partial(_read, cluster, namespace), wanted)
    unread = [each.name for each, body in zip(wanted, found, strict=True) if isinstance(body, str)]
    problems += [
        f"Secret {each.name}: {body}" for each, body in zip(wanted, found, strict=True) if isinstance(body, str)
    ]
    bodies = [body for body in found if isinstance(body, dict)]
    texts = {each.name: {key: value.text or "" for key, value in each.keys.items()} for each in needed}
    values = {value for body in bodies for value in _values(body, texts)} | _address(cluster.server)
    redaction = Redaction(frozenset(values), frozenset(_shown(known.plan)), frozenset(_public_lines(known, rendered)))
    return Secrets(redaction, [_listed(body) for body in bodies], unread, problems)


def _read(cluster: Cluster, namespace: str, needed: NeededSecret) -> Object | str | None:
    try:
        return secrets.find(cluster, needed, namespace)
    except ClusterError as error:
        return in_one_line(error)


def _names(tree: Any) -> Iterator[str]:
    """The Secrets that objects name, wherever: variables, volumes, pulls, an Ingress's certificate."""
    if isinstance(tree, list):
        for each in tree:
            yield from _names(each)
    if not isinstance(tree, dict):
        return
    for key, value in tree.items():
        if key in ("secretKeyRef", "secretRef", "secret") and isinstance(value, dict) and "name" in value:
            yield str(value["name"])
        elif key == "secretName" and isinstance(value, str):
            yield value
        elif key in ("imagePullSecrets", "secrets") and isinstance(value, list):
            yield from (str(each["name"]) for each in value if isinstance(each, dict) and "name" in each)
        else:
            yield from _names(value)


def _values(body: Object, texts: Texts) -> Iterator[str]:
    """The values of a Secret and their parts, without what our own files put there."""
    for key, encoded in (body.get("data") or {}).items():
        try:
            value = base64.b64decode(encoded).decode()
        except UnicodeDecodeError:
            yield encoded
            continue
        public = texts.get(body["metadata"]["name"], {}).get(key, "")
        if value != public:
            known = {line.strip() for line in public.splitlines()}
            yield from (part for part in parts_of(value, key) if part not in known)


def _address(server: str) -> set[str]:
    """Where the API server is, which only the kubeconfig says."""
    return {server, urlsplit(server).netloc}


def _shown(plan: str) -> Iterator[str]:
    """Every answer, as it is written, and the lines of long ones."""
    try:
        yield from _leaves(read_yaml(plan))
    except yaml.YAMLError:
        return


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for each in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(each)
    elif tree is not None:
        yield from (str(tree).strip(), *(line.strip() for line in str(tree).splitlines()))


def _public_lines(known: record.Record, rendered: Rendered | None) -> Iterator[str]:
    bodies: Iterable[Object] = [each.body for each in rendered.manifests] if rendered else []
    texts = [known.plan, *(each.plan for each in known.revisions), *(write_yaml(body) for body in bodies)]
    yield from (line.strip() for text in texts for line in text.splitlines())


def _listed(body: Object) -> Object:
    keys = sorted(body.get("data") or {})
    return {"name": body["metadata"]["name"], "type": body.get("type", ""), "ours": record.is_ours(body), "keys": keys}
