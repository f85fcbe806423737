"""What apply and delete say and do to an API server. The pods find no node, so nothing runs."""

import base64
import json
import os
import secrets
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.kubectl import kubectl
from wizard import apply as applying
from wizard import delete as deleting
from wizard import record
from wizard.cluster.interface import Cluster, Conflict, Object
from wizard.diff import compare
from wizard.errors import UserError
from wizard.plan.file import complete
from wizard.plan.model import Plan
from wizard.progress import Mark, Row
from wizard.render import render
from wizard.watch import TASK_PODS

pytestmark = pytest.mark.cluster

NOWHERE = {"controlPlane": {"nodeSelector": {"no-such": "node"}}, "tasks": {"nodeSelector": {"no-such": "node"}}}
HOST = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def plan(namespace: str, **answers: Any) -> Plan:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    return complete({**head, "nodes": NOWHERE, **answers})


def git_sync(key: dict[str, str]) -> dict[str, Any]:
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": HOST}
    return {"type": "git-sync", "repository": "git@git.example.com:a/b.git", "credentials": credentials}


def send(cluster: Cluster, wanted: Plan, **options: Any) -> list[Row]:
    return list(applying.apply(cluster, applying.prepare(cluster, wanted, **options)))


def ours(cluster: Cluster, namespace: str) -> set[str]:
    found = applying.owned(cluster, namespace, record.read(cluster, namespace))
    return {f"{body['kind']} {body['metadata']['name']}" for body in found}


def deployment(cluster: Cluster, namespace: str, name: str) -> Object:
    body = cluster.get("apps/v1", "Deployment", name, namespace)
    assert body is not None
    return body


def test_a_second_apply_finds_nothing_to_do(cluster: Cluster, namespace: str) -> None:
    first = applying.prepare(cluster, plan(namespace))
    assert first.count("create") > 10
    assert not first.changes_nothing
    list(applying.apply(cluster, first))
    second = applying.prepare(cluster, plan(namespace))
    assert second.changes_nothing, second.sentence()
    before = {
        body["metadata"]["name"]: body["metadata"]["resourceVersion"] for body in _config_maps(cluster, namespace)
    }
    list(applying.apply(cluster, second))
    after = {body["metadata"]["name"]: body["metadata"]["resourceVersion"] for body in _config_maps(cluster, namespace)}
    assert before == after


def _config_maps(cluster: Cluster, namespace: str) -> list[Object]:
    return cluster.list("v1", "ConfigMap", namespace)


def test_another_tools_field_is_told_with_manager_and_field(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace))
    other: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "airflow-config", "namespace": namespace},
        "data": {"AIRFLOW__CORE__PARALLELISM": "99"},
    }
    cluster.apply(other, force=True, manager="somebody")  # type: ignore[call-arg]
    with pytest.raises(Conflict) as refused:
        applying.prepare(cluster, plan(namespace))
    assert [(owned.manager, owned.field) for owned in refused.value.owned] == [
        ("somebody", ".data.AIRFLOW__CORE__PARALLELISM")
    ]
    assert "--force-conflicts" in str(refused.value)
    send(cluster, plan(namespace), force=True)
    body = cluster.get("v1", "ConfigMap", "airflow-config", namespace)
    assert body is not None
    assert body["data"]["AIRFLOW__CORE__PARALLELISM"] == "4"


