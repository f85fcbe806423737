"""What would change: the API server's answer to a dry run, beside what is there now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, Literal

from wizard.cluster.interface import Cluster, Conflict, Invalid, Object
from wizard.unbound import CLAIM, unbound
from wizard.yaml_files import write_yaml

What = Literal["create", "change", "recreate", "delete", "keep"]
SIGNS: dict[str, str] = {"create": "+", "change": "~", "recreate": "±", "delete": "-"}
"""In front of what isn't kept."""

_NOISE = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")
_LOOKS = 5
"""A controller may write between the look and the dry run: a Deployment's revision, just after it was changed."""
_IMMUTABLE = re.compile(
    r"(spec[\w.\[\]]*): .*(?:immutable|may not (?:be changed|change))|cannot change (roleRef)", re.DOTALL
)
"""A Deployment's selector, a Service's cluster IP; a RoleBinding's role."""


@dataclass(frozen=True, repr=False)
class Change:
    """What sending one object does. `body` is what is sent (for `delete`: what is there)."""

    what: What
    body: Object
    before: Object | None = None
    """What is there now."""
    after: Object | None = None
    """What will be there, as the API server says; None for what goes."""
    immutable: str = ""
    """The field because of which it is made anew; of a claim that has its volume, which apply refuses to change."""
    conflict: Conflict | None = None
    """Whose fields it would take over; that wants --force-conflicts."""

    @property
    def label(self) -> str:
        """As messages name it: `Deployment airflow-scheduler`."""
        return f"{self.body['kind']} {self.body['metadata']['name']}"

    @property
    def told(self) -> str:
        """What is to be known of it beside its label, or nothing."""
        anew = self.what == "recreate" and self.body["kind"] == CLAIM
        return "deleted and made anew: unbound, holds nothing" if anew else ""

    def as_data(self) -> dict[str, Any]:
        """For a script."""
        metadata = {key: self.body["metadata"][key] for key in ("name", "namespace") if key in self.body["metadata"]}
        kind = {key: self.body[key] for key in ("apiVersion", "kind")}
        owned = [vars(each) for each in self.conflict.owned] if self.conflict else []
        more = {"immutableField": self.immutable, "ownedByOthers": owned, "diff": self.lines()}
        return {"change": self.what, **kind, **metadata, **more}

    def lines(self) -> list[str]:
        """As a unified diff of YAML, the keys in order as `kubectl diff` has them; empty where nothing changes."""
        return list(_lines(self)) if self.what != "keep" else []


def compare(cluster: Cluster, body: Object) -> Change:
    """Ask by server-side dry run what applying this object would change. Raises `Invalid`."""
    metadata = body["metadata"]
    for _ in range(_LOOKS):
        live = cluster.get(body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", ""))
        try:
            after, conflict = _after(cluster, body)
        except Invalid as error:
            field = _IMMUTABLE.search(error.message)
            if live is None or field is None:
                raise
            kept = body["kind"] == CLAIM and not unbound(live)
            return Change("change" if kept else "recreate", body, live, born(cluster, body), field[1] or field[2])
        if live is None:
            return Change("create", body, after=body)
        if significant(live) == significant(after):
            return Change("keep", body, live, after, conflict=conflict)
        if _version(live) == _version(after):
            break
    return Change("change", body, live, after, conflict=conflict)


def _after(cluster: Cluster, body: Object) -> tuple[Object, Conflict | None]:
    """What would be there, also where others own fields of it."""
    try:
        return cluster.apply(body, dry_run=True), None
    except Conflict as conflict:
        return cluster.apply(body, dry_run=True, force=True), conflict


def born(cluster: Cluster, body: Object) -> Object:
    """What a new one would be: asked under a name that nobody has."""
    metadata = body["metadata"]
    aside = {**body, "metadata": {**metadata, "name": f"{metadata['name'][:50]}-anew"}}
    after = cluster.apply(aside, dry_run=True)
    return {**after, "metadata": {**after["metadata"], "name": metadata["name"]}}


def _version(body: Object) -> str | None:
    """Of the stored object, which a dry run's answer has too: it is counted up by what is stored alone."""
    version: str | None = body["metadata"].get("resourceVersion")
    return version


def significant(body: Object) -> dict[str, Any]:
    """The object without what the server keeps books with."""
    metadata = {key: value for key, value in body["metadata"].items() if key not in _NOISE}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}


def _lines(change: Change) -> Iterator[str]:
    body = change.body
    metadata = body["metadata"]
    group = body["apiVersion"].replace("/", ".")
    name = ".".join(filter(None, (group, body["kind"], metadata.get("namespace", ""), metadata["name"])))
    if change.immutable:
        yield f"# {change.label} {_anew(change)}"
    before, after = (_text(each) for each in (change.before, change.after))
    yield from unified_diff(before, after, f"LIVE/{name}", f"MERGED/{name}", lineterm="")


def _anew(change: Change) -> str:
    why = f"since its {change.immutable} cannot be changed"
    if change.body["kind"] != CLAIM:
        return f"is deleted and made anew, {why}; claims stay."
    return f"is {change.told}." if change.told else f"has its volume, so apply leaves it as it is and stops, {why}."


def _text(body: Object | None) -> list[str]:
    return write_yaml(_sorted(significant(body))).splitlines() if body else []


def _sorted(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_sorted(each) for each in tree]
    return {key: _sorted(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree
