"""What there is to know of a cluster before anything is written: asked in parallel, and only what is needed."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from wizard.check.pods import Amount, asked
from wizard.cluster.interface import Cluster, Forbidden, Missing, Object, Objects
from wizard.record import Record, read
from wizard.threads import in_parallel

Looked = Objects | None
"""Objects; None where we may not look."""


@dataclass(frozen=True)
class Used:
    """What some pods ask for together."""

    asks: Amount = field(default_factory=Amount)
    pods: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.asks + other.asks, self.pods + other.pods)


@dataclass(frozen=True, order=True)
class Right:
    """One thing to be allowed: `create` on `deployments` of `apps`, such as in the plan's namespace."""

    verb: str
    resource: str
    """The plural, with a subresource behind a slash: `pods/log`."""
    group: str = ""
    cluster_wide: bool = False

    @property
    def kind(self) -> str:
        """As kubectl names it: `deployments.apps`."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


@dataclass(frozen=True)
class Facts:
    """A cluster and one of its namespaces at one moment; of each object only what a check reads."""

    context: str
    server: str
    version: str
    namespace: str
    insecure: bool = False
    """Whether nobody checks who the API server is."""
    space: Object | None = None
    """The Namespace; None where it doesn't exist, or may not be looked at."""
    space_hidden: bool = False
    rights: Mapping[Right, bool] = field(default_factory=dict)
    nodes: Looked = None
    used: Mapping[str, Used] | None = None
    """By node, what the pods there ask for; without those of an installation in this namespace."""
    ours: Used = field(default_factory=Used)
    """What the pods of an installation in this namespace ask for."""
    storage_classes: Looked = None
    volumes: Looked = None
    """PersistentVolumes that are free, each with its `class`: claims can be bound by a name that is no StorageClass."""
    ingress_classes: Looked = None
    quotas: Looked = None
    limits: Looked = None
    claims: Looked = None
    record: Record | None = None
    """What the wizard has applied; None where that is nothing, or may not be looked at."""
    there: Mapping[str, Looked] = field(default_factory=dict)
    """By kind, the metadata of what is in the namespace."""
    asked_at: float = 0.0
    """Seconds since 1970."""

    @property
    def age(self) -> float:
        """Seconds since the cluster was asked."""
        return time.time() - self.asked_at


def age(seconds: float) -> str:
    """For a person: `just now`, `40 s ago`, `3 min ago`."""
    if seconds < 10:
        return "just now"
    return f"{seconds:.0f} s ago" if seconds < 60 else f"{seconds // 60:.0f} min ago"


THERE = (
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("apps/v1", "Deployment"),
    ("networking.k8s.io/v1", "Ingress"),
    ("rbac.authorization.k8s.io/v1", "Role"),
)
"""Kinds of which an earlier install, or another tool, may have left something."""

DEFAULT_INGRESS_CLASS = "ingressclass.kubernetes.io/is-default-class"
DEFAULT_STORAGE_CLASS = "storageclass.kubernetes.io/is-default-class"
NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"
"""Pods that a quota counts, as it does those that still wait for a node."""


def is_default(body: Object, annotation: str) -> bool:
    """Whether a class is the one that holds where none is named."""
    return (body["metadata"].get("annotations") or {}).get(annotation) == "true"


def look(cluster: Cluster, namespace: str, rights: Iterable[Right] = ()) -> Facts:
    """Ask the cluster. Raises `Unreachable` and the like where it doesn't answer; what is forbidden is left open."""
    wanted = sorted(set(rights))
    listed: dict[str, Callable[[], Any]] = {
        "version": cluster.version,
        "space": partial(_space, cluster, namespace),
        "nodes": partial(_list, cluster, "v1", "Node", keep=node_seen),
        "pods": partial(_list, cluster, "v1", "Pod", fields=NOT_ENDED, keep=partial(_pod, namespace=namespace)),
        "storage_classes": partial(_list, cluster, "storage.k8s.io/v1", "StorageClass"),
        "volumes": partial(_list, cluster, "v1", "PersistentVolume", keep=volume_seen),
        "ingress_classes": partial(_list, cluster, "networking.k8s.io/v1", "IngressClass"),
        "quotas": partial(_list, cluster, "v1", "ResourceQuota", namespace),
        "limits": partial(_list, cluster, "v1", "LimitRange", namespace),
        "claims": partial(_list, cluster, "v1", "PersistentVolumeClaim", namespace, keep=claim_seen),
        "record": partial(_record, cluster, namespace),
    }
    there = [partial(_list, cluster, *kind, namespace, metadata_only=True) for kind in THERE]
    may = [partial(_may, cluster, right, namespace) for right in wanted]
    asked_at = time.time()
    asks: list[Callable[[], Any]] = [*listed.values(), *there, *may]
    found = in_parallel(lambda ask: ask(), asks)
    answers = dict(zip(listed, found, strict=False))
    space, hidden = answers.pop("space")
    pods = answers.pop("pods")
    found = found[len(listed) :]
    return Facts(
        context=cluster.context,
        server=cluster.server,
        insecure=cluster.insecure,
        namespace=namespace,
        space=space,
        space_hidden=hidden,
        there={kind: objects for (_, kind), objects in zip(THERE, found, strict=False)},
        rights=dict(zip(wanted, found[len(there) :], strict=True)),
        used=None if pods is None else _by_node(pods),
        ours=sum((Used(pod["asks"], 1) for pod in pods or [] if pod["ours"]), Used()),
        asked_at=asked_at,
        **answers,
    )