def test_what_a_plan_no_longer_has_goes_but_claims_stay(
    cluster: Cluster, namespace: str, tmp_path: Path, deploy_key: str
) -> None:
    key = tmp_path / "key"
    key.write_text(deploy_key)
    team = plan(
        namespace,
        dags=git_sync({"type": "file", "path": str(key)}),
        executor={"type": "kubernetes"},
        logs={"type": "volume"},
    )
    send(cluster, team)
    assert {"Role airflow-scheduler", "ConfigMap worker-pod-template"} <= ours(cluster, namespace)
    rows = send(cluster, plan(namespace))
    left = ours(cluster, namespace)
    assert not {name for name in left if name.startswith("Role")}
    assert "ServiceAccount airflow-worker" not in left
    assert "ConfigMap worker-pod-template" not in left
    assert {"PersistentVolumeClaim airflow-logs", "Secret airflow-git-sync-ssh"} <= left
    kept = [row.thing for row in rows if row.text.startswith("kept: no longer in the plan")]
    assert kept == ["PersistentVolumeClaim airflow-logs", "Secret airflow-git-sync-ssh"]
    spec = deployment(cluster, namespace, "airflow-scheduler")["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert [each["name"] for each in spec["containers"]] == ["scheduler"]


def test_an_edited_worker_template_restarts_nothing(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace, executor={"type": "kubernetes"}))
    before = deployment(cluster, namespace, "airflow-scheduler")["metadata"]["generation"]
    tasks = {"nodeSelector": {"no-such": "node", "disk": "ssd"}}
    send(cluster, plan(namespace, executor={"type": "kubernetes"}, nodes={**NOWHERE, "tasks": tasks}))
    template = cluster.get("v1", "ConfigMap", "worker-pod-template", namespace)
    assert template is not None
    assert "disk: ssd" in template["data"]["worker_pod_template.yaml"]
    assert deployment(cluster, namespace, "airflow-scheduler")["metadata"]["generation"] == before


def test_secrets_are_made_once_and_their_readers_roll_when_one_changes(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace))
    made = {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)}
    send(cluster, plan(namespace, executor={"type": "local", "parallelism": 2}))
    assert {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)} == made

    triggerer = deployment(cluster, namespace, "airflow-triggerer")["metadata"]["generation"]
    jwt = cluster.get("v1", "Secret", "airflow-jwt-secret", namespace)
    assert jwt is not None
    data = {"jwt-secret": base64.b64encode(b"another").decode()}
    cluster.apply({**_bare(jwt), "data": data}, force=True)
    prepared = applying.prepare(cluster, plan(namespace, executor={"type": "local", "parallelism": 2}))
    changed = {change.label for change in prepared.changes if change.what == "change"}
    assert changed == {"Deployment airflow-api-server", "Deployment airflow-scheduler"}
    list(applying.apply(cluster, prepared))
    assert deployment(cluster, namespace, "airflow-triggerer")["metadata"]["generation"] == triggerer


