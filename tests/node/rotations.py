"""New secrets for an Airflow that goes on, each as a step of a walk: killed in the middle, gone on with, and nothing
unreadable at any time."""

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.node.command_line import CommandLine, secret_values
from wizard.airflow_api import AirflowApi, ApiError, NotReady, admin, ready_pod
from wizard.cluster.interface import Cluster
from wizard.rotate import STAGE


def the_databases_password(cluster: Cluster, wizard: CommandLine) -> None:
    """Killed after the database has the new one, so that nobody can connect anew with what the pods have."""
    old = secret_values(cluster, wizard.namespace)["airflow-db"]["POSTGRES_PASSWORD"]
    killed_at(wizard, "alter the user", "database")
    said = wizard.ok("rotate", "database", "--yes")
    values = secret_values(cluster, wizard.namespace)["airflow-db"]
    assert set(values) == {"POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
    new = values["POSTGRES_PASSWORD"]
    assert new != old and base64.b64decode(new).decode() not in said.out + said.err
    pod = ready_pod(cluster, wizard.namespace)
    by_tcp = (
        "import os, airflow_database as d; d.connect(); os.environ['POSTGRES_PASSWORD'] = 'another'\n"
        "try: d.connect()\nexcept d.Error as error: print(d.reason(error))"
    )
    command = ["sh", "-c", 'cd /opt/airflow/scripts && exec python -c "$0"', by_tcp]
    code, out, err = cluster.exec(wizard.namespace, pod, "api-server", command)
    assert code == 0, err
    assert "password authentication failed" in out, "it is asked for, and the new one was taken"


def the_key_that_encrypts(cluster: Cluster, wizard: CommandLine, connection: str) -> None:
    """Killed between two of its steps, while somebody asks for an encrypted connection all the time."""
    (old,) = keys(cluster, wizard.namespace)
    with decrypting(cluster, wizard.namespace, connection) as answers:
        killed_at(wizard, "use the new key")
        new, read = keys(cluster, wizard.namespace)
        assert read == old and stage(cluster, wizard.namespace) == "used"
        said = wizard.ok("rotate", "fernet", "--yes")
        assert "add the new key" not in said.err, "it goes on, and doesn't begin again"
    assert answers.count(200) >= 3 and set(answers) == {200}, answers
    assert keys(cluster, wizard.namespace) == [new] and stage(cluster, wizard.namespace) == ""
    assert old not in said.out + said.err and new not in said.out + said.err


def the_admins_password(cluster: Cluster, wizard: CommandLine) -> None:
    user, old = admin(cluster, wizard.namespace)
    said = wizard.ok("rotate", "admin", "--yes")
    _, new = admin(cluster, wizard.namespace)
    assert new != old and new not in said.out + said.err
    assert set(secret_values(cluster, wizard.namespace)["airflow-admin"]) == {"username", "password"}
    AirflowApi(cluster, wizard.namespace).login_as(user, new)
    with pytest.raises(ApiError) as refused:
        AirflowApi(cluster, wizard.namespace).login_as(user, old)
    assert refused.value.status == 401


def the_secret_that_signs(cluster: Cluster, wizard: CommandLine) -> None:
    before = secret_values(cluster, wizard.namespace)["airflow-jwt-secret"]
    wizard.ok("rotate", "jwt", "--yes")
    assert secret_values(cluster, wizard.namespace)["airflow-jwt-secret"] != before


def keys(cluster: Cluster, namespace: str) -> list[str]:
    (value,) = secret_values(cluster, namespace)["airflow-fernet-key"].values()
    return base64.b64decode(value).decode().split(",")


def stage(cluster: Cluster, namespace: str) -> str:
    body = cluster.get("v1", "Secret", "airflow-fernet-key", namespace)
    assert body is not None
    return str((body["metadata"].get("annotations") or {}).get(STAGE, ""))


def killed_at(wizard: CommandLine, words: str, what: str = "fernet") -> None:
    """Rotate until it says this, and then no further."""
    command = [sys.executable, "-m", "wizard", "rotate", what, "--yes", "-n", wizard.namespace]
    kubeconfig = ["--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]]
    started = subprocess.Popen([*command, *kubeconfig], stderr=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert started.stderr is not None
    for line in started.stderr:
        print(line, end="")
        if words in line:
            started.kill()
            break
    assert started.wait(60) == -9, f"it ended before it said {words!r}"


@contextmanager
def decrypting(cluster: Cluster, namespace: str, connection: str) -> Iterator[list[int]]:
    """Ask meanwhile for the connection again and again: Airflow answers 500 for what it can't decrypt. While the
    api-server rolls, nobody may answer."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        airflow = AirflowApi(cluster, namespace)
        while not over.wait(1):
            try:
                airflow.login()
                answers.append(200 if airflow.call("GET", f"/api/v2/connections/{connection}")["host"] == "h" else 0)
            except NotReady:
                continue
            except ApiError as error:
                answers.append(error.status)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        over.set()
        asking.join(60)
        print(f"{time.strftime('%T')} answers: {answers}")
