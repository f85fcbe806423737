"""Watch what was applied become ready, and say what each thing waits for.

Polls instead of watching: nothing to time out, nothing to resume, and whoever reads the rows can stop between any two.
"""

import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from wizard import record, seen
from wizard.causes import Explained, Seen, explain
from wizard.cluster.interface import Cluster, ClusterError, Object, Unreachable
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.questions import Draft

INTERVAL = 0.5
"""Seconds between two looks."""

PODS = "airflow-wizard/role,airflow-wizard/role!=migrations,kubernetes_executor!=True"
"""The pods that stay: those of Deployments."""

TASK_PODS = "airflow-wizard/role=tasks,kubernetes_executor=True"
"""The pods that KubernetesExecutor makes, a task each; the second label is Airflow's own."""

Out = TypeVar("Out")

Answers = Mapping[str, Any]
"""The answers of a plan by place, such as `dags.ref`; empty where no plan is known."""

MIGRATIONS = "airflow-wizard/role=migrations"
"""The pod in which an upgrade migrates the database."""

_BAD = {
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CrashLoopBackOff",
}


def rollouts(cluster: Cluster, namespace: str, timeout: float) -> Iterator[Row]:
    """A row whenever a Deployment's state has changed, until all are ready; then one for each that has no DAGs.

    Raises `UserError` after `timeout` seconds, naming what isn't and why.
    """
    started = time.monotonic()
    known = answers(cluster, namespace)
    said: dict[str, Row] = {}
    while True:
        found = yield from asked_again(partial(deployments, cluster, namespace), started + timeout)
        seconds = time.monotonic() - started
        rows = yield from asked_again(partial(states, cluster, found, known, seconds), started + timeout)
        for row in rows:
            before = said.get(row.thing)
            if before is None or replace(before, seconds=row.seconds) != row:
                said[row.thing] = row
                yield row
        if rows and all(row.mark is Mark.DONE for row in rows):
            last = (_doubted(cluster, *each, known, row) for each, row in zip(found, rows, strict=True))
            yield from (row for row in last if row.mark is not Mark.DONE)
            return
        if time.monotonic() - started > timeout:
            raise _too_late([row for row in rows if row.mark is not Mark.DONE], namespace, timeout)
        time.sleep(INTERVAL)


def asked_again(ask: Callable[[], Out], end: float) -> Generator[Row, None, Out]:
    """What is asked for. While the API server doesn't answer, it is waited for until `end`, a `time.monotonic()`."""
    away = False
    while True:
        try:
            found = ask()
        except Unreachable as error:
            if time.monotonic() > end:
                raise
            away = True
            yield Row("API server", Mark.WAITING, error.message, 0)
            time.sleep(INTERVAL)
        else:
            if away:
                yield Row("API server", Mark.DONE, "answers again", 0)
            return found


def states(cluster: Cluster, found: list[tuple[Object, list[Object]]], known: Answers, seconds: float) -> list[Row]:
    """A row for each of these Deployments, with what it waits for; a way out that several have is told once."""
    return told_once([_row(cluster, *each, known, seconds) for each in found])


def state(cluster: Cluster, deployment: Object, pods: list[Object], known: Answers) -> Row:
    """A Deployment as it is now, with what it waits for; or of one that is ready, what it lacks."""
    return _doubted(cluster, deployment, pods, known, _row(cluster, deployment, pods, known, 0))


def _doubted(cluster: Cluster, deployment: Object, pods: list[Object], known: Answers, row: Row) -> Row:
    """The row of one that is ready, with what it lacks; another one as it is."""
    found = _explained(cluster, deployment, pods, known) if row.mark is Mark.DONE else None
    if found is None:
        return row
    return Row(row.thing, found.cause.mark, f"ready, but {found.text}", row.seconds, found.way_out, found.place)


def answers(cluster: Cluster, namespace: str) -> Answers:
    """The answers by place of the plan that was applied last; empty where the cluster doesn't tell it."""
    try:
        plan = record.plan_in(record.read(cluster, namespace))
    except UserError:
        return {}
    return Draft.of(plan).said() if plan else {}


