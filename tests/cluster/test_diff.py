"""What `diff` says of an API server's objects, and with which exit code. The pods find no node, so nothing runs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.test_apply import NOWHERE, send
from tests.cluster.test_apply import plan as laptop
from wizard import apply as applying
from wizard.cluster.interface import Cluster, Object
from wizard.commands import run
from wizard.diff import compare
from wizard.errors import Exit, UserError
from wizard.render import render
from wizard.render.manifests import MANAGED_BY
from wizard.status import drift
from wizard.yaml_files import write_yaml

pytestmark = pytest.mark.cluster

Output = pytest.CaptureFixture[str]


def written(folder: Path, namespace: str, **answers: Any) -> Path:
    """A plan's file."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    file = folder / "plan.yaml"
    file.write_text(write_yaml({**head, "nodes": NOWHERE, **answers}))
    return file


def diff(*arguments: str | Path) -> int:
    return run(["diff", "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"], *map(str, arguments)])


def manifest(namespace: str, kind: str, name: str) -> Object:
    rendered = render(laptop(namespace))
    return next(each.body for each in rendered.manifests if (each.kind, each.name) == (kind, name))


def test_in_a_namespace_that_is_not_there_all_is_new_and_stays_so(
    cluster: Cluster, tmp_path: Path, capsys: Output
) -> None:
    assert diff("-f", written(tmp_path, "wizard-test-not-there")) == Exit.FAILED
    said = capsys.readouterr()
    assert "does not exist yet: all is new, and only the schemas were checked" in said.err
    assert "+++ MERGED/apps.v1.Deployment.wizard-test-not-there.airflow-scheduler" in said.out
    assert not [line for line in said.out.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert "+  password: ••••••••\n" in said.out
    assert cluster.get("v1", "Namespace", "wizard-test-not-there") is None


def test_nothing_then_a_change_then_data_for_a_script(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(cluster, laptop(namespace))
    assert diff("-f", written(tmp_path, namespace)) == Exit.OK
    assert capsys.readouterr().out == ""

    changed = written(tmp_path, namespace, executor={"type": "local", "parallelism": 3})
    assert diff("-f", changed) == Exit.FAILED
    lines = capsys.readouterr().out.splitlines()
    assert "+  AIRFLOW__CORE__PARALLELISM: '3'" in lines
    assert f"--- LIVE/v1.ConfigMap.{namespace}.airflow-config" in lines
    assert not [line for line in lines if "Secret" in line]

    assert diff("-f", changed, "-o", "json") == Exit.FAILED
    told = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert told["airflow-config"]["change"] == "change"
    assert "+  AIRFLOW__CORE__PARALLELISM: '3'" in told["airflow-config"]["diff"]

    monkeypatch.chdir(tmp_path)  # where there is no airflow-plan.yaml
    assert diff("-n", namespace) == Exit.OK
    assert "comparing with the plan that was applied" in capsys.readouterr().err
    assert diff("-n", "wizard-test-not-there") == Exit.USAGE, "as kubectl has it, 1 would mean differences"


def test_of_a_secret_only_that_it_changes_is_said(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = {"type": "environment", "variable": "S3_LOGS"}
    logs = {"type": "s3", "bucket": "acme-logs", "credentials": {"type": "connection", "source": value}}
    monkeypatch.setenv("S3_LOGS", "aws://one:first-value@")
    file = written(tmp_path, namespace, logs=logs)
    send(cluster, laptop(namespace, logs=logs))
    assert diff("-f", file) == Exit.OK
    monkeypatch.setenv("S3_LOGS", "aws://one:second-value@")
    assert diff("-f", file) == Exit.FAILED
    said = capsys.readouterr()
    assert "-  AIRFLOW_CONN_S3_LOGS: •••••••• (before)" in said.out
    assert "+  AIRFLOW_CONN_S3_LOGS: •••••••• (after)" in said.out
    assert "airflow-wizard/secret-hash" in said.out, "its readers roll"
    for value in ("first-value", "second-value"):
        assert value not in said.out + said.err


def test_what_another_manager_took_is_shown_and_named(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output
) -> None:
    send(cluster, laptop(namespace))
    body = manifest(namespace, "ConfigMap", "airflow-config")
    data = {"AIRFLOW__CORE__PARALLELISM": "99"}
    metadata = {key: body["metadata"][key] for key in ("name", "namespace")}
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    cluster.apply(other, force=True, manager="kubectl-edit")  # type: ignore[call-arg]
    assert diff("-f", written(tmp_path, namespace, executor={"type": "local", "parallelism": 3})) == Exit.FAILED
    said = capsys.readouterr()
    assert "-  AIRFLOW__CORE__PARALLELISM: '99'" in said.out
    assert "kubectl-edit" in said.err and "--force-conflicts" in said.err


def test_a_drift_from_the_plan_that_was_applied(cluster: Cluster, namespace: str) -> None:
    applied = laptop(namespace, executor={"type": "local", "parallelism": 3})
    send(cluster, applied)
    assert drift(cluster, applied).changes == ()
    scaled = cluster.get("apps/v1", "Deployment", "airflow-triggerer", namespace)
    assert scaled is not None
    less = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 0}}
    metadata = {"name": "airflow-triggerer", "namespace": namespace}
    cluster.apply({**less, "metadata": metadata}, force=True, manager="kubectl-scale")  # type: ignore[call-arg]
    cluster.delete("v1", "Service", "airflow-api-server", namespace)
    found = drift(cluster, applied)
    assert found.changes == (("create", "Service airflow-api-server"), ("change", "Deployment airflow-triggerer"))
    assert not found.not_in_plan


def test_what_cannot_be_changed_is_made_anew_and_keeps_its_claim(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output
) -> None:
    send(cluster, laptop(namespace))
    claim = cluster.get("v1", "PersistentVolumeClaim", "postgres-db", namespace)
    cluster.delete("apps/v1", "Deployment", "postgres-db", namespace)
    older = manifest(namespace, "Deployment", "postgres-db")
    labels = {"app": "an-older-one"}
    older["spec"]["selector"] = {"matchLabels": labels}
    older["spec"]["template"]["metadata"]["labels"] |= labels
    older["metadata"]["labels"] = {**MANAGED_BY, **older["metadata"].get("labels", {})}
    cluster.apply(older)

    assert diff("-f", written(tmp_path, namespace)) == Exit.FAILED
    said = capsys.readouterr()
    assert "# Deployment postgres-db is deleted and made anew, since its spec.selector cannot be changed" in said.out
    assert "1 to recreate" in said.err and "-      app: an-older-one" in said.out
    rows = send(cluster, laptop(namespace))
    assert [row.text for row in rows if row.thing == "Deployment postgres-db"] == ["made anew"]
    assert applying.prepare(cluster, laptop(namespace)).changes_nothing
    after = cluster.get("v1", "PersistentVolumeClaim", "postgres-db", namespace)
    assert claim is not None and after is not None and after["metadata"]["uid"] == claim["metadata"]["uid"]


def test_what_does_not_go_is_told_and_the_next_apply_goes_on(
    cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = laptop(namespace, executor={"type": "kubernetes"})
    binding = next(each.body for each in render(wanted).manifests if each.kind == "RoleBinding")
    held = {**binding["metadata"], "finalizers": ["example.com/hold"]}
    other = {**binding, "roleRef": {**binding["roleRef"], "name": "another"}}
    cluster.apply({**other, "metadata": held})
    monkeypatch.setattr(applying, "_PATIENCE", 1)
    try:
        with pytest.raises(UserError, match="is to be made anew, and does not go within 1 s"):
            send(cluster, wanted)
    finally:
        cluster.apply(other)
    send(cluster, wanted)
    assert compare(cluster, binding).what == "keep"


def test_a_role_binding_that_bound_another_role_is_made_anew(cluster: Cluster, namespace: str) -> None:
    wanted = laptop(namespace, executor={"type": "kubernetes"})
    binding = next(each.body for each in render(wanted).manifests if each.kind == "RoleBinding")
    cluster.apply({**binding, "roleRef": {**binding["roleRef"], "name": "another"}})
    change = compare(cluster, binding)
    assert (change.what, change.immutable) == ("recreate", "roleRef")
    send(cluster, wanted)
    assert compare(cluster, binding).what == "keep"


def test_a_claim_keeps_its_class_and_size(cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output) -> None:
    send(cluster, laptop(namespace, database={"type": "postgresql", "storage": {"type": "claim", "size": "3Gi"}}))
    assert diff("-f", written(tmp_path, namespace)) == Exit.OK, "2Gi are what a laptop asks for"
    assert "Claim postgres-db has 3Gi already, and stays so" in capsys.readouterr().err
    other = {"type": "postgresql", "storage": {"type": "claim", "storageClass": "another"}}
    (tmp_path / "other").mkdir()
    file = written(tmp_path / "other", namespace, database=other)
    command = ["apply", "-f", str(file), "--yes", "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]]
    assert run(command) == Exit.FAILED
    assert "and the plan says another: Kubernetes does not change that" in capsys.readouterr().err
