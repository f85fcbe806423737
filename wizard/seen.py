"""What the cluster shows of things that aren't ready: the states, messages, events and logs that `causes` looks at.

What may not be asked (events, a log) is as if there were none.
"""

import re
from collections.abc import Iterator

from wizard.causes import Seen
from wizard.check.nodes import keeps_out
from wizard.cluster.interface import Cluster, ClusterError, Object
from wizard.picks import PASSING
from wizard.plan.shorthand import in_a_line

TAIL = 60
"""Lines at the end of a log in which a cause is looked for."""

_FOUND = re.compile(r"Found [1-9]\d* files for bundle dags-.*")
LOST = "unable to retrieve container logs"
"""What a kubelet answers instead of a log that it has thrown away."""
_PREPARING = ("ContainerCreating", "PodInitializing")


def of_deployment(deployment: Object) -> Iterator[Seen]:
    """Why its pods aren't let in, where that is so: then there is none to look at."""
    for condition in deployment.get("status", {}).get("conditions", []):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            role = _role(deployment["spec"]["template"])
            yield Seen(f"{role}/", condition.get("reason", ""), condition.get("message", ""))


def of_pod(cluster: Cluster, pod: Object) -> Iterator[Seen]:
    """What is seen of a pod that isn't ready: its claims, its way to a node, the container that it waits for."""
    status = pod.get("status", {})
    if not pod["spec"].get("nodeName"):
        yield from _claims(cluster, pod)
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            message = condition.get("message", "")
            taints = _taints(cluster, pod["spec"]) if "taint" in message else []
            yield Seen(f"{_role(pod)}/", condition.get("reason", ""), "\n".join([*taints, message]))
    container = _current(status)
    if container is not None:
        parts = (_message(container), _said(cluster, pod, container), _of_container(cluster, pod, container))
        yield Seen(f"{_role(pod)}/{container['name']}", _reasons(container), "\n".join(filter(None, parts)))


def of_ready_pod(cluster: Cluster, pod: Object) -> Iterator[Seen]:
    """What a dag-processor says of the DAGs: it gets ready without them."""
    for container in pod["spec"].get("containers", []):
        if container["name"] == "dag-processor":
            text = _FOUND.split(_log(cluster, pod, "dag-processor"))[-1]
            yield Seen(f"{_role(pod)}/dag-processor", "Ready", text)


def _role(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get("airflow-wizard/role", ""))


def _claims(cluster: Cluster, pod: Object) -> Iterator[Seen]:
    namespace = pod["metadata"]["namespace"]
    for volume in pod["spec"].get("volumes") or []:
        name = volume.get("persistentVolumeClaim", {}).get("claimName")
        try:
            claim = cluster.get("v1", "PersistentVolumeClaim", name, namespace) if name else None
        except ClusterError:
            claim = None
        if claim is not None and claim.get("status", {}).get("phase") != "Bound":
            yield Seen(f"claim/{name}", "Pending", "\n".join(_events(cluster, claim)))


def _taints(cluster: Cluster, spec: Object) -> list[str]:
    """What the scheduler doesn't name: the taints that keep a pod from the nodes whose labels it asks for.

    Kubernetes' own, of nodes that aren't ready, are left out: nobody should tolerate them.
    """
    wanted = (spec.get("nodeSelector") or {}).items()
    tolerations = spec.get("tolerations") or []

    def keeping_out(node: Object) -> Object:
        fits = wanted <= (node["metadata"].get("labels") or {}).items()
        lasting = (each for each in node["spec"].get("taints") or [] if not each["key"].startswith(PASSING))
        return {"taints": [each for each in lasting if fits and keeps_out(each, tolerations)]}

    try:
        nodes = cluster.list("v1", "Node", keep=keeping_out)
    except ClusterError:
        return []
    taints = dict.fromkeys(in_a_line([taint]) for node in nodes for taint in node["taints"])
    return [f"a node that has the labels has the taint {taint}" for taint in taints]


def _current(status: Object) -> Object | None:
    """The status of the container that the pod waits for."""
    for container in status.get("initContainerStatuses", []):
        if container.get("state", {}).get("terminated", {}).get("exitCode") != 0:
            return dict(container)
    return next((dict(each) for each in status.get("containerStatuses", []) if not each.get("ready")), None)


def _states(container: Object) -> list[Object]:
    """Why it waits, how it ended, how it ended before."""
    state, last = container.get("state", {}), container.get("lastState", {})
    return [state.get("waiting", {}), state.get("terminated", {}), last.get("terminated", {})]


def _reasons(container: Object) -> str:
    return " ".join(state["reason"] for state in _states(container) if state.get("reason"))


def _message(container: Object) -> str:
    return "\n".join(state["message"] for state in _states(container) if state.get("message"))


def _said(cluster: Cluster, pod: Object, container: Object) -> str:
    """What it says now; of one that has ended, the end of its log."""
    state, name = container.get("state", {}), container["name"]
    if "running" in state:
        lines = [line for line in _log(cluster, pod, name).splitlines() if line.strip()]
        if lines or not container.get("restartCount"):
            return lines[-1] if lines else ""
    if "terminated" in state or container.get("restartCount"):
        return _log(cluster, pod, name) or _log(cluster, pod, name, previous=True)
    return ""


def _of_container(cluster: Cluster, pod: Object, container: Object) -> str:
    """The events about a container; while it is being made, those about its pod too."""
    if "running" in container.get("state", {}) and not container.get("restartCount"):
        return ""
    being_made = container.get("state", {}).get("waiting", {}).get("reason") in _PREPARING
    return "\n".join(_events(cluster, pod, None if being_made else f"{{{container['name']}}}"))


def _events(cluster: Cluster, body: Object, part: str | None = None) -> list[str]:
    """A line each, oldest first; of one part, such as `{scheduler}`, or of all."""
    metadata = body["metadata"]
    try:
        events = cluster.events(metadata["namespace"], body["kind"], metadata["name"])
    except ClusterError:
        return []
    mine = (each for each in events if part is None or part in each["involvedObject"].get("fieldPath", ""))
    return [f"{each.get('reason', '')}: {each.get('message', '')}" for each in mine]


def _log(cluster: Cluster, pod: Object, container: str, *, previous: bool = False) -> str:
    metadata = pod["metadata"]
    try:
        text = cluster.logs(metadata["namespace"], metadata["name"], container, tail=TAIL, previous=previous)
    except ClusterError:
        return ""
    return "" if text.startswith(LOST) else text
