"""What a person can pick from on this cluster: names that an answer may hold, read once and in parallel."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from wizard.cluster.interface import Cluster, Forbidden, Missing, Object
from wizard.threads import in_parallel


@dataclass(frozen=True)
class Pick:
    """One name, and what there is to say of it in a word or two."""

    value: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.note})" if self.note else self.value


Picks = dict[str, tuple[Pick, ...]]
"""By the kind of name that a question wants (`ask(picks=...)`); empty where there is none or we may not look."""

_NOT_CHOSEN_BY = ("kubernetes.io/hostname", "kubernetes.io/os", "beta.kubernetes.io/", "node.kubernetes.io/exclude-")
"""Labels that name one node, or what it is: nobody dedicates nodes by them."""
PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints that Kubernetes itself sets for as long as something is wrong with a node."""


def look(cluster: Cluster) -> Picks:
    """Ask the cluster. Raises `ClusterError` where it doesn't answer at all."""
    kinds = (
        ("networking.k8s.io/v1", "IngressClass", _ingress_classes),
        ("storage.k8s.io/v1", "StorageClass", _storage_classes),
        ("v1", "Node", _nodes),
    )

    def one(kind: tuple[str, str, Callable[[list[Object]], Picks]]) -> Picks:
        api_version, name, read = kind
        try:
            return read(cluster.list(api_version, name))
        except (Forbidden, Missing):
            return {}

    return {name: found for picks in in_parallel(one, kinds) for name, found in picks.items()}


def _ingress_classes(bodies: list[Object]) -> Picks:
    marked = "ingressclass.kubernetes.io/is-default-class"
    return {"ingressClass": tuple(Pick(_name(body), _default(body, marked)) for body in bodies)}


def _storage_classes(bodies: list[Object]) -> Picks:
    marked = "storageclass.kubernetes.io/is-default-class"
    notes = (", ".join(filter(None, (_default(body, marked), body.get("provisioner", "")))) for body in bodies)
    return {"storageClass": tuple(Pick(_name(body), note) for body, note in zip(bodies, notes, strict=True))}


def _nodes(bodies: list[Object]) -> Picks:
    labels: Counter[str] = Counter()
    taints: Counter[str] = Counter()
    for body in bodies:
        labels.update(
            f"{key}={value}"
            for key, value in (body["metadata"].get("labels") or {}).items()
            if not key.startswith(_NOT_CHOSEN_BY)
        )
        lasting = (each for each in body.get("spec", {}).get("taints", []) if not each["key"].startswith(PASSING))
        taints.update(map(taint_of, lasting))
    telling = Counter({label: count for label, count in labels.items() if count < len(bodies)})
    return {"nodeLabel": _counted(telling), "nodeTaint": _counted(taints)}


def taint_of(taint: Object) -> str:
    """A taint as kubectl taint writes it."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def _counted(names: Counter[str]) -> tuple[Pick, ...]:
    return tuple(Pick(name, "1 node" if names[name] == 1 else f"{names[name]} nodes") for name in sorted(names))


def _name(body: Object) -> str:
    return str(body["metadata"]["name"])


def _default(body: Object, marked: str) -> str:
    return "the default" if (body["metadata"].get("annotations") or {}).get(marked) == "true" else ""