def look_into(cluster: Cluster, facts: Facts, namespace: str) -> Facts:
    """What was asked of the cluster already, with another of its namespaces; its own pods count as somebody else's."""
    asks: list[Callable[[], Any]] = [
        partial(_space, cluster, namespace),
        partial(_list, cluster, "v1", "ResourceQuota", namespace),
        partial(_list, cluster, "v1", "LimitRange", namespace),
        partial(_list, cluster, "v1", "PersistentVolumeClaim", namespace, keep=claim_seen),
        partial(_record, cluster, namespace),
        *(partial(_list, cluster, *kind, namespace, metadata_only=True) for kind in THERE),
    ]
    (space, hidden), quotas, limits, claims, record, *there = in_parallel(lambda ask: ask(), asks)
    return replace(
        nothing_in(facts, namespace),
        space=space,
        space_hidden=hidden,
        quotas=quotas,
        limits=limits,
        claims=claims,
        record=record,
        there={kind: objects for (_, kind), objects in zip(THERE, there, strict=True)},
    )


def nothing_in(facts: Facts, namespace: str) -> Facts:
    """What was asked of the cluster already, with a namespace that isn't there yet."""
    empty: dict[str, Looked] = {kind: [] for _, kind in THERE}
    return replace(
        facts,
        namespace=namespace,
        space=None,
        space_hidden=False,
        ours=Used(),
        quotas=[],
        limits=[],
        claims=[],
        record=None,
        there=empty,
    )


def _by_node(pods: Objects) -> dict[str, Used]:
    used: dict[str, Used] = {}
    for pod in pods:
        if pod["node"] and not pod["ours"]:
            used[pod["node"]] = used.get(pod["node"], Used()) + Used(pod["asks"], 1)
    return used


def _list(cluster: Cluster, api_version: str, kind: str, namespace: str = "", **how: Any) -> Looked:
    try:
        return cluster.list(api_version, kind, namespace, **how)
    except Forbidden:
        return None
    except Missing:
        return []


def _space(cluster: Cluster, namespace: str) -> tuple[Object | None, bool]:
    try:
        return cluster.get("v1", "Namespace", namespace), False
    except Forbidden:
        return None, True


def _record(cluster: Cluster, namespace: str) -> Record | None:
    try:
        return read(cluster, namespace)
    except Forbidden:
        return None


def _may(cluster: Cluster, right: Right, namespace: str) -> bool:
    resource, _, subresource = right.resource.partition("/")
    space = "" if right.cluster_wide else namespace
    try:
        return cluster.may(right.verb, resource, group=right.group, namespace=space, subresource=subresource)
    except Forbidden:
        return True  # who may not even ask will be told by the first thing that is refused


def node_seen(body: Object) -> Object:
    """What is kept of a Node: not the images, which are most of it."""
    metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
    conditions = [each for each in status.get("conditions") or [] if each["type"] == "Ready"]
    return {
        "metadata": {"name": metadata["name"], "labels": metadata.get("labels") or {}},
        "spec": {"taints": spec.get("taints") or [], "unschedulable": bool(spec.get("unschedulable"))},
        "status": {
            "allocatable": status.get("allocatable") or {},
            "conditions": conditions,
            "architecture": (status.get("nodeInfo") or {}).get("architecture", ""),
        },
    }


def claim_seen(body: Object) -> Object:
    """What is kept of a PersistentVolumeClaim."""
    labels = {key: body["metadata"][key] for key in ("name", "labels") if key in body["metadata"]}
    return {"metadata": labels, "spec": body["spec"], "status": {"phase": (body.get("status") or {}).get("phase", "")}}


def volume_seen(body: Object) -> Object:
    """What is kept of a PersistentVolume: by which class a claim could get it; None for one that is taken."""
    free = (body.get("status") or {}).get("phase") == "Available"
    return {"class": body["spec"].get("storageClassName", "") if free else None}


def _pod(body: Object, namespace: str) -> Object:
    labels = body["metadata"].get("labels") or {}
    ours = body["metadata"].get("namespace") == namespace and "airflow-wizard/role" in labels
    return {"node": body["spec"].get("nodeName", ""), "asks": asked(body["spec"]), "ours": ours}
