"""Ways for DAGs to arrive, on a real node: git-sync by HTTPS with a token, then Airflow's own Git bundle by SSH."""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import VARIABLES, CommandLine, api, run_dag, variable
from wizard.cluster.interface import Cluster, Object
from wizard.watch import PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]


def by_https() -> dict[str, Any]:
    """Through git-sync, whose token comes from a variable, and whose host only our own authority vouches for."""
    credentials = {
        "type": "https",
        "username": variable("GIT_HTTPS_USER"),
        "token": {"type": "environment", "variable": f"{VARIABLES}GIT_HTTPS_TOKEN"},
        "caCertificate": Path(variable("GIT_HTTPS_CA_FILE")).read_text(),
    }
    address = variable("GIT_HTTPS_URL")
    return {"type": "git-sync", "repository": address, "period": "5s", "credentials": credentials}


def by_bundle() -> dict[str, Any]:
    """Through Airflow itself, with a deploy key."""
    key = {"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")}
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": variable("GIT_KNOWN_HOSTS")}
    return {"type": "git-bundle", "repository": variable("GIT_SSH_URL"), "period": "5s", "credentials": credentials}


def answer(wizard: CommandLine, dags: dict[str, Any]) -> None:
    """Write the laptop's plan with these DAGs."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, "dags": dags}))


@pytest.fixture
def wizard(cluster: Cluster, tmp_path: Path) -> Iterator[CommandLine]:
    """The command line, for a namespace that doesn't exist yet."""
    wizard = CommandLine(tmp_path / "airflow-plan.yaml", f"wizard-dags-{secrets.token_hex(3)}")
    yield wizard
    cluster.delete("v1", "Namespace", wizard.namespace)


def test_by_token_and_then_without_a_sidecar(cluster: Cluster, wizard: CommandLine) -> None:
    namespace, token = wizard.namespace, variable("GIT_HTTPS_TOKEN")
    bundle = by_bundle()
    answer(wizard, by_https())
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    assert run_dag(api(cluster, namespace), "hello_bash")["state"] == "success"

    secret = cluster.get("v1", "Secret", "airflow-git-sync-https", namespace)
    assert secret is not None
    assert base64.b64decode(secret["data"]["token"]).decode() == token
    readable = [*_pods(cluster, namespace), *cluster.list("v1", "ConfigMap", namespace)]
    assert token not in str(readable)
    assert base64.b64encode(token.encode()).decode() not in str(readable)

    answer(wizard, bundle)
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    names = {container["name"] for pod in _pods(cluster, namespace) for container in pod["spec"]["containers"]}
    assert "git-sync" not in names
    airflow = api(cluster, namespace)
    assert run_dag(airflow, "hello_bash")["state"] == "success"
    dag = airflow.call("GET", "/api/v2/dags/hello_bash")
    assert dag["bundle_name"] == "dags-repository"
    assert len(dag["bundle_version"]) == 40, "the commit"

    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def _pods(cluster: Cluster, namespace: str) -> list[Object]:
    """The pods of the control plane that stay."""
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
