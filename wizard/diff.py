"""What would change: the API server's answer to a dry run, beside what is there now."""

from dataclasses import dataclass
from typing import Any, Literal

from wizard.cluster.interface import Cluster, Object

_NOISE = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")


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
    live = cluster.get(body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", ""))
    after = cluster.apply(body, dry_run=True, force=force)
    if live is None:
        return Change("create", body)
    return Change("keep" if significant(live) == significant(after) else "change", body)


def significant(body: Object) -> dict[str, Any]:
    """The object without what the server keeps books with."""
    metadata = {key: value for key, value in body["metadata"].items() if key not in _NOISE}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}
