"""What is stuck before there is a node, or without one: on the real API server, by its controllers and its scheduler.

Each is made by applying a plan with a wrong answer, or by a Deployment of our labels where no answer leads there.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cluster.test_apply import plan, send
from tests.cluster.test_nodes import Pools, wait_until
from wizard import apply as applying
from wizard.cluster.interface import Cluster, ClusterError, Object
from wizard.progress import Mark, Row
from wizard.render.manifests import MANAGED_BY
from wizard.watch import rollouts

pytestmark = pytest.mark.cluster


def until_told(cluster: Cluster, namespace: str, sentence: str, seconds: float = 60) -> Row:
    """The row that says so, with the way out; it is told before the time is over."""
    seen = []
    for row in rollouts(cluster, namespace, seconds):
        seen.append(row.line())
        if sentence in row.text:
            return row
    raise AssertionError("\n".join([f"all became ready without {sentence!r}", *seen]))


def deployment(namespace: str, name: str, role: str, container: Object | None = None, **spec: Any) -> Object:
    """One that passes for ours, by its labels."""
    labels = {**MANAGED_BY, "component": name.removeprefix("airflow-"), "airflow-wizard/role": role}
    only = {
        "name": labels["component"],
        "image": "docker.io/apache/airflow:3.3.2",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **(container or {}),
    }
    context = {"runAsNonRoot": True, "runAsUser": 50000, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"containers": [only], "securityContext": context, "terminationGracePeriodSeconds": 1, **spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }


def in_namespace(api: str, kind: str, namespace: str, name: str, **more: Any) -> Object:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **more}


def claim(namespace: str, name: str, **spec: Any) -> Object:
    """A claim, for a Deployment that mounts it."""
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return in_namespace("v1", "PersistentVolumeClaim", namespace, name, spec=asked)


def mounting(namespace: str, name: str) -> Object:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    return deployment(namespace, "airflow-api-server", "control-plane", volumes=[volume])


def unseen(namespace: str, name: str) -> Object:
    """One whose pod no scheduler looks at."""
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    return deployment(namespace, "airflow-scheduler", "control-plane", volumes=[volume], schedulerName="nobody")


def test_no_node_has_the_labels(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace))
    row = until_told(cluster, namespace, "no node has the labels that are asked for (nodes.controlPlane.nodeSelector)")
    assert "didn't match Pod's node affinity/selector" in row.text and "preemption" not in row.text
    assert row.way_out.startswith("Mend nodes.controlPlane.nodeSelector")


def test_the_nodes_have_a_taint(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control")
    placement = {"nodeSelector": pools.placement("control")["nodeSelector"]}
    send(cluster, plan(namespace, nodes={"controlPlane": placement}))
    row = until_told(cluster, namespace, "does not tolerate (nodes.controlPlane.tolerations)")
    assert row.way_out.startswith(f"Add wizard-test-pools={pools.owner}:NoSchedule to nodes.controlPlane.tolerations")


def test_components_that_keep_apart_have_too_few_nodes(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control", 2)
    nodes = {"controlPlane": pools.placement("control"), "antiAffinity": {"type": "hard"}}
    send(cluster, plan(namespace, nodes=nodes))
    until_told(cluster, namespace, "no node is left that has no other component of Airflow (nodes.antiAffinity)")


def test_no_node_has_the_room(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control")
    nodes = {"controlPlane": pools.placement("control")}
    send(cluster, plan(namespace, nodes=nodes, database={"type": "postgresql", "cpu": "5000"}))
    until_told(cluster, namespace, "no node has the CPU that the database asks for (database.cpu)")
    send(cluster, plan(namespace, nodes=nodes, database={"type": "postgresql", "memory": "900Ti"}))
    until_told(cluster, namespace, "no node has the memory that the database asks for (database.memory)")


def test_a_claim_waits_for_a_class_that_nobody_serves(cluster: Cluster, namespace: str) -> None:
    name = f"{namespace}-nobody"
    for binding in ("Immediate", "WaitForFirstConsumer"):
        body = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": f"{name}-{binding[0].lower()}"},
        }
        cluster.create({**body, "provisioner": "example.com/nobody", "volumeBindingMode": binding})
    try:
        for body in (
            claim(namespace, "airflow-logs", storageClassName=f"{name}-i"),
            mounting(namespace, "airflow-logs"),
        ):
            cluster.create(body)
        row = until_told(cluster, namespace, "the claim waits for its volume (logs.storageClass)")
        assert row.mark is Mark.WAITING, "a volume takes its time"

        cluster.delete("apps/v1", "Deployment", "airflow-api-server", namespace)
        for body in (claim(namespace, "airflow-dags", storageClassName=f"{name}-w"), unseen(namespace, "airflow-dags")):
            cluster.create(body)
        until_told(cluster, namespace, "the claim waits until a pod that mounts it has a node")
    finally:
        for binding in "iw":
            cluster.delete("storage.k8s.io/v1", "StorageClass", f"{name}-{binding}")


STUCK: dict[str, tuple[str, Callable[[str], list[Object]]]] = {
    "nodes-full": (
        "no node has room: ",
        lambda ns: [deployment(ns, "airflow-scheduler", "control-plane", {"resources": {"requests": {"cpu": "5000"}}})],
    ),
    "worker-too-large": (
        "no node has room for a worker (executor.concurrency): ",
        lambda ns: [deployment(ns, "airflow-worker", "tasks", {"resources": {"requests": {"memory": "900Ti"}}})],
    ),
    "claim-class-missing": (
        "the cluster has no such StorageClass (logs.storageClass)",
        lambda ns: [claim(ns, "airflow-logs", storageClassName="no-such-class"), mounting(ns, "airflow-logs")],
    ),
    "claim-class": (
        "the claim names no StorageClass, and none is the default (dags.claim.storageClass)",
        lambda ns: [claim(ns, "airflow-dags", storageClassName=""), mounting(ns, "airflow-dags")],
    ),
    "claim-missing": (
        "the claim is not there (dags.claim.name)",
        lambda ns: [mounting(ns, "no-such-claim")],
    ),
    "quota": (
        "the namespace's quota is used up: exceeded quota: small, requested: pods=1",
        lambda ns: [
            in_namespace("v1", "ResourceQuota", ns, "small", spec={"hard": {"pods": "0"}}),
            deployment(ns, "airflow-scheduler", "control-plane"),
        ],
    ),
    "quota-limits": (
        "the namespace's quota wants limits that Airflow's pods do not have",
        lambda ns: [
            in_namespace("v1", "ResourceQuota", ns, "limited", spec={"hard": {"limits.cpu": "4"}}),
            deployment(ns, "airflow-scheduler", "control-plane"),
        ],
    ),
    "pod-security": (
        "the namespace's Pod Security does not let the pod in: violates",
        lambda ns: [deployment(ns, "airflow-scheduler", "control-plane", hostNetwork=True)],
    ),
}
"""By the row's name, what is told and what leads to it."""


