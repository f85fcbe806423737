"""Running `airflow-wizard` as its users do: a process of its own, with what it printed."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.kubectl import kubectl
from wizard.airflow_api import AirflowApi, part
from wizard.cluster.interface import Cluster, Object

VARIABLES = "AIRFLOW_WIZARD_TEST_"
"""How the names of the services that tests reach begin; CONTRIBUTING lists them."""

LONGEST = 400
"""Seconds that any one command may take."""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


class CommandLine:
    """The commands, on the cluster for tests, with one plan."""

    def __init__(self, plan: Path, namespace: str) -> None:
        self.plan = plan
        self.namespace = namespace

    def run(self, *arguments: str) -> Said:
        """Run one command with the plan and the namespace; what it said is printed for whoever reads the test."""
        kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
        command = [sys.executable, "-m", "wizard", *arguments, "-f", str(self.plan), "-n", self.namespace]
        print(f"$ airflow-wizard {' '.join(arguments)}")
        try:
            done = subprocess.run(
                [*command, "--kubeconfig", kubeconfig],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired as late:
            said = b"".join(each or b"" for each in (late.stderr, late.stdout)).decode(errors="replace")
            pytest.fail(f"{' '.join(arguments)} did not end within {LONGEST} s; it said:\n{said}")
        print(f"{done.stderr}{done.stdout}-> {done.returncode}")
        return Said(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str) -> Said:
        """Run a command that must end well."""
        said = self.run(*arguments)
        assert said.code == 0, said.err
        return said


def remove(cluster: Cluster, namespace: str) -> None:
    """Take a namespace away, however its test ended: no pod may hold the node's room for the next test's."""
    if cluster.delete("v1", "Namespace", namespace):
        kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
        kubectl("delete", "pods", "--all", "--force", "--wait=false", "-n", namespace, kubeconfig=kubeconfig)


def pods(cluster: Cluster, namespace: str) -> dict[str, int]:
    """The pods by uid, with their restarts: equal means that nothing was restarted."""
    return {pod["metadata"]["uid"]: _restarts(pod) for pod in cluster.list("v1", "Pod", namespace)}


def _restarts(pod: Object) -> int:
    status = pod["status"]
    statuses = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    return sum(each["restartCount"] for each in statuses)


def versions(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The generation of each Deployment and the resourceVersion of what has no status."""
    seen = {}
    for api, kind, field in (
        ("apps/v1", "Deployment", "generation"),
        ("v1", "ConfigMap", "resourceVersion"),
        ("v1", "Secret", "resourceVersion"),
        ("v1", "Service", "resourceVersion"),
    ):
        for body in cluster.list(api, kind, namespace):
            seen[f"{kind} {body['metadata']['name']}"] = str(body["metadata"][field])
    return seen


def secret_values(cluster: Cluster, namespace: str) -> dict[str, object]:
    """Every Secret's data."""
    return {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)}


def api(cluster: Cluster, namespace: str) -> AirflowApi:
    """Airflow's REST API, logged in as the admin."""
    session = AirflowApi(cluster, namespace)
    session.login()
    return session


def variable(name: str) -> str:
    """What names a service for tests; without it the test is skipped."""
    value = os.environ.get(VARIABLES + name)
    if not value:
        pytest.skip(f"{VARIABLES}{name} is not set")
    return value


def start_run(airflow: AirflowApi, dag: str, **conf: Any) -> str:
    """Start a run of a DAG; its path below the API."""
    airflow.call("PATCH", f"/api/v2/dags/{dag}?update_mask=is_paused", {"is_paused": False})
    run = airflow.call("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"]
    return f"/api/v2/dags/{dag}/dagRuns/{part(run)}"


def tasks_at_end(airflow: AirflowApi, path: str, seconds: float = 120) -> list[dict[str, Any]]:
    """The tasks of a run, when it has ended."""
    end = time.monotonic() + seconds
    while airflow.call("GET", path)["state"] in ("queued", "running") and time.monotonic() < end:
        time.sleep(0.5)
    tasks: list[dict[str, Any]] = airflow.call("GET", f"{path}/taskInstances")["task_instances"]
    print(f"{path}: {[(task['task_id'], task['state'], task['hostname']) for task in tasks]}")
    return tasks


def run_dag(airflow: AirflowApi, dag: str, seconds: float = 120) -> dict[str, Any]:
    """Run a DAG of the repository to its end; its first task."""
    return tasks_at_end(airflow, start_run(airflow, dag), seconds)[0]
