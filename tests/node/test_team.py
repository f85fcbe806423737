"""The team plan on a real node: git-sync by SSH, a pod for each task, logs that outlive it, and a change of mind."""

import time
from typing import Any

import pytest

from tests.node.command_line import CommandLine, api, run_dag, secret_values, variable
from wizard.cluster.interface import Cluster
from wizard.short_pods import has_ended
from wizard.watch import PODS, TASK_PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]


def team_plan() -> dict[str, Any]:
    key = {"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")}
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": variable("GIT_KNOWN_HOSTS")}
    return {
        "apiVersion": "airflow-wizard/v1",
        "kind": "Plan",
        "profile": "team",
        "dags": {
            "type": "git-sync",
            "repository": variable("GIT_SSH_URL"),
            "period": "5s",
            "credentials": credentials,
        },
        "logs": {"type": "volume", "size": "1Gi", "storageClass": variable("RWX_CLASS")},
    }


@pytest.fixture
def wizard(wizard: CommandLine) -> CommandLine:
    """The command line with this plan."""
    wizard.plan.write_text(write_yaml(team_plan()))
    return wizard


def test_a_team_and_a_change_of_mind(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    wizard.ok("apply", "--yes")
    proof = wizard.ok("verify")
    assert "it says what it was told to say" in proof.err
    values = secret_values(cluster, namespace)

    airflow = api(cluster, namespace)
    task = run_dag(airflow, "hello_bash")
    assert task["state"] == "success"
    control_plane = {pod["status"].get("podIP") for pod in cluster.list("v1", "Pod", namespace, labels=PODS)}
    assert task["hostname"] not in control_plane, "the task ran in a pod of its own"

    left = an_ended_task(cluster, namespace)
    assert "unchanged" in wizard.ok("apply", "--yes").err and cluster.get("v1", "Pod", left, namespace) is not None
    plan = {**team_plan(), "executor": {"type": "local"}, "logs": {"type": "none"}}
    wizard.plan.write_text(write_yaml(plan))
    changed = wizard.ok("apply", "--yes")
    assert "- Role airflow-scheduler" in changed.err
    assert "PersistentVolumeClaim airflow-logs" in changed.err
    assert "kept" in changed.err
    assert f"- Pod {left}" in changed.err and not cluster.list("v1", "Pod", namespace, labels=TASK_PODS)
    assert secret_values(cluster, namespace) == values
    wizard.ok("verify")
    assert cluster.get("rbac.authorization.k8s.io/v1", "Role", "airflow-scheduler", namespace) is None
    assert cluster.get("v1", "PersistentVolumeClaim", "airflow-logs", namespace) is not None
    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def an_ended_task(cluster: Cluster, namespace: str) -> str:
    """A pod as a task leaves that failed; its name."""
    (like, *_) = cluster.list("v1", "Pod", namespace, labels="component=triggerer")
    labels = {"airflow-wizard/role": "tasks", "kubernetes_executor": "True"}
    spec = {
        key: like["spec"][key] for key in ("securityContext", "automountServiceAccountToken") if key in like["spec"]
    }
    main = {key: like["spec"]["containers"][0][key] for key in ("image", "securityContext")}
    spec |= {"containers": [{**main, "name": "base", "command": ["false"]}], "restartPolicy": "Never"}
    metadata = {"name": "a-task-that-failed", "namespace": namespace, "labels": labels}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    end = time.monotonic() + 60
    while not has_ended(cluster.get("v1", "Pod", metadata["name"], namespace) or {}):
        assert time.monotonic() < end, "the pod is to end"
        time.sleep(0.3)
    return metadata["name"]
