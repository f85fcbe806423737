"""A stuck scheduler on a real node: found and restarted in each of the ways, while a sound one is left alone."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.node.command_line import CommandLine, api
from wizard.cluster.interface import Cluster, Object
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

QUICK = {"periodSeconds": 5, "failureThreshold": 3}
HEARTBEAT = "airflow_wizard_heartbeat"

STOP = """
import os, signal
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        words = open(f"/proc/{pid}/cmdline").read().split("\\0")
    except OSError:
        continue  # it has ended
    if words[2:3] == ["scheduler"] and words[1].endswith("/airflow"):
        found.append(int(pid))
os.kill(min(found), signal.SIGSTOP)
"""
"""The scheduler's own process is the oldest of that name; those below it live on, its health page too."""


def test_a_stuck_scheduler_is_restarted(cluster: Cluster, shared: CommandLine) -> None:
    apply(shared, {"type": "http", **QUICK})
    stop_and_see_it_restarted(cluster, shared.namespace, 120)


@pytest.mark.long
def test_only_the_scheduler_rolls_and_one_without_heartbeats_is_restarted(
    cluster: Cluster, shared: CommandLine
) -> None:
    apply(shared, {"type": "http", **QUICK})
    others = pods_but_the_scheduler(cluster, shared.namespace)
    apply(shared, {"type": "heartbeat", **QUICK})
    assert pods_but_the_scheduler(cluster, shared.namespace) == others
    stop_and_see_it_restarted(cluster, shared.namespace, 180)


@pytest.mark.long
def test_one_that_runs_no_dag_is_restarted_and_one_that_does_is_left_alone(
    cluster: Cluster, shared: CommandLine
) -> None:
    apply(shared, {"type": "dag", "interval": "30s", "stuckAfter": "90s", **QUICK})
    see_it_left_alone(cluster, shared.namespace)
    stop_and_see_it_restarted(cluster, shared.namespace, 300)
    see_it_left_alone(cluster, shared.namespace)
    shared.ok("verify")


def apply(wizard: CommandLine, scheduler: dict[str, Any]) -> None:
    """Apply the laptop's plan with this way to find a stuck scheduler."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, "liveness": {"scheduler": scheduler}}))
    wizard.ok("apply", "--yes")


def scheduler_pod(cluster: Cluster, namespace: str) -> Object:
    """The scheduler's pod that stays."""
    pods = cluster.list("v1", "Pod", namespace, labels="component=scheduler")
    (pod,) = (pod for pod in pods if "deletionTimestamp" not in pod["metadata"])
    return pod


def restarts(cluster: Cluster, namespace: str) -> int:
    """How often the scheduler's container was started anew."""
    count: int = scheduler_pod(cluster, namespace)["status"]["containerStatuses"][0]["restartCount"]
    return count


def pods_but_the_scheduler(cluster: Cluster, namespace: str) -> set[str]:
    """The other pods' names."""
    pods = cluster.list("v1", "Pod", namespace)
    return {pod["metadata"]["name"] for pod in pods if pod["metadata"]["labels"]["component"] != "scheduler"}


def wait_until(what: str, holds: Callable[[], bool], seconds: float, seen: Callable[[], object]) -> None:
    """Wait for a condition; says what was seen where it doesn't come."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() < started + seconds, f"not within {seconds} s: {what}; seen: {seen()}"
        time.sleep(1)
    print(f"{what}: {time.monotonic() - started:.0f} s")


def stop_and_see_it_restarted(cluster: Cluster, namespace: str, seconds: float) -> None:
    """Stop the scheduler's process as a deadlock would, and wait until Kubernetes has started another."""
    pod, before = scheduler_pod(cluster, namespace)["metadata"]["name"], restarts(cluster, namespace)
    assert before == 0
    code, _, err = cluster.exec(namespace, pod, "scheduler", ["python", "-c", STOP])
    assert code == 0, err

    def events() -> list[str]:
        return [event["message"] for event in cluster.events(namespace, "Pod", pod)]

    wait_until("restarted", lambda: restarts(cluster, namespace) > before, seconds, events)
    killed = [text for text in events() if "failed liveness probe" in text]
    assert killed, events()

    def started() -> bool:
        return bool(scheduler_pod(cluster, namespace)["status"]["containerStatuses"][0]["started"])

    wait_until("started again", started, 120, events)


def see_it_left_alone(cluster: Cluster, namespace: str) -> None:
    """Wait for three more heartbeats, in which the probe asks several times: nothing is restarted."""
    airflow, before = api(cluster, namespace), restarts(cluster, namespace)

    def beats() -> list[str]:
        path = f"/api/v2/dags/{HEARTBEAT}/dagRuns?state=success&limit=100"
        return [run["dag_run_id"] for run in airflow.call("GET", path)["dag_runs"]]

    wait_until("it is read", lambda: HEARTBEAT in str(airflow.call("GET", "/api/v2/dags")), 60, lambda: "")
    known = len(beats())
    wait_until("three heartbeats", lambda: len(beats()) >= known + 3, 240, beats)
    assert restarts(cluster, namespace) == before
