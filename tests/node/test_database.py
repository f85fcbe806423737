"""Databases on a real node: a PostgreSQL that is there, what it refuses, and then one of our own whose pod is lost."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import VARIABLES, CommandLine, api, variable
from wizard.airflow_api import part
from wizard.cluster.interface import Cluster, Object
from wizard.verify import DAG
from wizard.watch import PODS, rollouts
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

IMAGE = "docker.io/apache/airflow:3.3.2"
EMPTY = """
import psycopg2
with psycopg2.connect("") as connection, connection.cursor() as cursor:
    cursor.execute("DROP OWNED BY current_user")
"""
ENCRYPTED = """
import airflow_database
with airflow_database.cursor(airflow_database.connect()) as cursor:
    cursor.execute(
        "SELECT count(*), bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
        "WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    print(*cursor.fetchone())
"""


def server(**other: Any) -> dict[str, Any]:
    """The database for tests, known by its own authority; an odd password from a variable."""
    ca = Path(variable("POSTGRES_CA_FILE")).read_text()
    answers = {
        "host": variable("POSTGRES_HOST"),
        "port": int(variable("POSTGRES_PORT")),
        "name": variable("POSTGRES_DATABASE"),
        "user": variable("POSTGRES_USER"),
        "password": from_variable("POSTGRES_PASSWORD"),
        "tls": {"type": "verify-full", "caCertificate": ca},
    }
    return {"type": "existing", **answers, **other}


def from_variable(name: str) -> dict[str, str]:
    return {"type": "environment", "variable": VARIABLES + name}


def answer(wizard: CommandLine, database: dict[str, Any]) -> None:
    """Write the laptop's plan with this database."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, "database": database}))


@pytest.fixture
def wizard(cluster: Cluster, namespace: str, tmp_path: Path) -> Iterator[CommandLine]:
    """The command line, and a database for tests in which nothing is left of a run before."""
    settings = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "DATABASE",
    }
    secret = {name: variable(f"POSTGRES_{setting}") for name, setting in settings.items()}
    metadata = {"name": "empty-database", "namespace": namespace}
    cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret})
    container = {
        "name": "python",
        "image": IMAGE,
        "command": ["python", "-c", EMPTY],
        "envFrom": [{"secretRef": {"name": metadata["name"]}}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    context = {"runAsNonRoot": True, "runAsUser": 50000, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"restartPolicy": "Never", "securityContext": context, "containers": [container]}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    end, phase = time.monotonic() + 120, ""
    while phase != "Succeeded":
        pod = cluster.get("v1", "Pod", metadata["name"], namespace) or {}
        phase = pod.get("status", {}).get("phase", "")
        log = cluster.logs(namespace, metadata["name"], "python") if phase == "Failed" else ""
        assert phase != "Failed" and time.monotonic() < end, f"emptying the database: {phase} {log}"
        time.sleep(0.2)
    cluster.delete("v1", "Pod", metadata["name"], namespace)
    cluster.delete("v1", "Secret", metadata["name"], namespace)
    yield CommandLine(tmp_path / "airflow-plan.yaml", namespace)


def test_a_database_that_is_there_and_then_one_of_our_own(cluster: Cluster, wizard: CommandLine) -> None:
    what_a_database_refuses_is_told(cluster, wizard)

    answer(wizard, server())
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    every_connection_is_encrypted(cluster, wizard.namespace)
    the_password_is_in_its_secret_alone(cluster, wizard.namespace)

    answer(wizard, {"type": "postgresql"})
    changed = wizard.ok("apply", "--yes")
    assert "Secret airflow-db-existing" in changed.err and "kept" in changed.err
    wizard.ok("verify")
    a_lost_pod_loses_no_data(cluster, wizard)


def what_a_database_refuses_is_told(cluster: Cluster, wizard: CommandLine) -> None:
    """Each in the line that says what a pod waits for, and nowhere with the password."""
    refused = [
        (server(host="no-such-host.invalid"), '(database.host): could not translate host name "no-such-host.invalid"'),
        (server(tls={"type": "verify-full"}), "(database.tls.caCertificate): certificate verify failed"),
        (
            server(password=from_variable("POSTGRES_GUEST_PASSWORD")),
            "(database.password): password authentication failed for user",
        ),
    ]
    for database, sentence in refused:
        answer(wizard, database)
        wizard.ok("apply", "--yes", "--wait=false")
        until_told(cluster, wizard.namespace, sentence)

    guest, its_password = variable("POSTGRES_GUEST_USER"), from_variable("POSTGRES_GUEST_PASSWORD")
    answer(wizard, server(user=guest, password=its_password))
    said = wizard.run("apply", "--yes", "--timeout", "40s")
    assert said.code == 1
    assert f"GRANT USAGE, CREATE ON SCHEMA public TO {guest}" in said.err
    assert f"database {variable('POSTGRES_DATABASE')}" in said.err
    assert "(database.user)" in said.err


def until_told(cluster: Cluster, namespace: str, sentence: str) -> None:
    for row in rollouts(cluster, namespace, 90):
        print(row.line())
        if sentence in row.text:
            return
    pytest.fail(f"all became ready; {sentence!r} was expected")


def every_connection_is_encrypted(cluster: Cluster, namespace: str) -> None:
    """Those of psycopg2, and those that the api-server makes with another driver where it works asynchronously."""
    airflow = api(cluster, namespace)
    (run, *_) = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]
    path = f"/api/v2/dags/{DAG}/dagRuns/{part(run['dag_run_id'])}/wait?interval=1"
    assert airflow.call("GET", path, accept="application/x-ndjson")["state"] == "success"
    pod = next(pod for pod in running(cluster, namespace) if pod["metadata"]["labels"]["component"] == "api-server")
    command = ["env", "PYTHONPATH=/opt/airflow/scripts", "python", "-c", ENCRYPTED]
    code, out, err = cluster.exec(namespace, pod["metadata"]["name"], "api-server", command)
    assert code == 0, err
    count, encrypted = out.split()
    print(f"{count} connections, all encrypted: {encrypted}")
    assert int(count) >= 4 and encrypted == "True"


def the_password_is_in_its_secret_alone(cluster: Cluster, namespace: str) -> None:
    password = variable("POSTGRES_PASSWORD")
    secret = cluster.get("v1", "Secret", "airflow-db-existing", namespace)
    assert secret is not None
    encoded = secret["data"]["POSTGRES_PASSWORD"]
    assert base64.b64decode(encoded).decode() == password
    readable = [*running(cluster, namespace), *cluster.list("v1", "ConfigMap", namespace)]
    logs = [
        cluster.logs(namespace, pod["metadata"]["name"], container["name"], tail=5000)
        for pod in running(cluster, namespace)
        for container in [*pod["spec"]["initContainers"], *pod["spec"]["containers"]]
    ]
    assert password not in str(readable) and encoded not in str(readable)
    assert password not in "".join(logs) and encoded not in "".join(logs)


def a_lost_pod_loses_no_data(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    runs = run_ids(cluster, namespace)
    assert runs
    (lost,) = (
        pod["metadata"] for pod in running(cluster, namespace) if pod["metadata"]["labels"]["component"] == "database"
    )
    cluster.delete("v1", "Pod", lost["name"], namespace)
    end = time.monotonic() + 90
    while cluster.get("v1", "Pod", lost["name"], namespace) is not None:
        assert time.monotonic() < end, "the database's pod is to go"
        time.sleep(0.2)
    wizard.ok("apply", "--yes")  # changes nothing, and waits until all is ready again
    wizard.ok("verify")  # which waits until Airflow is let in again
    after = run_ids(cluster, namespace)
    assert runs < after and len(after) == len(runs) + 1


def run_ids(cluster: Cluster, namespace: str) -> set[str]:
    return {run["dag_run_id"] for run in api(cluster, namespace).call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]}


def running(cluster: Cluster, namespace: str) -> list[Object]:
    """The pods that stay, database included."""
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
