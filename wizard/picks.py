"""What a person can pick from on this cluster: names that an answer may hold."""

from collections import Counter
from dataclasses import dataclass

from wizard.check.facts import DEFAULT_INGRESS_CLASS, DEFAULT_STORAGE_CLASS, Facts, is_default
from wizard.cluster.interface import Object
from wizard.plan.shorthand import in_a_line


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


def picks_of(facts: Facts) -> Picks:
    """What a look at a cluster has found to pick from; nothing of what may not be looked at."""
    kinds = (
        (facts.ingress_classes, _ingress_classes),
        (facts.storage_classes, _storage_classes),
        (facts.nodes, _nodes),
    )
    return {name: picks for bodies, read in kinds if bodies is not None for name, picks in read(bodies).items()}


def _ingress_classes(bodies: list[Object]) -> Picks:
    return {"ingressClass": tuple(Pick(_name(body), _default(body, DEFAULT_INGRESS_CLASS)) for body in bodies)}


def _storage_classes(bodies: list[Object]) -> Picks:
    return {"storageClass": tuple(Pick(_name(body), _about_storage(body)) for body in bodies)}


def _about_storage(body: Object) -> str:
    return ", ".join(filter(None, (_default(body, DEFAULT_STORAGE_CLASS), body.get("provisioner", ""))))


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
        taints.update(in_a_line([taint]) for taint in lasting)
    telling = Counter({label: count for label, count in labels.items() if count < len(bodies)})
    return {"nodeLabel": _counted(telling), "nodeTaint": _counted(taints)}


def _counted(names: Counter[str]) -> tuple[Pick, ...]:
    return tuple(Pick(name, "1 node" if names[name] == 1 else f"{names[name]} nodes") for name in sorted(names))


def _name(body: Object) -> str:
    return str(body["metadata"]["name"])


def _default(body: Object, annotation: str) -> str:
    return "the default" if is_default(body, annotation) else ""
