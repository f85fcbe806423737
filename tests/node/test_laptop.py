"""The laptop plan on a real node: ready, proved, unchanged by a second apply, and back with its data after a delete."""

import base64
import json
import re
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import CommandLine, api, pods, secret_values, versions
from wizard.cluster.interface import Cluster
from wizard.verify import DAG

pytestmark = [pytest.mark.cluster, pytest.mark.node]

PLAN = Path(__file__).parent.parent / "plans" / "laptop.yaml"


@pytest.fixture
def wizard(wizard: CommandLine) -> CommandLine:
    """The command line with this plan."""
    wizard.plan.write_text(PLAN.read_text("utf-8"))
    return wizard


def test_from_nothing_to_a_task_and_back_with_its_data(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    installed = wizard.ok("apply", "--yes")
    assert f"airflow-wizard open -n {namespace}" in installed.out
    assert "airflow-admin" in installed.out
    assert "a task ran" in wizard.ok("verify").out

    before, running, values = versions(cluster, namespace), pods(cluster, namespace), secret_values(cluster, namespace)
    again = wizard.ok("apply", "--yes")
    assert "created" not in again.err
    assert "changed" not in again.err.replace("unchanged", "")
    assert versions(cluster, namespace) == before
    assert pods(cluster, namespace) == running

    airflow = api(cluster, namespace)
    connection = {"connection_id": "kept", "conn_type": "http", "password": "p@ss/w:rd%1#x", "host": "h"}
    airflow.call("POST", "/api/v2/connections", connection)
    runs = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]

    deleted = wizard.ok("delete", "--yes")
    assert "stays: PersistentVolumeClaim postgres-db" in deleted.err
    assert not cluster.list("apps/v1", "Deployment", namespace)
    assert secret_values(cluster, namespace) == values

    wizard.ok("apply", "--yes")
    assert secret_values(cluster, namespace) == values
    airflow = api(cluster, namespace)  # logs in with the same password
    back = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]
    assert [run["dag_run_id"] for run in back] == [run["dag_run_id"] for run in runs]
    assert airflow.call("GET", "/api/v2/connections/kept")["host"] == "h"
    wizard.ok("verify")
    status_tells_how_it_is(cluster, wizard, _plain(values["airflow-admin"]["password"]))

    report_has_the_logs_and_no_secret(wizard, values)

    logs = "".join(_all_logs(cluster, namespace))
    assert values["airflow-admin"]["password"] not in logs
    for name, data in values.items():
        for key, value in data.items():
            assert key in ("username", "POSTGRES_USER", "POSTGRES_DB") or _plain(value) not in logs, (name, key)

    purged = wizard.ok("delete", "--yes", "--purge")
    assert f"Namespace {namespace}" in purged.err
    assert cluster.get("v1", "Namespace", namespace) is None


def status_tells_how_it_is(cluster: Cluster, wizard: CommandLine, password: str) -> None:
    """First all is well; then a DAG file that can't be read, and a component that was ended."""
    said = json.loads(wizard.ok("status", "-o", "json").out)
    assert said["ready"] and all(each["ready"] == each["wanted"] == 1 for each in said["components"])
    assert (said["drift"], said["driftProblem"], said["notInPlan"]) == ([], "", [])
    airflow = said["airflow"]
    assert (airflow["version"], airflow["dags"], airflow["importErrors"]) == ("3.3.2", 1, [])
    assert set(airflow["heartbeats"]) == {"scheduler", "triggerer", "dag_processor"}
    assert password not in json.dumps(said)
    assert f"Password     {password}\n" in wizard.ok("status", "--show-password").out

    # Airflow reads only files with the words "airflow" and "dag".
    broken = r"printf '# An airflow DAG\nimport no_such_library\n' > $AIRFLOW__CORE__DAGS_FOLDER/broken.py"
    in_pod(cluster, wizard.namespace, "dag-processor", f"{broken} && airflow dags reserialize")
    assert "× broken.py: ModuleNotFoundError: No module named 'no_such_library'" in wizard.ok("status").out
    in_pod(cluster, wizard.namespace, "triggerer", "kill 1")
    end = time.monotonic() + 90
    while "triggerer started again once, last" not in (text := wizard.run("status").out):
        assert time.monotonic() < end, text
        time.sleep(1)
    wizard.ok("apply", "--yes")  # changes nothing, and waits until all is ready again
    wizard.ok("status")


def report_has_the_logs_and_no_secret(wizard: CommandLine, values: dict[str, Any]) -> None:
    """Of pods that have run, and of the triggerer's container that was ended."""
    path = wizard.plan.parent / "report.tar.gz"
    wizard.ok("report", "-o", str(path))
    with tarfile.open(path) as tar:
        files = {each.name: tar.extractfile(each) for each in tar.getmembers()}
        texts = {name.partition("/")[2]: file.read().decode() for name, file in files.items() if file}
    assert "errors.txt" not in texts, texts["errors.txt"]
    for name in (
        "airflow-scheduler-.*.scheduler",
        "airflow-triggerer-.*.triggerer.previous",
        "postgres-db-.*.postgres",
    ):
        assert any(re.fullmatch(rf"logs/{name}\.txt", each) and len(text) > 50 for each, text in texts.items()), name
    everything = "".join([*texts, *texts.values()])
    for data in values.values():
        for key, value in data.items():
            if key not in ("username", "POSTGRES_USER", "POSTGRES_DB"):
                assert value not in everything and _plain(value) not in everything, key


def in_pod(cluster: Cluster, namespace: str, component: str, command: str) -> None:
    """Run a shell command in a component's main container."""
    (pod,) = cluster.list("v1", "Pod", namespace, labels=f"component={component}")
    code, out, err = cluster.exec(namespace, pod["metadata"]["name"], component, ["bash", "-c", command])
    assert code == 0, (out[-2000:], err[-2000:])


def _plain(value: str) -> str:
    return base64.b64decode(value).decode()


def _all_logs(cluster: Cluster, namespace: str) -> Iterator[str]:
    for pod in cluster.list("v1", "Pod", namespace):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            yield cluster.logs(namespace, pod["metadata"]["name"], container["name"], tail=5000)
