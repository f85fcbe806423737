"""Preflight on a real API server: what it says of quotas, of people with few rights, and of what others left."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KUBECONFIG
from tests.kubectl import kubectl
from tests.node.command_line import CommandLine
from wizard.check import check, every_right, failed, look
from wizard.check.facts import Facts
from wizard.cluster.interface import Cluster
from wizard.cluster.real import connect
from wizard.plan.file import complete
from wizard.progress import Mark
from wizard.render import render
from wizard.yaml_files import write_yaml

pytestmark = pytest.mark.cluster


def plan(namespace: str, **answers: Any) -> dict[str, Any]:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    return {**head, **answers}


def facts(cluster: Cluster, namespace: str) -> Facts:
    return look(cluster, namespace, every_right())


def sentences(cluster: Cluster, namespace: str, check_name: str, **answers: Any) -> list[str]:
    found = check(render(complete(plan(namespace, **answers))), facts(cluster, namespace))
    print("\n".join(line for finding in found for line in finding.lines()))
    return [finding.sentence for finding in found if finding.check == check_name and finding.mark is not Mark.DONE]


def test_a_cluster_for_tests_takes_the_laptop_plan(cluster: Cluster, namespace: str) -> None:
    found = check(render(complete(plan(namespace))), facts(cluster, namespace))
    print("\n".join(line for finding in found for line in finding.lines()))
    assert not failed(found)
    (space,) = (finding.sentence for finding in found if finding.check == "namespace")
    assert "enforces Pod Security level restricted" in space


def test_a_quota_and_limits_that_are_too_small(cluster: Cluster, namespace: str) -> None:
    metadata = {"name": "team", "namespace": namespace}
    hard = {"pods": "4", "limits.cpu": "10"}
    cluster.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}})
    assert len(sentences(cluster, namespace, "quota")) == 2
    limits = [{"type": "Container", "default": {"cpu": "400m"}}]
    cluster.create({"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": limits}})
    (left,) = sentences(cluster, namespace, "quota")
    assert left == "ResourceQuota team leaves 4 of pods, and the plan asks for 5."
    (slow,) = sentences(cluster, namespace, "limits")
    assert "to 0.4 CPU: Airflow starts slowly" in slow


def test_what_another_tool_made_is_told_and_apply_writes_nothing(
    cluster: Cluster, namespace: str, tmp_path: Path
) -> None:
    kubeconfig = os.environ[KUBECONFIG]
    made = kubectl(
        "create", "configmap", "airflow-config", "--from-literal=a=b", "-n", namespace, kubeconfig=kubeconfig
    )
    assert made.returncode == 0, made.stderr
    (told,) = sentences(cluster, namespace, "leftovers")
    assert told == f"ConfigMap airflow-config is in namespace {namespace} already, and kubectl-create made it."
    wizard = CommandLine(tmp_path / "airflow-plan.yaml", namespace)
    wizard.plan.write_text(write_yaml(plan(namespace)))
    said = wizard.run("apply", "--yes")
    assert said.code == 1 and told in said.err
    assert not cluster.list("v1", "Secret", namespace) and not cluster.list("apps/v1", "Deployment", namespace)


def test_who_may_do_nothing_is_told_on_one_screen(nobody: Path, namespace: str) -> None:
    found = check(render(complete(plan(namespace))), facts(connect(str(nobody)), namespace))
    lines = [line for finding in found for line in finding.lines()]
    print("\n".join(lines))
    (wrong,) = failed(found)
    assert wrong.check == "rights" and "create/patch deployments.apps" in wrong.sentence
    assert f"-n {namespace} --clusterrole=admin" in wrong.way_out
    assert len(lines) < 20


def test_who_may_do_what_the_way_out_says_may_apply(cluster: Cluster, nobody: Path, namespace: str) -> None:
    account = f"{namespace}:nobody"
    bound = kubectl(
        *("create", "rolebinding", "airflow-wizard", "-n", namespace, "--clusterrole=admin"),
        f"--serviceaccount={account}",
        kubeconfig=os.environ[KUBECONFIG],
    )
    assert bound.returncode == 0, bound.stderr
    mine = connect(str(nobody))
    answers = {"executor": {"type": "kubernetes"}, "logs": {"type": "none"}, "rights": {"type": "pods"}}
    found = check(render(complete(plan(namespace, **answers))), facts(mine, namespace))
    print("\n".join(line for finding in found for line in finding.lines()))
    assert not failed(found)


def test_metadata_alone_holds_no_value(cluster: Cluster, namespace: str) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": namespace}}
    cluster.create({**secret, "stringData": {"a": "hunter2"}})
    (found,) = cluster.list("v1", "Secret", namespace, metadata_only=True)
    assert found["metadata"]["name"] == "a" and found.keys() == {"apiVersion", "kind", "metadata"}
    (kept,) = cluster.list("v1", "Secret", namespace, keep=lambda body: {"name": body["metadata"]["name"]})
    assert kept == {"name": "a"}
