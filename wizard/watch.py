"""Watch what was applied become ready, and say what each thing waits for.

Polls instead of watching: nothing to time out, nothing to resume, and whoever reads the rows can stop between any two.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from wizard import record
from wizard.causes import Answers, Seen, explain
from wizard.cluster.interface import Cluster, ClusterError, Object
from wizard.errors import UserError
from wizard.plan.file import parse
from wizard.plan.rules import said_by
from wizard.progress import Mark, Row

INTERVAL = 0.5
"""Seconds between two looks."""

PODS = "airflow-wizard/role,kubernetes_executor!=True"
"""The pods that stay: those of Deployments."""

TASK_PODS = "airflow-wizard/role=tasks,kubernetes_executor=True"
"""The pods that KubernetesExecutor makes, a task each; the second label is Airflow's own."""

_BAD = {"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError", "CrashLoopBackOff"}


def rollouts(cluster: Cluster, namespace: str, timeout: float) -> Iterator[Row]:
    """A row whenever a Deployment's state has changed, until all are ready.

    Raises `UserError` after `timeout` seconds, naming what isn't and why. A cluster that doesn't answer for a moment
    is asked again.
    """
    started = time.monotonic()
    said: dict[str, Row] = {}
    answers = cache(partial(_answers, cluster, namespace))
    while True:
        rows = _look(cluster, namespace, answers, time.monotonic() - started)
        for row in rows:
            known = said.get(row.thing)
            if known is None or (known.mark, known.text) != (row.mark, row.text):
                said[row.thing] = row
                yield row
        if rows and all(row.mark is Mark.DONE for row in rows):
            return
        if time.monotonic() - started > timeout:
            raise _too_late([row for row in rows if row.mark is not Mark.DONE], namespace, timeout)
        time.sleep(INTERVAL)


def _too_late(rows: list[Row], namespace: str, timeout: float) -> UserError:
    lines = "\n".join(f"  {row.thing}: {row.text}" for row in rows)
    first = rows[0].thing if rows else "airflow-api-server"
    return UserError(
        f"Not ready within {timeout:.0f} s:\n{lines}",
        f"It goes on in the cluster: kubectl describe pods -n {namespace} tells more about {first}; "
        "mend the answer and apply again, or wait longer with --timeout.",
    )


def _look(cluster: Cluster, namespace: str, answers: Callable[[], Answers], seconds: float) -> list[Row]:
    deployments = cluster.list("apps/v1", "Deployment", namespace, labels=record.LABELS)
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [_row(cluster, deployment, pods, answers, seconds) for deployment in deployments]


def _row(
    cluster: Cluster, deployment: Object, pods: list[Object], answers: Callable[[], Answers], seconds: float
) -> Row:
    name = deployment["metadata"]["name"]
    wanted, ready = deployment["spec"].get("replicas", 1), deployment.get("status", {}).get("readyReplicas", 0)
    if is_ready(deployment):
        return Row(name, Mark.DONE, f"{ready}/{wanted} ready", seconds)
    selector = deployment["spec"]["selector"]["matchLabels"].items()
    mine = [pod for pod in pods if selector <= (pod["metadata"].get("labels") or {}).items()]
    state = _state(cluster, deployment, mine)
    cause = explain(state.seen(seconds), answers) if state.evidence else ""
    text = f"{cause} ({_cut(state.text)})" if cause else state.text
    return Row(name, Mark.WARNING if cause else state.mark, f"{ready}/{wanted} {text}", seconds)


def _cut(text: str, width: int = 200) -> str:
    """Kubernetes' own words, as many as show what they are about."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _answers(cluster: Cluster, namespace: str) -> Answers:
    """What the plan that was applied says; nothing where there is no record, or one of another version."""
    recorded = record.read(cluster, namespace)
    try:
        return said_by(parse(recorded.plan)) if recorded else {}
    except UserError:
        return {}


@dataclass(frozen=True)
class State:
    """What a pod that isn't ready is doing."""

    mark: Mark
    text: str
    """In a few words."""
    evidence: str = ""
    """All there is to see: what Kubernetes says, the last lines of the log, events. Empty where nothing is wrong."""
    reason: str = ""
    container: str = ""

    def seen(self, seconds: float) -> Seen:
        """For `wizard.causes`."""
        return Seen(self.evidence, self.reason, self.container, seconds)


def is_ready(deployment: Object) -> bool:
    """Whether a rollout is complete, by the rules of `kubectl rollout status`."""
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    seen: bool = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
    counts = [status.get(key, 0) for key in ("updatedReplicas", "availableReplicas", "replicas")]
    return seen and counts == [wanted, wanted, wanted]


