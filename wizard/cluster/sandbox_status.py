"""What pods and workloads of the sandbox say about themselves: `status` and events, as the real ones write them."""

import hashlib
from datetime import UTC, datetime

from wizard.cluster.interface import Object
from wizard.cluster.sandbox_pods import NODE, SCHEDULE, Kubelet, Life, is_sidecar

NOTHING_DONE = "in the sandbox nothing is tried"


def pod_status(kubelet: Kubelet, life: Life, now: float) -> Object:
    """`status` of a pod as a kubelet writes it."""
    if now < life.born + SCHEDULE * kubelet.pace:
        return {"phase": "Pending"}
    running, ready = now >= kubelet.running(life), now >= kubelet.ready(life)
    if ready and life.pod["spec"].get("restartPolicy") == "Never":
        return _ended(life, kubelet.ready(life))
    conditions = {
        "PodScheduled": True,
        "Initialized": now >= life.initialized(),
        "ContainersReady": ready,
        "Ready": ready,
    }
    inits = [_init_status(life, index, container) for index, container in enumerate(life.inits)]
    state = _running(kubelet.running(life)) if running else _waiting("PodInitializing")
    return {
        "phase": "Running" if running else "Pending",
        "conditions": [_condition(name, value, now) for name, value in conditions.items()],
        "startTime": timestamp(life.born),
        "hostIP": "192.0.2.1",
        "podIP": _address(life.pod),
        **({"initContainerStatuses": inits} if inits else {}),
        "containerStatuses": [
            _container(item, ready, state, running) for item in life.pod["spec"].get("containers") or []
        ],
    }


def _ended(life: Life, when: float) -> Object:
    """Of a pod that does one thing and ends; it says that nothing was done."""
    ended = {"exitCode": 0, "reason": "Completed", "finishedAt": timestamp(when), "message": NOTHING_DONE}
    containers = life.pod["spec"].get("containers") or []
    statuses = [_container(each, False, {"terminated": ended}, False) for each in containers]
    return {"phase": "Succeeded", "startTime": timestamp(life.born), "containerStatuses": statuses}


def workload_status(workload: Object, pods: list[Object], now: float) -> Object:
    """`status` of a Deployment or StatefulSet; as in the API, counts of zero are left out."""
    ready = sum(is_ready(pod) for pod in pods)
    counts = {"replicas": len(pods), "updatedReplicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
    enough = ready >= workload["spec"].get("replicas", 1)
    status: Object = {"observedGeneration": workload["metadata"]["generation"]}
    status |= {name: count for name, count in counts.items() if count}
    if not enough:
        status["unavailableReplicas"] = workload["spec"].get("replicas", 1) - ready
    if workload["kind"] == "Deployment":
        available = _condition("Available", enough, now)
        available["reason"] = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        progressing = {**_condition("Progressing", True, now), "reason": "ReplicaSetUpdated"}
        status["conditions"] = [available, progressing]
    return status


def pod_events(kubelet: Kubelet, life: Life, now: float) -> list[tuple[float, str, str]]:
    """What a pod's events say up to now: when, reason, message; oldest first."""
    scheduled = life.born + SCHEDULE * kubelet.pace
    events = [
        (scheduled, "Scheduled", f"Successfully assigned {life.namespace}/{life.pod['metadata']['name']} to {NODE}")
    ]
    begins = [scheduled, *life.ends]
    for begin, container in zip(begins, life.inits, strict=False):
        events += _started(begin, container)
    for container in life.pod["spec"].get("containers") or []:
        events += _started(kubelet.running(life), container)
    return [event for event in events if event[0] <= now]


def is_ready(pod: Object) -> bool:
    """Whether a pod's condition Ready is True."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def timestamp(seconds: float) -> str:
    """As the API writes times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def keep_transitions(old: Object, new: Object) -> Object:
    """The new status, with the times of those conditions that did not change."""
    known = {condition["type"]: condition for condition in old.get("conditions") or []}
    for condition in new.get("conditions") or []:
        before = known.get(condition["type"])
        if before and before["status"] == condition["status"]:
            condition["lastTransitionTime"] = before["lastTransitionTime"]
    return new


def _started(when: float, container: Object) -> list[tuple[float, str, str]]:
    name, image = container.get("name"), container.get("image")
    return [
        (when, "Pulled", f'Container image "{image}" already present on machine'),
        (when, "Created", f"Created container: {name}"),
        (when, "Started", f"Started container {name}"),
    ]


def _init_status(life: Life, index: int, container: Object) -> Object:
    if index < len(life.ends):
        began = life.ends[index - 1] if index else life.born
        ended: Object = {"exitCode": 0, "reason": "Completed", "startedAt": timestamp(began)}
        ended["finishedAt"] = timestamp(life.ends[index])
        state = _running(began) if is_sidecar(container) else {"terminated": ended}
        return _container(container, True, state, True)
    current = index == len(life.ends)
    state = _running(life.begun) if current else _waiting("PodInitializing")
    return _container(container, False, state, current)


def _container(container: Object, ready: bool, state: Object, started: bool) -> Object:
    image = container.get("image", "")
    status = {"name": container.get("name"), "image": image, "imageID": image, "ready": ready, "restartCount": 0}
    return {**status, "started": started, "state": state, "lastState": {}}


def _running(since: float) -> Object:
    return {"running": {"startedAt": timestamp(since)}}


def _waiting(reason: str) -> Object:
    return {"waiting": {"reason": reason}}


def _condition(name: str, value: bool, now: float) -> Object:
    return {"type": name, "status": str(value), "lastTransitionTime": timestamp(now)}


def _address(pod: Object) -> str:
    number = int(hashlib.sha256(pod["metadata"]["uid"].encode()).hexdigest()[:4], 16)
    return f"10.244.{number >> 8}.{number & 255}"
