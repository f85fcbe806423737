"""Ways for DAGs to arrive, on a real node: each a change of one plan, with a DAG that ran as the proof."""

import base64
import os
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kubectl import KUBECTL
from tests.node.command_line import VARIABLES, CommandLine, api, run_dag, variable
from wizard.airflow_api import AirflowApi
from wizard.cluster.interface import Cluster, Object
from wizard.watch import PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

README = Path(__file__).parents[2] / "README.md"
DAG = "hello_bash"
OF_A_VOLUME = """
import datetime
from airflow.sdk import dag, task

@dag(schedule=None, start_date=datetime.datetime(2026, 1, 1))
def on_a_volume():
    @task
    def say():
        print("from a volume")
    say()

on_a_volume()
"""


def by_token() -> dict[str, Any]:
    """A token that comes from a variable, for a host that only our own authority vouches for."""
    assert variable("GIT_HTTPS_TOKEN")
    return {
        "type": "https",
        "username": variable("GIT_HTTPS_USER"),
        "token": {"type": "environment", "variable": f"{VARIABLES}GIT_HTTPS_TOKEN"},
        "caCertificate": Path(variable("GIT_HTTPS_CA_FILE")).read_text(),
    }


def by_key(private_key: dict[str, str]) -> dict[str, Any]:
    return {"type": "ssh", "privateKey": private_key, "knownHosts": variable("GIT_KNOWN_HOSTS")}


def dags(way: str, address: str, credentials: dict[str, Any]) -> dict[str, Any]:
    return {"type": way, "repository": variable(address), "period": "5s", "credentials": credentials}


def answer(wizard: CommandLine, dags: dict[str, Any]) -> None:
    """Write the laptop's plan with these DAGs."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, "dags": dags}))


def test_by_token_and_then_without_a_sidecar(cluster: Cluster, shared: CommandLine) -> None:
    wizard, namespace = shared, shared.namespace
    key = by_key({"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")})
    answer(wizard, dags("git-sync", "GIT_HTTPS_URL", by_token()))
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    assert run_dag(api(cluster, namespace), DAG)["state"] == "success"
    assert_token_is_only_in(cluster, namespace, "airflow-git-sync-https")

    answer(wizard, dags("git-bundle", "GIT_SSH_URL", key))
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    names = {container["name"] for pod in _pods(cluster, namespace) for container in pod["spec"]["containers"]}
    assert "git-sync" not in names
    assert_runs_a_version(cluster, namespace)

    answer(wizard, dags("git-bundle", "GIT_HTTPS_URL", by_token()))
    wizard.ok("apply", "--yes")
    assert_runs_a_version(cluster, namespace)
    assert_token_is_only_in(cluster, namespace, "airflow-git-bundle-https")


def test_of_everybody_then_by_a_key_that_the_wizard_makes_then_on_a_volume(
    cluster: Cluster, shared: CommandLine, tmp_path: Path
) -> None:
    wizard, namespace = shared, shared.namespace
    authorize, storage_class = variable("GIT_AUTHORIZE"), variable("RWX_CLASS")
    answer(wizard, dags("git-sync", "GIT_HTTP_URL", {"type": "none"}))
    wizard.ok("apply", "--yes")
    assert run_dag(api(cluster, namespace), DAG)["state"] == "success"

    answer(wizard, dags("git-sync", "GIT_SSH_URL", by_key({"type": "generated"})))
    said = wizard.ok("apply", "--yes", "--wait=false").err
    made = cluster.get("v1", "Secret", "airflow-git-sync-ssh", namespace)
    assert made is not None
    public = base64.b64decode(made["data"]["ssh.pub"]).decode()
    assert re.fullmatch(r"ssh-ed25519 \S{68}", public) and public in said.splitlines()
    assert "PRIVATE KEY" not in said and made["data"]["ssh"] not in said
    wait_until_the_clone_is_refused(cluster, namespace)
    (tmp_path / "key.pub").write_text(f"{public}\n")
    subprocess.run([*shlex.split(authorize), str(tmp_path / "key.pub")], check=True)
    assert public in wizard.ok("apply", "--yes").err.splitlines()
    assert run_dag(api(cluster, namespace), DAG)["state"] == "success"
    kept = cluster.get("v1", "Secret", "airflow-git-sync-ssh", namespace)
    assert kept is not None and kept["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]

    answer(wizard, {"type": "volume", "claim": {"type": "new", "storageClass": storage_class}})
    wizard.ok("apply", "--yes")
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/on_a_volume.py").write_text(OF_A_VOLUME)
    copy_dags(namespace, tmp_path)
    restart_dag_processor(cluster, namespace)
    airflow = api(cluster, namespace)
    wait_for_dag(airflow, "on_a_volume")
    assert run_dag(airflow, "on_a_volume")["state"] == "success"


def assert_runs_a_version(cluster: Cluster, namespace: str) -> None:
    airflow = api(cluster, namespace)
    assert run_dag(airflow, DAG)["state"] == "success"
    dag = airflow.call("GET", f"/api/v2/dags/{DAG}")
    assert dag["bundle_name"] == "dags-repository"
    assert len(dag["bundle_version"]) == 40, "the commit"


def assert_token_is_only_in(cluster: Cluster, namespace: str, name: str) -> None:
    token = variable("GIT_HTTPS_TOKEN")
    secret = cluster.get("v1", "Secret", name, namespace)
    assert secret is not None
    assert base64.b64decode(secret["data"]["token"]).decode() == token
    readable = str([*_pods(cluster, namespace), *cluster.list("v1", "ConfigMap", namespace)])
    assert token not in readable
    assert base64.b64encode(token.encode()).decode() not in readable


def wait_until_the_clone_is_refused(cluster: Cluster, namespace: str, seconds: float = 90) -> None:
    end, said = time.monotonic() + seconds, ""
    while "Permission denied" not in said:
        assert time.monotonic() < end, f"the Git host refuses a key that it doesn't know: {said}"
        time.sleep(0.5)
        names = [pod["metadata"]["name"] for pod in _pods(cluster, namespace)]
        said = "\n".join(cluster.logs(namespace, name, "git-sync-init") for name in names if "dag-processor" in name)


def copy_dags(namespace: str, folder: Path) -> None:
    """By the README's own commands, for another namespace."""
    commands = re.search(r"### DAGs on a volume.*?```console\n(.*?)```", README.read_text(), re.DOTALL)
    assert commands is not None
    environment = {
        **os.environ,
        "PATH": f"{Path(KUBECTL).parent}:{os.environ['PATH']}",
        "KUBECONFIG": os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"],
    }
    script = commands[1].replace("-n airflow ", f"-n {namespace} ")
    done = subprocess.run(["bash", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stderr


def restart_dag_processor(cluster: Cluster, namespace: str) -> None:
    """It looks for new files when it starts, and then every five minutes."""
    for pod in _pods(cluster, namespace):
        if "dag-processor" in pod["metadata"]["name"]:
            cluster.delete("v1", "Pod", pod["metadata"]["name"], namespace)


def wait_for_dag(airflow: AirflowApi, dag: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    known: list[str] = []
    while dag not in known:
        assert time.monotonic() < end, f"{dag} is none of {known}"
        time.sleep(0.5)
        known = [each["dag_id"] for each in airflow.call("GET", "/api/v2/dags?limit=1000")["dags"]]


def _pods(cluster: Cluster, namespace: str) -> list[Object]:
    """The pods of the control plane that stay."""
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