@pytest.mark.parametrize("name", STUCK)
def test_what_is_stuck_is_told(cluster: Cluster, namespace: str, name: str) -> None:
    sentence, made = STUCK[name]
    for body in made(namespace):
        cluster.create(body)
    assert until_told(cluster, namespace, sentence).way_out


def test_a_limit_range_is_told_with_the_databases_answer(cluster: Cluster, namespace: str) -> None:
    limits = [{"type": "Container", "max": {"memory": "128Mi"}}]
    prepared = applying.prepare(cluster, plan(namespace))  # which would refuse, were the range there already
    cluster.create(in_namespace("v1", "LimitRange", namespace, "small", spec={"limits": limits}))
    list(applying.apply(cluster, prepared))
    told: dict[str, Row] = {}
    for row in rollouts(cluster, namespace, 60):
        if "LimitRange" in row.text:
            told[row.thing] = row
        if {"airflow-scheduler", "postgres-db"} <= set(told):
            break
    assert "(database.memory): maximum memory usage per Container is 128Mi" in told["postgres-db"].text
    assert "does not let the pod in: maximum memory" in told["airflow-scheduler"].text


@pytest.fixture
def elsewhere(cluster: Cluster, namespace: str) -> Iterator[str]:
    """A volume on a node that isn't there, bound to claim airflow-logs."""
    name = f"{namespace}-elsewhere"
    where = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["no-such-node"]}
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "claimRef": {"name": "airflow-logs", "namespace": namespace},
        "local": {"path": "/no-such-path"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [where]}]}},
        "storageClassName": "",
    }
    cluster.create({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec})
    yield name
    cluster.delete("v1", "PersistentVolume", name)


def test_a_volume_is_elsewhere(cluster: Cluster, elsewhere: str, namespace: str) -> None:
    cluster.create(claim(namespace, "airflow-logs", storageClassName="", volumeName=elsewhere))
    cluster.create(mounting(namespace, "airflow-logs"))
    assert until_told(cluster, namespace, "its volume is on nodes that do not take it: ").way_out


@pytest.fixture
def policy(cluster: Cluster, namespace: str) -> Iterator[str]:
    """A policy that lets no pod into the namespace."""
    api, name = "admissionregistration.k8s.io/v1", f"{namespace}-no-pods"
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    only = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    specs: dict[str, Object] = {
        "ValidatingAdmissionPolicy": {
            "matchConstraints": {"resourceRules": rules},
            "validations": [{"expression": "false", "message": "every pod names its owner here"}],
        },
        "ValidatingAdmissionPolicyBinding": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": only,
        },
    }
    for kind, spec in specs.items():
        cluster.create({"apiVersion": api, "kind": kind, "metadata": {"name": name}, "spec": spec})
    fine = deployment(namespace, "airflow-scheduler", "control-plane")["spec"]["template"]["spec"]
    pod = in_namespace("v1", "Pod", namespace, "any", spec=fine)

    def said() -> str:
        try:
            cluster.apply(pod, dry_run=True)
        except ClusterError as error:
            return error.message
        return ""

    try:
        wait_until(lambda: "names its owner" in said(), said)
        yield name
    finally:
        for kind in specs:
            cluster.delete(api, kind, name)


def test_a_policy_lets_no_pod_in(cluster: Cluster, namespace: str, policy: str) -> None:
    cluster.create(deployment(namespace, "airflow-scheduler", "control-plane"))
    row = until_told(cluster, namespace, "a policy of this cluster does not let the pod in: ")
    assert policy in row.text and row.way_out
