"""Where pods land: the real API server and its scheduler place them on Nodes that are only objects.

Such a Node has a label by which the cluster for tests keeps it Ready and pretends to run its pods, so what is proved
is the placement and nothing of what runs.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from wizard.cluster.interface import Cluster, Object
from wizard.plan.file import complete
from wizard.render import render
from wizard.yaml_files import read_yaml

pytestmark = pytest.mark.cluster

NODE_LABEL = "AIRFLOW_WIZARD_TEST_NODE_LABEL"
COMPONENTS = {"api-server", "scheduler", "dag-processor", "triggerer"}
OWN = "wizard-test-pools"
"""The key of the label and the taint that set these nodes apart, from all others and from those of another test."""


@dataclass
class Pools:
    """Nodes of this test alone: a pool for the control plane and one for tasks."""

    cluster: Cluster
    label: str
    owner: str = field(default_factory=lambda: secrets.token_hex(4))
    names: list[str] = field(default_factory=list)

    def add(self, pool: str, count: int = 1) -> None:
        """Make nodes of a pool, which take only pods that tolerate them; returns when they take these."""
        for _ in range(count):
            name = f"wizard-test-{self.owner}-{pool}-{len(self.names)}"
            labels = {self.label: "true", "kubernetes.io/hostname": name, OWN: self.owner, "pool": pool}
            taints = [{"key": OWN, "value": self.owner, "effect": "NoSchedule"}]
            metadata = {"name": name, "labels": labels}
            self.cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}})
            self.names.append(name)
        wait_until(lambda: not self._not_ready(), self._not_ready)

    def placement(self, pool: str) -> dict[str, Any]:
        """The plan's answer for a pool."""
        return {"nodeSelector": f"{OWN}={self.owner},pool={pool}", "tolerations": f"{OWN}={self.owner}:NoSchedule"}

    def of(self, pool: str) -> set[str]:
        """The nodes of a pool."""
        return {name for name in self.names if f"-{pool}-" in name}

    def remove(self) -> None:
        """Delete the nodes when their pods have gone."""
        wait_until(lambda: not self._pods(), self._pods)
        for name in self.names:
            self.cluster.delete("v1", "Node", name)

    def _not_ready(self) -> list[str]:
        """A Node has a taint more until it was Ready once."""
        nodes = self.cluster.list("v1", "Node", labels=f"{OWN}={self.owner}")
        return [node["metadata"]["name"] for node in nodes if len(node["spec"]["taints"]) != 1 or not _is_ready(node)]

    def _pods(self) -> list[str]:
        pods = [pod for name in self.names for pod in self.cluster.list("v1", "Pod", fields=f"spec.nodeName={name}")]
        return [pod["metadata"]["name"] for pod in pods]