def _too_late(rows: list[Row], namespace: str, timeout: float) -> UserError:
    lines = "\n".join(f"  {row.thing}: {row.text}" + (f"\n    → {row.way_out}" if row.way_out else "") for row in rows)
    first = rows[0].thing if rows else "airflow-api-server"
    return UserError(
        f"Not ready within {timeout:.0f} s:\n{lines}",
        f"It goes on in the cluster: kubectl describe pods -n {namespace} tells more about {first}; "
        "mend the answer and apply again, or wait longer with --timeout.",
    )


def explained(cluster: Cluster, namespace: str, known: Answers | None = None) -> dict[str, Explained]:
    """By Deployment, why it is stuck, or has no DAGs though it is ready; where a cause is known.

    `known` are the plan's answers by place; without them, those of the plan that was applied last.
    """
    known = answers(cluster, namespace) if known is None else known
    found = ((each[0], _explained(cluster, *each, known)) for each in deployments(cluster, namespace))
    return {deployment["metadata"]["name"]: cause for deployment, cause in found if cause}


def _explained(cluster: Cluster, deployment: Object, pods: list[Object], known: Answers) -> Explained | None:
    things = _doubtful(cluster, pods) if is_ready(deployment) else _stuck(cluster, deployment, pods)
    return explain(things, known, deployment["metadata"]["namespace"])


def _stuck(cluster: Cluster, deployment: Object, pods: list[Object]) -> Iterator[Seen]:
    if 0 < deployment.get("status", {}).get("observedGeneration", 0) < deployment["metadata"]["generation"]:
        return  # its pods are still those of the plan before
    yield from seen.of_deployment(deployment)
    pod = _newest(pods)
    if pod is not None and not pod_is_ready(pod):
        yield from seen.of_pod(cluster, pod)


def _doubtful(cluster: Cluster, pods: list[Object]) -> Iterator[Seen]:
    for pod in pods:
        yield from seen.of_ready_pod(cluster, pod)


def told_once(rows: list[Row]) -> list[Row]:
    """The same rows; a way out that several have is told with the first."""
    first = {row.way_out: row.thing for row in reversed(rows)}
    return [row if first[row.way_out] == row.thing else replace(row, way_out="") for row in rows]


def deployments(cluster: Cluster, namespace: str) -> list[tuple[Object, list[Object]]]:
    """Those of ours, each with its pods that are not on their way out. No namespace: of all of them."""
    deployments = cluster.list("apps/v1", "Deployment", namespace, labels=record.LABELS)
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [(deployment, _pods_of(deployment, pods)) for deployment in deployments]


def _row(cluster: Cluster, deployment: Object, pods: list[Object], known: Answers, seconds: float) -> Row:
    """Its state: as its cause tells it, or as the cluster shows it."""
    name = deployment["metadata"]["name"]
    wanted, ready = deployment["spec"].get("replicas", 1), deployment.get("status", {}).get("readyReplicas", 0)
    if is_ready(deployment):
        return Row(name, Mark.DONE, f"{ready}/{wanted} ready", seconds)
    pod = _newest(pods)
    mark, reason = _no_pod(deployment) if pod is None else pod_state(cluster, pod)
    found = _explained(cluster, deployment, pods, known)
    if found is None:
        return Row(name, mark, f"{ready}/{wanted} {reason}", seconds)
    return Row(name, found.cause.mark, f"{ready}/{wanted} {found.text}", seconds, found.way_out, found.place)


def _pods_of(deployment: Object, pods: list[Object]) -> list[Object]:
    selector, space = deployment["spec"]["selector"]["matchLabels"].items(), deployment["metadata"]["namespace"]
    near = [pod for pod in pods if pod["metadata"]["namespace"] == space]
    mine = [pod for pod in near if selector <= (pod["metadata"].get("labels") or {}).items()]
    return [pod for pod in mine if "deletionTimestamp" not in pod["metadata"]]


