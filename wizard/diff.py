"""What would change: the API server's answer to a dry run, beside what is there now."""

from dataclasses import dataclass
from typing import Any, Literal

from wizard.cluster.interface import Cluster, Object

_NOISE = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")
_LOOKS = 5
"""A controller may write between the look and the dry run: a Deployment's revision, just after it was changed."""


@dataclass(frozen=True)
class Change:
    """What sending one object does. `body` is what is sent (for `delete`: what is there)."""

    what: Literal["create", "change", "keep", "delete"]
    body: Object

    @property
    def label(self) -> str:
        """As messages name it: `Deployment airflow-scheduler`."""
        return f"{self.body['kind']} {self.body['metadata']['name']}"


def compare(cluster: Cluster, body: Object, *, force: bool = False) -> Change:
    """Ask by server-side dry run what applying this object would change. Raises `Conflict`, `Invalid`."""
    metadata = body["metadata"]
    for _ in range(_LOOKS):
        live = cluster.get(body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", ""))
        after = cluster.apply(body, dry_run=True, force=force)
        if live is None:
            return Change("create", body)
        if significant(live) == significant(after):
            return Change("keep", body)
        if _version(live) == _version(after):
            break
    return Change("change", body)


def _version(body: Object) -> str | None:
    """Of the stored object, which a dry run's answer has too: it is counted up by what is stored alone."""
    version: str | None = body["metadata"].get("resourceVersion")
    return version


def significant(body: Object) -> dict[str, Any]:
    """The object without what the server keeps books with."""
    metadata = {key: value for key, value in body["metadata"].items() if key not in _NOISE}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}
