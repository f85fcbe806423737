"""Which kinds the sandbox knows, what is there from the start, and what its API server fills in."""

import base64
from typing import Any

from wizard.cluster.interface import Object
from wizard.cluster.sandbox_pods import NODE

STORAGE_CLASS = "standard"

_NAMESPACED = {
    "v1": "Pod Service ConfigMap Secret PersistentVolumeClaim ServiceAccount Event Endpoints ResourceQuota LimitRange",
    "apps/v1": "Deployment StatefulSet DaemonSet ReplicaSet",
    "batch/v1": "Job CronJob",
    "networking.k8s.io/v1": "Ingress NetworkPolicy",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding",
    "policy/v1": "PodDisruptionBudget",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "discovery.k8s.io/v1": "EndpointSlice",
    "coordination.k8s.io/v1": "Lease",
}
_CLUSTER = {
    "v1": "Namespace Node PersistentVolume",
    "networking.k8s.io/v1": "IngressClass",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "storage.k8s.io/v1": "StorageClass CSIDriver CSINode",
    "scheduling.k8s.io/v1": "PriorityClass",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
}


def _known(table: dict[str, str]) -> set[tuple[str, str]]:
    return {(version, kind) for version, kinds in table.items() for kind in kinds.split()}


NAMESPACED = _known(_NAMESPACED)
KINDS = NAMESPACED | _known(_CLUSTER)
"""By apiVersion and kind."""


def seeds() -> list[Object]:
    """A node, a default storage class and the namespaces that every cluster has."""
    size = {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    node_status: Object = {
        "capacity": size,
        "allocatable": size,
        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
        "nodeInfo": {"architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.34.0"},
    }
    labels = {"kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    return [
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("default", "kube-system")),
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE, "labels": labels}, "status": node_status},
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": STORAGE_CLASS, "annotations": default},
            "provisioner": "rancher.io/local-path",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
        },
    ]


def defaulted(body: Object) -> Object:
    """The body with the few defaults that somebody looks at. No one owns them."""
    kind = body["kind"]
    if kind == "Namespace":
        labels = body["metadata"].setdefault("labels", {})
        labels.setdefault("kubernetes.io/metadata.name", body["metadata"]["name"])
        body["status"] = {"phase": "Active"}
    elif kind in ("Deployment", "StatefulSet"):
        body.setdefault("spec", {}).setdefault("replicas", 1)
    elif kind == "PersistentVolumeClaim":
        body.setdefault("spec", {}).setdefault("storageClassName", STORAGE_CLASS)
        body.setdefault("status", {"phase": "Pending"})
    elif kind == "Service":
        body.setdefault("spec", {}).setdefault("type", "ClusterIP")
    elif kind == "Secret":
        body.setdefault("type", "Opaque")
    elif kind == "Pod":
        body.setdefault("status", {"phase": "Pending"})
    return body


def secret_data(body: Object) -> Object:
    """A Secret with its `stringData` as `data`, as it is kept; everything else as it is."""
    if body["kind"] != "Secret" or not body.get("stringData"):
        return body
    data: dict[str, Any] = dict(body.get("data") or {})
    data |= {key: base64.b64encode(text.encode()).decode() for key, text in body["stringData"].items()}
    return {**{key: value for key, value in body.items() if key != "stringData"}, "data": data}


def bind(claim: Object, classes: set[str]) -> None:
    """Give a claim a volume, if there is such a storage class."""
    spec = claim["spec"]
    if spec.get("storageClassName") in classes:
        spec.setdefault("volumeName", f"pvc-{claim['metadata']['uid']}")


def claim_status(claim: Object) -> Object:
    """Bound, if it has a volume."""
    spec = claim["spec"]
    if "volumeName" not in spec:
        return {"phase": "Pending"}
    capacity = (spec.get("resources") or {}).get("requests") or {}
    return {"phase": "Bound", "accessModes": spec.get("accessModes") or [], "capacity": dict(capacity)}


def may_become(old: Object, new: Object) -> bool:
    """Whether a claim may be changed so: of a bound one, what it asks for."""
    specs = [{key: value for key, value in claim["spec"].items() if key != "resources"} for claim in (old, new)]
    return specs[0] == specs[1] and (old["spec"] == new["spec"] or "volumeName" in old["spec"])


def mounted_claims(pod: Object) -> list[str]:
    """The names of the claims that a pod mounts; none for what is no pod."""
    volumes = pod["spec"].get("volumes") or []
    return [each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each]
