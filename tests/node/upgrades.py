"""To another version of Airflow, as a step of a walk: interrupted inside the migration, and gone on with.

There is one release of Airflow 3.3 here, in two images; the older schema is made by Airflow itself, with
`airflow db downgrade`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.kubectl import kubectl
from tests.node.command_line import CommandLine, variable
from wizard.airflow_api import ready_pod
from wizard.cluster.interface import Cluster
from wizard.record import applied_plan
from wizard.upgrade import NAME
from wizard.watch import PODS

OLDER = {"version": "3.3.1", "image": "docker.io/apache/airflow:3.3.2"}


def an_upgrade(cluster: Cluster, wizard: CommandLine) -> None:
    """First an older schema; then the command and its pod are killed while they migrate; then the same once more."""
    namespace = wizard.namespace
    pod = ready_pod(cluster, namespace)
    command = ["airflow", "db", "downgrade", "--to-version", "3.2.0", "-y"]
    code, _, err = cluster.exec(namespace, pod, "api-server", command)
    assert code == 0, err[-1000:]

    refused = wizard.run("upgrade", "--to", "3.3.2", "--yes")
    assert refused.code == 2 and "Name that with --image." in refused.err
    interrupted(cluster, namespace)
    assert applied_plan(cluster, namespace).airflow.version == "3.3.1", "the pods had not rolled yet"
    setting(namespace, '"http://elsewhere"')
    done = wizard.ok("upgrade", "--to", "3.3.2", "--image", variable("DAGS_IMAGE"), "--yes")
    assert "‼ settings" in done.err and "`base_url` configuration parameter moved from `webserver`" in done.err
    assert "Changed default" not in done.err
    setting(namespace, "null")
    assert "√ migration" in done.err and "done: " in done.err and "pg_dump" in done.err
    assert "airflow.version: 3.3.1 → 3.3.2" in done.err, "the file is told, which would go back"
    images = {pod["spec"]["containers"][0]["image"] for pod in cluster.list("v1", "Pod", namespace, labels=PODS)}
    assert variable("DAGS_IMAGE") in images, "the pods have rolled"
    assert applied_plan(cluster, namespace).airflow.version == "3.3.2"
    assert cluster.get("v1", "Pod", NAME, namespace) is None
    back = wizard.run("rollback", "--yes")
    assert back.code == 1 and "stops at a database that Airflow 3.3.2 has migrated" in back.err


def setting(namespace: str, value: str) -> None:
    """Somebody sets, or takes away, what an Airflow of long ago knew."""
    patch = f'{{"data": {{"AIRFLOW__WEBSERVER__BASE_URL": {value}}}}}'
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    done = kubectl("patch", "configmap", "airflow-config", "-n", namespace, "-p", patch, kubeconfig=kubeconfig)
    assert done.returncode == 0, done.stderr


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