def _newest(pods: list[Object]) -> Object | None:
    """The pod that a Deployment waits for."""
    waiting = [pod for pod in pods if not pod_is_ready(pod)] or pods
    return max(waiting, key=lambda pod: str(pod["metadata"].get("creationTimestamp", "")), default=None)


def is_ready(deployment: Object) -> bool:
    """Whether a rollout is complete, by the rules of `kubectl rollout status`."""
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    seen: bool = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
    counts = [status.get(key, 0) for key in ("updatedReplicas", "availableReplicas", "replicas")]
    return seen and counts == [wanted, wanted, wanted]


def pod_is_ready(pod: Object) -> bool:
    """Whether a pod's probes let it take work."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _no_pod(deployment: Object) -> tuple[Mark, str]:
    for condition in deployment.get("status", {}).get("conditions", []):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            return Mark.WARNING, str(condition.get("message", "the pod cannot be made"))
    return Mark.WAITING, "its pod is being made"


def pod_state(cluster: Cluster, pod: Object) -> tuple[Mark, str]:
    """What a pod that isn't ready is doing, in a few words."""
    status = pod.get("status", {})
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return Mark.WARNING, f"no node takes it: {condition.get('message', '')}"
    for container in status.get("initContainerStatuses", []):
        state = container.get("state", {})
        if "terminated" in state and state["terminated"].get("exitCode") == 0:
            continue
        return _container(cluster, pod, container, f"{container['name']}: ")
    for container in status.get("containerStatuses", []):
        if not container.get("ready"):
            return _container(cluster, pod, container, "")
    return Mark.WAITING, "starting"


def _container(cluster: Cluster, pod: Object, status: Object, prefix: str) -> tuple[Mark, str]:
    state = status.get("state", {})
    waiting = state.get("waiting", {})
    reason = waiting.get("reason", "")
    if reason == "CrashLoopBackOff" or status.get("restartCount") or "terminated" in state:
        last = _last_line(cluster, pod, status["name"], previous="running" not in state and "terminated" not in state)
        count = status.get("restartCount", 0)
        restarts = f"restarted {times(count)}: " if count else "ended: "
        return Mark.WARNING, prefix + restarts + (last or reason or _ended(state))
    if reason in _BAD:
        return Mark.WARNING, f"{prefix}{reason}: {waiting.get('message', '')}"
    if "running" in state:
        return Mark.WAITING, prefix + (_last_line(cluster, pod, status["name"]) if prefix else "starting")
    return Mark.WAITING, prefix + {"PodInitializing": "starting"}.get(reason, reason or "starting")


def _ended(state: Object) -> str:
    ended = state.get("terminated", {})
    return f"{ended.get('reason', 'Error')}, exit code {ended.get('exitCode')}"


def _last_line(cluster: Cluster, pod: Object, container: str, *, previous: bool = False) -> str:
    """The last line of a container's log, cut to what fits in a row; nothing where it can't be read."""
    metadata = pod["metadata"]
    try:
        text = cluster.logs(metadata["namespace"], metadata["name"], container, tail=5, previous=previous)
    except ClusterError:
        return ""
    lines = [line.strip() for line in text.splitlines() if _WORD.search(line) and not line.startswith(seen.LOST)]
    return plain_line(lines[-1])[:160] if lines else "starting"


def times(count: int) -> str:
    """Of something that was done at least once."""
    return "once" if count == 1 else f"{count} times"


_WORD = re.compile(r"[^\W_]{2}")
"""What the picture at Airflow's start hasn't."""
_TIME_AND_LEVEL = re.compile(r"^\S+Z \[\w+ *\] ")
_LOGGER = re.compile(r" +\[[\w.]+\] loc=.*$")


def plain_line(line: str) -> str:
    """A line of Airflow's log without its time, level, logger and place."""
    return _LOGGER.sub("", _TIME_AND_LEVEL.sub("", line))
