"""To another version of Airflow on a real node: interrupted inside the migration, and gone on with.

There is one release of Airflow 3.3 here, in two images; the older schema is made by Airflow itself, with
`airflow db downgrade`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.kubectl import kubectl
from tests.node.command_line import CommandLine, api, variable
from wizard.airflow_api import ready_pod
from wizard.cluster.interface import Cluster
from wizard.record import applied_plan
from wizard.upgrade import NAME
from wizard.verify import DAG
from wizard.watch import PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

CONNECTION = "before_the_upgrade"


def test_an_upgrade_migrates_first_and_goes_on_where_it_was_interrupted(cluster: Cluster, shared: CommandLine) -> None:
    namespace = shared.namespace
    older = {"version": "3.3.1", "image": "docker.io/apache/airflow:3.3.2"}
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "airflow": older}
    shared.plan.write_text(write_yaml(head))
    shared.ok("apply", "--yes")
    shared.ok("verify")
    airflow = api(cluster, namespace)
    body = {"connection_id": CONNECTION, "conn_type": "http", "host": "h", "password": "p@ss"}
    airflow.call("POST", "/api/v2/connections", body)
    runs = {run["dag_run_id"] for run in airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]}
    pod = ready_pod(cluster, namespace)
    code, _, err = cluster.exec(
        namespace, pod, "api-server", ["airflow", "db", "downgrade", "--to-version", "3.2.0", "-y"]
    )
    assert code == 0, err[-1000:]

    refused = shared.run("upgrade", "--to", "3.3.2", "--yes")
    assert refused.code == 2 and "Name that with --image." in refused.err
    interrupted(cluster, namespace)
    assert applied_plan(cluster, namespace).airflow.version == "3.3.1", "the pods had not rolled yet"
    done = shared.ok("upgrade", "--to", "3.3.2", "--image", variable("DAGS_IMAGE"), "--yes")
    assert "√ migration" in done.err and "done: " in done.err and "pg_dump" in done.err
    images = {pod["spec"]["containers"][0]["image"] for pod in cluster.list("v1", "Pod", namespace, labels=PODS)}
    assert variable("DAGS_IMAGE") in images, "the pods have rolled"
    assert applied_plan(cluster, namespace).airflow.version == "3.3.2"
    assert cluster.get("v1", "Pod", NAME, namespace) is None

    shared.ok("verify")
    airflow = api(cluster, namespace)
    after = {run["dag_run_id"] for run in airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]}
    assert runs < after
    assert airflow.call("GET", f"/api/v2/connections/{CONNECTION}")["host"] == "h", "it is decrypted"
    back = shared.run("rollback", "--yes")
    assert back.code == 1 and "stops at a database that Airflow 3.3.2 has migrated" in back.err


def interrupted(cluster: Cluster, namespace: str) -> None:
    """Begin the upgrade, and kill both the command and the pod while it migrates."""
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    command = ["upgrade", "--to", "3.3.2", "--image", variable("DAGS_IMAGE"), "--yes", "-n", namespace]
    wizard = [sys.executable, "-m", "wizard", *command, "--kubeconfig", kubeconfig]
    started = subprocess.Popen(wizard, stderr=subprocess.DEVNULL, cwd=Path.cwd())
    end = time.monotonic() + 120
    while "to do: migrate the database" not in (log := cluster.logs(namespace, NAME, "migrations", tail=50)):
        assert time.monotonic() < end and started.poll() is None, log
        time.sleep(0.2)
    started.kill()
    kubectl("delete", "pod", NAME, "--force", "-n", namespace, kubeconfig=kubeconfig)
    print(log)
    assert started.wait(60) == -9