def _state(cluster: Cluster, deployment: Object, pods: list[Object]) -> State:
    pods = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    if not pods:
        return _no_pod(deployment)
    waiting = [pod for pod in pods if not pod_is_ready(pod)] or pods
    return pod_state(cluster, max(waiting, key=_telling))


def _telling(pod: Object) -> tuple[bool, str]:
    """Of several pods, one that no node takes tells most; then the newest."""
    return "nodeName" not in pod["spec"], str(pod["metadata"].get("creationTimestamp", ""))


def pod_is_ready(pod: Object) -> bool:
    """Whether a pod's probes let it take work."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _no_pod(deployment: Object) -> State:
    for condition in deployment.get("status", {}).get("conditions", []):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            message = str(condition.get("message", "the pod cannot be made"))
            return State(Mark.WARNING, message, message, str(condition.get("reason", "")))
    return State(Mark.WAITING, "its pod is being made")


def pod_state(cluster: Cluster, pod: Object) -> State:
    """What a pod that isn't ready is doing."""
    status = pod.get("status", {})
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            message = condition.get("message", "")
            return State(Mark.WARNING, f"no node takes it: {message}", message, condition.get("reason", ""))
    for container in status.get("initContainerStatuses", []):
        state = container.get("state", {})
        if "terminated" in state and state["terminated"].get("exitCode") == 0:
            continue
        return _container(cluster, pod, container, f"{container['name']}: ")
    for container in status.get("containerStatuses", []):
        if not container.get("ready"):
            return _container(cluster, pod, container, "")
    return State(Mark.WAITING, "starting", _mounting(cluster, pod), "ContainerCreating")


def _mounting(cluster: Cluster, pod: Object) -> str:
    """What keeps a pod that is long on its node from starting a container; not asked of one that just came there."""
    born = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    return _events(cluster, pod) if datetime.now(UTC) - born > timedelta(seconds=5) else ""


def _container(cluster: Cluster, pod: Object, status: Object, prefix: str) -> State:
    name, state = status["name"], status.get("state", {})
    waiting = state.get("waiting", {})
    reason = waiting.get("reason", "")
    if reason == "CrashLoopBackOff" or status.get("restartCount") or "terminated" in state:
        ended = state.get("terminated") or status.get("lastState", {}).get("terminated") or {}
        log = _log(cluster, pod, name, previous="running" not in state and "terminated" not in state)
        restarts = f"restarted {status['restartCount']} times: " if status.get("restartCount") else "ended: "
        text = prefix + restarts + (_last(log) or reason or _ended(ended))
        evidence = f"{log}\n{_events(cluster, pod)}\n{reason}"
        return State(Mark.WARNING, text, evidence, ended.get("reason", ""), name)
    if reason in _BAD:
        message = waiting.get("message", "")
        return State(Mark.WARNING, f"{prefix}{reason}: {message}", f"{reason} {message}", reason, name)
    if "running" in state:
        log = _log(cluster, pod, name) if prefix else ""
        return State(Mark.WAITING, prefix + (_last(log) or "starting"), log, container=name)
    text = prefix + {"PodInitializing": "starting"}.get(reason, reason or "starting")
    evidence = _mounting(cluster, pod) if reason == "ContainerCreating" else ""
    return State(Mark.WAITING, text, evidence, reason, name)


def _ended(ended: Object) -> str:
    return f"{ended.get('reason', 'Error')}, exit code {ended.get('exitCode')}"


def _log(cluster: Cluster, pod: Object, container: str, *, previous: bool = False) -> str:
    """The end of a container's log; nothing where it can't be read."""
    metadata = pod["metadata"]
    try:
        return cluster.logs(metadata["namespace"], metadata["name"], container, tail=20, previous=previous)
    except ClusterError:
        return ""


def _last(log: str) -> str:
    """The last line of a log, cut to what fits in a row."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return plain_line(lines[-1])[:160] if lines else ""


def _events(cluster: Cluster, pod: Object) -> str:
    """What Kubernetes warned of about a pod; nothing where that can't be read."""
    metadata = pod["metadata"]
    try:
        events = cluster.events(metadata["namespace"], "Pod", metadata["name"])
    except ClusterError:
        return ""
    return "\n".join(
        str(event.get("message", ""))
        for event in events
        if event.get("type") != "Normal" or "probe" in str(event.get("message"))
    )


_TIME_AND_LEVEL = re.compile(r"^\S+Z \[\w+ *\] ")
_LOGGER = re.compile(r" +\[[\w.]+\] loc=.*$")


def plain_line(line: str) -> str:
    """A line of Airflow's log without its time, level, logger and place."""
    return _LOGGER.sub("", _TIME_AND_LEVEL.sub("", line))
