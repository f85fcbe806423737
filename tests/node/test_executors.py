"""CeleryExecutor on a real node, then two executors at once: where each task ran, and who can read Redis' password."""

import base64
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import (
    CommandLine,
    api,
    pods,
    secret_values,
    start_run,
    tasks_at_end,
    variable,
    versions,
)
from wizard.airflow_api import AirflowApi, ApiError
from wizard.cluster.interface import Cluster, Object
from wizard.verify import DAG, TASK
from wizard.watch import PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node, pytest.mark.long]

WORKERS = "component=worker,kubernetes_executor!=True"

WHERE = """
from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def where_tasks_run():
    @task
    def by_default():
        print("here")

    @task(executor="KubernetesExecutor")
    def in_a_pod():
        print("here")

    by_default() >> in_a_pod()


where_tasks_run()
"""


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[str]:
    """A branch of the repository for tests that has `WHERE` beside the other DAGs."""
    address, name, clone = variable("GIT_PUSH_URL"), f"executors-{secrets.token_hex(3)}", str(tmp_path / "clone")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
        subprocess.run(["git", *who, *arguments], check=True, capture_output=True, timeout=60)

    git("clone", "-q", "--depth", "1", address, clone)
    Path(clone, "dags", "where_tasks_run.py").write_text(WHERE)
    git("-C", clone, "add", "dags")
    git("-C", clone, "commit", "-qm", "A task for each of two executors")
    git("-C", clone, "push", "-q", address, f"HEAD:refs/heads/{name}")
    yield name
    git("push", "-q", address, f":refs/heads/{name}")


def answer(wizard: CommandLine, branch: str, executor: dict[str, Any]) -> None:
    """Write the laptop's plan with this executor, and the DAGs of the branch."""
    key = {"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")}
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": variable("GIT_KNOWN_HOSTS")}
    source = {"repository": variable("GIT_SSH_URL"), "ref": branch, "period": "5s", "credentials": credentials}
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, "dags": {"type": "git-sync", **source}, "executor": executor}))


def test_workers_and_then_pods_beside_them(cluster: Cluster, wizard: CommandLine, branch: str) -> None:
    namespace, celery = wizard.namespace, {"type": "celery", "concurrency": 2}
    answer(wizard, branch, celery)
    shown = [wizard.ok("apply", "--yes")]
    shown.append(wizard.ok("verify"))
    assert "it says what it was told to say" in shown[-1].err
    before, running, values = versions(cluster, namespace), pods(cluster, namespace), secret_values(cluster, namespace)
    shown.append(wizard.ok("apply", "--yes"))
    assert versions(cluster, namespace) == before
    assert pods(cluster, namespace) == running

    a_worker_that_is_told_to_end_finishes_its_task(cluster, namespace)
    talk = "".join(said.err + said.out for said in shown)
    the_password_is_in_one_secret_alone(cluster, namespace, talk)

    answer(wizard, branch, {"type": "several", "default": celery})
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    assert secret_values(cluster, namespace) == values
    default, own = where_tasks_ran(cluster, namespace)
    assert default in addresses(cluster, namespace, WORKERS)
    assert own not in addresses(cluster, namespace, PODS)

    answer(wizard, branch, {"type": "several"})
    changed = wizard.ok("apply", "--yes")
    assert "- Deployment redis" in changed.err
    assert secret_values(cluster, namespace) == values, "the Secret stays, for when workers come back"
    wizard.ok("verify")
    default, own = where_tasks_ran(cluster, namespace)
    assert default in addresses(cluster, namespace, "component=scheduler")
    assert own not in addresses(cluster, namespace, PODS)
    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def a_worker_that_is_told_to_end_finishes_its_task(cluster: Cluster, namespace: str) -> None:
    """And its log can be read while the task runs."""
    airflow = api(cluster, namespace)
    (worker,) = cluster.list("v1", "Pod", namespace, labels=WORKERS)
    path = start_run(airflow, DAG, say="a-word-to-find", stay=30)
    log = log_while_running(airflow, path, "a-word-to-find")
    assert "Task instance in success state" not in log
    cluster.delete("v1", "Pod", worker["metadata"]["name"], namespace)
    (task,) = tasks_at_end(airflow, path)
    assert (task["state"], task["try_number"], task["hostname"]) == ("success", 1, worker["status"]["podIP"])


def log_while_running(airflow: AirflowApi, path: str, word: str, seconds: float = 60) -> str:
    end, log, state = time.monotonic() + seconds, "", ""
    while word not in log:
        assert time.monotonic() < end, f"the task is {state}, its log so far: {log}"
        time.sleep(0.5)
        state = airflow.call("GET", path)["state"]
        try:
            log = str(airflow.call("GET", f"{path}/taskInstances/{TASK}/logs/1")["content"])
        except ApiError as error:
            assert error.status == 404, error  # no first try yet
    assert state == "running"
    return log


def the_password_is_in_one_secret_alone(cluster: Cluster, namespace: str, talk: str) -> None:
    everything = {
        f"{kind} {body['metadata']['name']}": str(body)
        for api_version, kind in (("v1", "Secret"), ("v1", "ConfigMap"), ("v1", "Pod"), ("apps/v1", "Deployment"))
        for body in cluster.list(api_version, kind, namespace)
    }
    encoded = secret_values(cluster, namespace)["airflow-redis"]["REDIS_PASSWORD"]
    password = base64.b64decode(encoded).decode()
    assert [name for name, text in everything.items() if encoded in text] == ["Secret airflow-redis"]
    assert not [name for name, text in everything.items() if password in text]
    assert password not in talk
    for pod in cluster.list("v1", "Pod", namespace):
        name = pod["metadata"]["name"]
        for container in started(pod):
            assert password not in cluster.logs(namespace, name, container, tail=5000), (name, container)


def started(pod: Object) -> list[str]:
    status = pod["status"]
    statuses = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    return [each["name"] for each in statuses if "waiting" not in each["state"]]


def where_tasks_ran(cluster: Cluster, namespace: str) -> tuple[str, str]:
    """The addresses at which the two tasks of `WHERE` ran."""
    airflow = api(cluster, namespace)
    tasks = tasks_at_end(airflow, start_run(airflow, "where_tasks_run"), 180)
    assert {task["state"] for task in tasks} == {"success"}
    found = {task["task_id"]: str(task["hostname"]) for task in tasks}
    return found["by_default"], found["in_a_pod"]


def addresses(cluster: Cluster, namespace: str, labels: str) -> set[str]:
    return {str(pod["status"].get("podIP")) for pod in cluster.list("v1", "Pod", namespace, labels=labels)}