def test_what_a_controller_writes_meanwhile_is_no_change(
    cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(cluster, plan(namespace))
    body = next(each.body for each in render(plan(namespace)).manifests if each.body["kind"] == "Service")
    apply = cluster.apply
    written = []
    numbers = count()

    def late(sent: Object, **options: Any) -> Object:
        """A controller's write, between the look and the dry run."""
        if len(written) < writes:
            written.append(next(numbers))
            metadata = {**_bare(body)["metadata"], "annotations": {"example.com/seen": str(written[-1])}}
            apply({**_bare(body), "metadata": metadata}, manager="a-controller")
        return apply(sent, **options)

    monkeypatch.setattr(cluster, "apply", late)
    for writes in (0, 1, 3):
        written.clear()
        assert compare(cluster, body).what == "keep"
        assert len(written) == writes
    changed = {**body, "spec": {**body["spec"], "sessionAffinity": "ClientIP"}}
    for writes in (0, 1, 3):
        written.clear()
        assert compare(cluster, changed).what == "change"
        assert len(written) == writes


def _bare(body: Object) -> Object:
    metadata = {key: body["metadata"][key] for key in ("name", "namespace")}
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": metadata}


def test_no_secret_value_is_outside_of_secrets(cluster: Cluster, namespace: str) -> None:
    rows = send(cluster, plan(namespace))
    values = [
        base64.b64decode(value).decode()
        for body in cluster.list("v1", "Secret", namespace)
        for key, value in body["data"].items()
        if key not in ("username", "POSTGRES_USER", "POSTGRES_DB")
    ]
    kinds = [("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("v1", "Pod"), ("v1", "Event"), ("apps/v1", "ReplicaSet")]
    seen = json.dumps([cluster.list(*kind, namespace) for kind in kinds]) + repr(rows)
    assert len(values) >= 5
    assert not [value for value in values if value in seen]


def test_a_secret_that_the_plan_says_exists_must(cluster: Cluster, namespace: str) -> None:
    wanted = plan(namespace, dags=git_sync({"type": "secret", "name": "deploy-key", "key": "id"}))
    with pytest.raises(UserError, match=r"Secret deploy-key of namespace .* is not there"):
        applying.prepare(cluster, wanted)
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "deploy-key", "namespace": namespace}}
    cluster.create({**body, "stringData": {"id": "x"}})
    send(cluster, wanted)
    prepared = deleting.prepare(cluster, namespace, purge=True)
    assert "deploy-key" not in [each["metadata"]["name"] for each in prepared.goes]


def test_delete_takes_what_is_ours_and_leaves_a_namespace_that_isnt(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace))
    kept = deleting.prepare(cluster, namespace)
    assert not {body["kind"] for body in kept.goes} & {"Secret", "PersistentVolumeClaim"}
    assert any(f"Namespace {namespace}" in text for text in kept.stays)
    list(deleting.delete(cluster, kept, 60))
    assert not cluster.list("apps/v1", "Deployment", namespace)
    assert cluster.list("v1", "PersistentVolumeClaim", namespace)

    prepared = deleting.prepare(cluster, namespace, purge=True)
    assert not prepared.namespace_goes
    list(deleting.delete(cluster, prepared, 60))
    assert cluster.get("v1", "Namespace", namespace) is not None
    assert not [s for s in cluster.list("v1", "Secret", namespace) if s["metadata"]["name"].startswith("airflow")]
    with pytest.raises(UserError, match="applied nothing"):
        deleting.prepare(cluster, namespace)


def test_a_namespace_goes_once_its_pods_are_gone_and_the_same_command_goes_on(cluster: Cluster) -> None:
    name = f"wizard-test-{secrets.token_hex(4)}"
    send(cluster, plan(name))
    metadata = {"name": "held", "namespace": name, "labels": {"airflow-wizard/role": "tasks"}}
    spec = {"containers": [{"name": "main", "image": "none"}], "nodeSelector": {"no-such": "node"}}
    held = {"apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "finalizers": ["example.com/hold"]}}
    cluster.apply({**held, "spec": spec})
    try:
        cluster.delete("v1", "Pod", "held", name)
        with pytest.raises(UserError, match="Pod held are not gone within 1 s") as late:
            list(deleting.delete(cluster, deleting.prepare(cluster, name, purge=True), 1))
        assert "the same command takes away the rest" in late.value.way_out
        assert "deletionTimestamp" not in (cluster.get("v1", "Namespace", name) or {})["metadata"]
        assert record.read(cluster, name) is not None
        rest = deleting.prepare(cluster, name, purge=True)
        assert [body["metadata"]["name"] for body in rest.goes] == [record.NAME]
    finally:
        cluster.apply({**held, "metadata": metadata, "spec": spec})
    print([f"{row.thing}: {row.text}" for row in deleting.delete(cluster, rest, 60)])
    assert cluster.get("v1", "Namespace", name) is None


def test_an_apply_that_was_cut_off_is_finished_by_the_next(cluster: Cluster, namespace: str) -> None:
    rows = applying.apply(cluster, applying.prepare(cluster, plan(namespace)))
    while "Secret airflow-db" not in next(rows).thing:
        pass
    rows.close()  # type: ignore[attr-defined]
    values = {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)}
    send(cluster, plan(namespace))
    assert applying.prepare(cluster, plan(namespace)).changes_nothing
    after = {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)}
    assert {name: after[name] for name in values} == values