def _is_ready(node: Object) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def wait_until(holds: Callable[[], bool], seen: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition; says what was seen where it doesn't come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s; seen: {seen()}"
        time.sleep(0.3)


def apply(cluster: Cluster, namespace: str, **answers: Any) -> None:
    """Send what a plan renders to: KubernetesExecutor and a database without a claim, besides these answers."""
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    small = {"executor": {"type": "kubernetes"}, "database": {"storage": {"type": "ephemeral"}}}
    for manifest in render(complete({**head, **small, **answers})).manifests:
        cluster.apply(manifest.body)


def start_task(cluster: Cluster, namespace: str) -> None:
    """Make a pod from the template, as the scheduler does for each task."""
    config_map = cluster.get("v1", "ConfigMap", "worker-pod-template", namespace)
    assert config_map is not None
    pod = read_yaml(config_map["data"]["worker_pod_template.yaml"])
    cluster.create({**pod, "metadata": {**pod["metadata"], "name": "a-task", "namespace": namespace}})


def landed(cluster: Cluster, namespace: str) -> list[tuple[str, str]]:
    """Component and node of each pod; no node for one that waits."""
    pods = cluster.list("v1", "Pod", namespace)
    return sorted((pod["metadata"]["labels"]["component"], pod["spec"].get("nodeName", "")) for pod in pods)


def all_landed(cluster: Cluster, namespace: str, count: int) -> list[tuple[str, str]]:
    """The same, when so many pods are there and each has a node."""

    def done() -> bool:
        found = landed(cluster, namespace)
        return len(found) == count and all(node for _, node in found)

    wait_until(done, lambda: (landed(cluster, namespace), waits(cluster, namespace)))
    return landed(cluster, namespace)


def waits(cluster: Cluster, namespace: str) -> list[tuple[str, str]]:
    """The component of each pod that the scheduler has found no node for, and its reason."""
    return [
        (pod["metadata"]["labels"]["component"], condition["message"])
        for pod in cluster.list("v1", "Pod", namespace)
        for condition in pod["status"].get("conditions", [])
        if condition["type"] == "PodScheduled" and condition["status"] == "False"
    ]


def test_tasks_and_the_control_plane_have_nodes_of_their_own(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control", 2)
    pools.add("tasks")
    apply(cluster, namespace, nodes={"controlPlane": pools.placement("control"), "tasks": pools.placement("tasks")})
    start_task(cluster, namespace)
    found = all_landed(cluster, namespace, 6)
    assert {component for component, _ in found} == {*COMPONENTS, "database", "worker"}
    for component, node in found:
        assert node in pools.of("tasks" if component == "worker" else "control"), component


def test_a_taint_keeps_out_what_does_not_tolerate_it(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control")
    placement = pools.placement("control")
    only_labels = {"nodeSelector": placement["nodeSelector"]}
    apply(cluster, namespace, nodes={"controlPlane": placement, "tasks": only_labels})
    start_task(cluster, namespace)
    wait_until(lambda: bool(waits(cluster, namespace)), lambda: landed(cluster, namespace))
    wait_until(lambda: len(landed(cluster, namespace)) == 6, lambda: landed(cluster, namespace))
    wait_until(lambda: [name for name, _ in waits(cluster, namespace)] == ["worker"], lambda: waits(cluster, namespace))
    assert "untolerated taint" in waits(cluster, namespace)[0][1]


def test_components_that_never_share_a_node_wait_for_one(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control", 3)
    placement = pools.placement("control")
    apply(cluster, namespace, nodes={"controlPlane": placement, "antiAffinity": {"type": "hard"}})

    def one_waits() -> bool:
        nodes = [node for component, node in landed(cluster, namespace) if component in COMPONENTS]
        reasons = [reason for _, reason in waits(cluster, namespace)]
        return len(nodes) == 4 and len(set(nodes)) == 4 and len(reasons) == 1 and "anti-affinity" in reasons[0]

    wait_until(one_waits, lambda: (landed(cluster, namespace), waits(cluster, namespace)))
    pools.add("control")
    found = all_landed(cluster, namespace, 5)
    assert {node for component, node in found if component in COMPONENTS} == pools.of("control")
    assert dict(found)["database"] in pools.of("control"), "the database is beside one of them"


def test_components_that_better_not_share_a_node_still_do(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control", 2)
    placement = pools.placement("control")
    apply(cluster, namespace, nodes={"controlPlane": placement, "antiAffinity": {"type": "soft"}})
    found = all_landed(cluster, namespace, 5)
    assert {node for component, node in found if component in COMPONENTS} == pools.of("control")


def test_of_two_schedulers_each_has_a_node(pools: Pools, cluster: Cluster, namespace: str) -> None:
    pools.add("control", 2)
    apply(cluster, namespace, nodes={"controlPlane": pools.placement("control")}, availability={"type": "redundant"})
    found = all_landed(cluster, namespace, 7)
    for twice in ("scheduler", "api-server"):
        assert {node for component, node in found if component == twice} == pools.of("control"), twice
