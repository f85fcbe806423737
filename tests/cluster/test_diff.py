"""What `diff` says of an API server's objects, and with which exit code. The pods find no node, so nothing runs."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.test_apply import NOWHERE, send
from tests.cluster.test_apply import plan as laptop
from tests.cluster.test_nodes import wait_until
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


def bind(cluster: Cluster, namespace: str) -> None:
    """Give the database's claim a volume, as the controller of volumes does."""
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": {"volumeName": f"{namespace}-disk"}}
    metadata = {"name": "postgres-db", "namespace": namespace}
    cluster.apply({**body, "metadata": metadata}, manager="binder")  # type: ignore[call-arg]


@pytest.fixture
def classes(cluster: Cluster, namespace: str) -> Iterator[tuple[str, str]]:
    """The names of two StorageClasses that make no volumes."""
    names = f"{namespace}-a", f"{namespace}-b"
    for name in names:
        body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
        cluster.create({**body, "provisioner": "example.com/nobody"})
    yield names
    for name in names:
        cluster.delete("storage.k8s.io/v1", "StorageClass", name)


def kept_in(storage_class: str) -> dict[str, Any]:
    """Answers by which the database's claim is of this class."""
    return {"database": {"type": "postgresql", "storage": {"type": "claim", "storageClass": storage_class}}}


def claim_of(cluster: Cluster, namespace: str) -> tuple[str, str]:
    """The uid and the class of the database's claim."""
    claim = cluster.get("v1", "PersistentVolumeClaim", "postgres-db", namespace)
    assert claim is not None
    return claim["metadata"]["uid"], claim["spec"]["storageClassName"]


def test_a_claim_that_waits_is_made_anew_in_another_class_although_a_pod_waits_for_it(
    cluster: Cluster, namespace: str, classes: tuple[str, str], tmp_path: Path, capsys: Output
) -> None:
    send(cluster, laptop(namespace, **kept_in(classes[0])))

    def pods() -> list[Object]:
        return cluster.list("v1", "Pod", namespace, labels="component=database")

    wait_until(lambda: bool(pods()), pods)
    before = claim_of(cluster, namespace)
    assert diff("-f", written(tmp_path, namespace, **kept_in(classes[1]))) == Exit.FAILED
    said = capsys.readouterr()
    head = "# PersistentVolumeClaim postgres-db is deleted and made anew: unbound, holds nothing."
    assert head in said.out and f"+  storageClassName: {classes[1]}" in said.out
    assert "1 to recreate" in said.err and "is deleted and made anew" in said.err
    rows = send(cluster, laptop(namespace, **kept_in(classes[1])))
    assert [row.text for row in rows if row.thing == "PersistentVolumeClaim postgres-db"] == ["made anew"]
    after = claim_of(cluster, namespace)
    assert after[0] != before[0] and after[1] == classes[1]
    assert applying.prepare(cluster, laptop(namespace, **kept_in(classes[1]))).changes_nothing


def test_a_claim_that_gets_its_volume_before_it_is_deleted_stays(
    cluster: Cluster, namespace: str, classes: tuple[str, str]
) -> None:
    send(cluster, laptop(namespace, **kept_in(classes[0])))
    before = claim_of(cluster, namespace)
    prepared = applying.prepare(cluster, laptop(namespace, **kept_in(classes[1])))
    assert ("recreate", "postgres-db") in [(each.what, each.body["metadata"]["name"]) for each in prepared.changes]
    bind(cluster, namespace)
    with pytest.raises(UserError, match="has got its volume meanwhile: it was not deleted"):
        list(applying.apply(cluster, prepared))
    assert claim_of(cluster, namespace) == before
    with pytest.raises(UserError, match="Kubernetes does not change that"):
        send(cluster, laptop(namespace, **kept_in(classes[1])))
    unjudged = applying.prepare(cluster, laptop(namespace, **kept_in(classes[1])), judge=False)
    assert not unjudged.count("recreate"), "for diff, and for who goes on where another was cut off"
    assert claim_of(cluster, namespace) == before


def test_a_claim_keeps_its_class_and_size(cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output) -> None:
    send(cluster, laptop(namespace, database={"type": "postgresql", "storage": {"type": "claim", "size": "3Gi"}}))
    bind(cluster, namespace)
    assert diff("-f", written(tmp_path, namespace)) == Exit.OK, "2Gi are what a laptop asks for"
    assert "Claim postgres-db has 3Gi already, and stays so" in capsys.readouterr().err
    other = {"type": "postgresql", "storage": {"type": "claim", "storageClass": "another"}}
    (tmp_path / "other").mkdir()
    file = written(tmp_path / "other", namespace, database=other)
    command = ["apply", "-f", str(file), "--yes", "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]]
    assert run(command) == Exit.FAILED
    assert "and the plan says another: Kubernetes does not change that" in capsys.readouterr().err