def test_a_claim_without_a_class_needs_a_default_class(cluster: Cluster, namespace: str) -> None:
    class NoDefaultClass:
        def __getattr__(self, name: str) -> Any:
            return getattr(cluster, name)

        def list(self, api: str, kind: str, *rest: Any, **options: Any) -> list[Object]:
            found: list[Object] = cluster.list(api, kind, *rest, **options)
            return [{"metadata": {"name": "other"}}] if kind == "StorageClass" else found

    with pytest.raises(UserError, match="no default StorageClass") as refused:
        applying.prepare(NoDefaultClass(), plan(namespace))  # type: ignore[arg-type]
    assert "Set database.storage.storageClass to one of: other." in str(refused.value)


def test_a_namespace_on_its_way_out_is_told(cluster: Cluster, namespace: str) -> None:
    held = {"name": "held", "namespace": namespace, "finalizers": ["example.com/hold"]}
    body: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": held}
    cluster.apply(body)
    cluster.delete("v1", "Namespace", namespace)
    try:
        with pytest.raises(UserError, match=f"Namespace {namespace} is being deleted"):
            applying.prepare(cluster, plan(namespace))
    finally:
        cluster.apply({**body, "metadata": {"name": "held", "namespace": namespace}})


def test_a_namespace_that_is_not_there_is_new_as_a_whole(cluster: Cluster) -> None:
    prepared = applying.prepare(cluster, plan("wizard-test-not-there"))
    assert not prepared.namespace_exists
    assert prepared.count("create") == len(prepared.changes) + len(prepared.secrets)
    assert len(list(applying.check_schemas(cluster, prepared))) == len(prepared.changes)
    assert cluster.get("v1", "Namespace", "wizard-test-not-there") is None
    assert replace(prepared, changes=[]).sentence() == f"{len(prepared.secrets)} to create"


def test_pods_of_tasks_that_end_meanwhile_go_once_no_executor_removes_them(cluster: Cluster, namespace: str) -> None:
    in_pods, in_the_scheduler = (plan(namespace, executor={"type": kind}) for kind in ("kubernetes", "local"))
    send(cluster, in_pods)
    for name in ("ends", "ends-meanwhile", "goes-on"):
        cluster.create(task_pod(namespace, name))
    end(namespace, "ends")
    assert not list(applying.sweep(cluster, applying.prepare(cluster, in_pods)))

    prepared = applying.prepare(cluster, in_the_scheduler)
    assert [label for what, label in prepared.labels() if label.startswith("Pod ")] == ["Pod ends"]
    list(applying.apply(cluster, prepared))
    end(namespace, "ends-meanwhile")
    rows = {row.thing: row for row in applying.sweep(cluster, prepared)}
    assert rows["Pod ends-meanwhile"].text == "deleted: no longer in the plan"
    assert rows["Pod goes-on"].mark is Mark.WARNING
    assert "apply removes it" in rows["Pod goes-on"].text
    left = {pod["metadata"]["name"] for pod in cluster.list("v1", "Pod", namespace, labels=TASK_PODS)}
    assert left == {"goes-on"}


def task_pod(namespace: str, name: str) -> Object:
    """One as KubernetesExecutor labels it; no node takes it."""
    labels = {"airflow-wizard/role": "tasks", "kubernetes_executor": "True"}
    rights = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    spec = {
        "containers": [{"name": "base", "image": "example/none:1", "securityContext": rights}],
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "nodeSelector": {"no-such": "node"},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": spec,
    }


def end(namespace: str, pod: str) -> None:
    """What a kubelet says of a pod whose task is done."""
    status = json.dumps({"status": {"phase": "Succeeded"}})
    admin = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    patch = ("patch", "pod", pod, "-n", namespace, "--subresource=status", "--type=merge", "-p", status)
    assert kubectl(*patch, kubeconfig=admin).returncode == 0
