"""Logs outside of the cluster on a real node: a task pod's log is read when its pod has gone.

From S3, then from Azure, then from S3 by a connection that Airflow itself finds.
"""

import json
import secrets
import time
from typing import Any

import pytest

from tests.node.command_line import VARIABLES, CommandLine, api, variable
from wizard.airflow_api import part
from wizard.cluster.interface import Cluster
from wizard.verify import DAG, TASK
from wizard.watch import TASK_PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

FOUND_BY_AIRFLOW = {"type": "connection", "source": {"type": "secretsBackend"}}
READ_BACK = "it says what it was told to say"


def connection_from(name: str) -> dict[str, str]:
    return {"type": "environment", "variable": VARIABLES + name}


def plan_with(logs: dict[str, Any]) -> str:
    plan = {"profile": "laptop", "executor": {"type": "kubernetes"}, "logs": logs}
    return write_yaml({"apiVersion": "airflow-wizard/v1", "kind": "Plan", **plan})


@pytest.fixture
def s3() -> dict[str, Any]:
    """The answer for logs in the bucket for tests."""
    assert variable("S3_CONNECTION")
    credentials = {"type": "connection", "source": connection_from("S3_CONNECTION")}
    prefix = f"tests/{secrets.token_hex(4)}"
    return {"type": "s3", "bucket": variable("S3_BUCKET"), "prefix": prefix, "credentials": credentials}


@pytest.fixture
def wasb() -> dict[str, Any]:
    """The answer for logs in the container for tests, by a module of ours."""
    assert variable("WASB_CONNECTION")
    place = {"container": variable("WASB_CONTAINER"), "prefix": f"tests/{secrets.token_hex(4)}"}
    return {"type": "wasb", **place, "connection": connection_from("WASB_CONNECTION"), "by": {"type": "logConfig"}}


def test_logs_are_read_from_a_bucket_and_then_from_a_container(
    cluster: Cluster, shared: CommandLine, s3: dict[str, Any], wasb: dict[str, Any]
) -> None:
    wizard, namespace = shared, shared.namespace
    for logs in (s3, wasb):
        wizard.plan.write_text(plan_with(logs))
        applied = wizard.ok("apply", "--yes")
        proof = wizard.ok("verify")
        assert READ_BACK in proof.err
        wait_for_the_end_of_task_pods(cluster, namespace)
        assert "airflow-wizard verify says" in log_of_the_last_run(cluster, namespace)
        shown = "".join([applied.err, applied.out, proof.err, proof.out, everything_but_secrets(cluster, namespace)])
        assert not [name for name in ("S3_CONNECTION", "WASB_CONNECTION") if secret_in(name) in shown]
    prove_the_secrets_backend(cluster, wizard, {**s3, "credentials": FOUND_BY_AIRFLOW})
    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def prove_the_secrets_backend(cluster: Cluster, wizard: CommandLine, logs: dict[str, Any]) -> None:
    """The connection is in a Secret that nothing names, and in no pod's environment."""
    namespace = wizard.namespace
    wizard.plan.write_text(plan_with(logs))
    refused = wizard.run("apply", "--yes")
    assert refused.code == 1 and "no Secret with label airflow.apache.org/connection-id=s3_logs" in refused.err
    labels = {"airflow.apache.org/connection-id": "s3_logs"}
    metadata: dict[str, Any] = {"name": "somebodys", "namespace": namespace, "labels": labels}
    value = {"value": variable("S3_CONNECTION")}
    cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": value})
    wizard.ok("apply", "--yes")
    assert READ_BACK in wizard.ok("verify").err
    wait_for_the_end_of_task_pods(cluster, namespace)
    assert "airflow-wizard verify says" in log_of_the_last_run(cluster, namespace)
    assert "AIRFLOW_CONN_" not in everything_but_secrets(cluster, namespace)
    cluster.delete("v1", "Secret", metadata["name"], namespace)  # a namespace that holds what isn't ours would stay


def wait_for_the_end_of_task_pods(cluster: Cluster, namespace: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while cluster.list("v1", "Pod", namespace, labels=TASK_PODS):
        assert time.monotonic() < end, "task pods are deleted when they end"
        time.sleep(0.5)


def log_of_the_last_run(cluster: Cluster, namespace: str) -> str:
    airflow = api(cluster, namespace)
    runs = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns?order_by=-run_after")["dag_runs"]
    path = f"/api/v2/dags/{DAG}/dagRuns/{part(runs[0]['dag_run_id'])}/taskInstances/{TASK}/logs/1"
    return str(airflow.call("GET", path)["content"])


def everything_but_secrets(cluster: Cluster, namespace: str) -> str:
    kinds = (("v1", "Pod"), ("v1", "ConfigMap"), ("apps/v1", "Deployment"))
    return "".join(str(body) for version, kind in kinds for body in cluster.list(version, kind, namespace))


def secret_in(name: str) -> str:
    """The part of a connection that nothing may show."""
    connection = json.loads(variable(name))
    return str(connection.get("password") or connection["extra"]["connection_string"])
