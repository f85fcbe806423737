"""What can be made to go wrong in the sandbox, so that somebody sees how it is told and mended.

Statuses and events have the words of real clusters; the wizard is not told which pain is on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.check.nodes import keeps_out
from wizard.cluster.interface import Object
from wizard.cluster.sandbox_pods import NODE

Said = tuple[str, str]
"""An event: its reason and its message."""


@dataclass(frozen=True)
class Held:
    """What holds an object up: its status, and what is said of it, by events."""

    status: Object
    events: tuple[Said, ...]


@dataclass(frozen=True)
class Pain:
    """One thing that goes wrong, and the answers with which it does."""

    answers: dict[str, Any]
    """What the demo's plan begins with."""
    pod: Callable[[Object], Held | None] = lambda _: None
    """What holds up a pod; None for one that goes its way."""
    claim: Callable[[Object], Held | None] = lambda _: None
    """What holds up a claim, and with it the pods that mount it."""
    seed: Callable[[Object], Object] = lambda body: body
    """What an object is like that is there from the start."""
    more: tuple[Object, ...] = ()
    """What else is there from the start."""


_TAINT = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
_CLASS = "block-storage"
_REGISTRY = "registry.example.com"


def _tainted(body: Object) -> Object:
    return {**body, "spec": {"taints": [_TAINT]}} if body["kind"] == "Node" else body


def _untolerated(pod: Object) -> Held | None:
    if not keeps_out(_TAINT, pod["spec"].get("tolerations") or []):
        return None
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: "
    return _unscheduled(message + "0/1 nodes are available: 1 Preemption is not helpful for scheduling.")


def _shared(claim: Object) -> Held | None:
    spec = claim["spec"]
    if spec.get("storageClassName") != _CLASS or "ReadWriteMany" not in spec["accessModes"]:
        return None
    told = (
        ("Provisioning", f'External provisioner is provisioning volume for claim "{claim["metadata"]["name"]}"'),
        ("ProvisioningFailed", f'StorageClass "{_CLASS}" supports ReadWriteOnce, not ReadWriteMany'),
    )
    return Held({"phase": "Pending"}, told)


def _not_pulled(pod: Object) -> Held | None:
    containers = [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]
    at = next((each for each in containers if each["image"].startswith(f"{_REGISTRY}/")), None)
    if at is None:
        return None
    image, where = at["image"], f"lookup {_REGISTRY} on 10.96.0.10:53: no such host"
    why = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": dial tcp: {where}'

    def status(container: Object) -> Object:
        waiting = {"reason": "ErrImagePull", "message": why} if container is at else {"reason": "PodInitializing"}
        state = {"state": {"waiting": waiting}, "lastState": {}}
        return {"name": container["name"], "image": container["image"], "ready": False, "restartCount": 0, **state}

    inits = [status(each) for each in pod["spec"].get("initContainers") or []]
    conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}]
    kept = {"containerStatuses": [status(each) for each in pod["spec"]["containers"]]}
    kept |= {"initContainerStatuses": inits} if inits else {}
    assigned = f"Successfully assigned {pod['metadata']['namespace']}/{pod['metadata']['name']} to {NODE}"
    told = (("Scheduled", assigned), ("Failed", f'Failed to pull image "{image}": {why}'))
    return Held({"phase": "Pending", "conditions": conditions, **kept}, told)


def _unscheduled(message: str) -> Held:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return Held({"phase": "Pending", "conditions": [condition]}, (("FailedScheduling", message),))


def _class(name: str, provisioner: str) -> Object:
    how = {"provisioner": provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, **how}


UNBOUND = _unscheduled("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found")
"""A pod, of which a claim waits for its volume."""

PAINS = {
    "rwx-pending": Pain(
        {"executor": {"type": "kubernetes"}, "logs": {"type": "volume", "storageClass": _CLASS}},
        claim=_shared,
        more=(_class(_CLASS, "block.example.com"), _class("shared-storage", "nfs.csi.k8s.io")),
    ),
    "taint": Pain({}, _untolerated, seed=_tainted),
    "image": Pain(
        {"airflow": {"image": f"{_REGISTRY}/acme/airflow:3.3.2"}},
        _not_pulled,
    ),
}
"""By the name that `demo --with` takes."""
