"""What can be picked on a cluster: classes, and labels and taints by which nodes can be told apart."""

from typing import Any

import pytest

from tests.tui.screens import wizard
from wizard.check import look
from wizard.cluster.interface import Cluster, Forbidden
from wizard.cluster.sandbox import Sandbox
from wizard.picks import Pick, Picks, picks_of
from wizard.questions import Draft

DEFAULT = "is-default-class"


def picks(cluster: Cluster) -> Picks:
    return picks_of(look(cluster, "airflow"))


def cluster_with_choices() -> Sandbox:
    cluster = Sandbox(pace=0)
    for name, annotations in (("nginx", {f"ingressclass.kubernetes.io/{DEFAULT}": "true"}), ("traefik", {})):
        metadata = {"name": name, "annotations": annotations}
        cluster.create({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": metadata})
    nfs = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "nfs"}}
    cluster.create({**nfs, "provisioner": "nfs.csi.k8s.io"})
    taints = [
        {"key": "dedicated", "value": "airflow", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},
    ]
    for number in range(2):
        name = f"pool-{number}"
        labels = {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "pool": "airflow"}
        metadata = {"name": name, "labels": labels}
        cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}})
    return cluster


def test_classes_are_named_with_what_tells_them_apart() -> None:
    found = picks(cluster_with_choices())
    assert found["ingressClass"] == (Pick("nginx", "the default"), Pick("traefik"))
    assert Pick("nfs", "nfs.csi.k8s.io") in found["storageClass"]
    assert any(pick.note.startswith("the default, ") for pick in found["storageClass"])


def test_labels_and_taints_are_counted_without_those_that_nobody_chooses_by() -> None:
    found = picks(cluster_with_choices())
    assert Pick("pool=airflow", "2 nodes") in found["nodeLabel"]
    assert not [pick for pick in found["nodeLabel"] if "hostname" in pick.value or "arch" in pick.value]
    assert found["nodeTaint"] == (Pick("dedicated=airflow:NoSchedule", "2 nodes"),)


def test_who_may_not_look_has_nothing_to_pick_from(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise Forbidden("nodes is forbidden")

    cluster = Sandbox(pace=0)
    monkeypatch.setattr(cluster, "list", forbidden)
    assert picks(cluster) == {}


@pytest.mark.cluster
def test_a_real_cluster_has_its_classes_and_labels(cluster: Cluster) -> None:
    found = picks(cluster)
    print(found)
    assert any(pick.note.startswith("the default") for pick in found["storageClass"])
    assert found.keys() == {"ingressClass", "storageClass", "nodeLabel", "nodeTaint"}


async def test_f4_takes_what_the_cluster_has_in_turn() -> None:
    draft = Draft()
    async with wizard(draft=draft, cluster=cluster_with_choices()) as screen:
        await screen.go("nodes")
        await screen.until("pool=airflow (2")
        assert "F4 pick" in screen.lines[-1]
        await screen.press("f4")
        assert draft.given["nodes", "controlPlane", "nodeSelector"] == "pool=airflow"
        await screen.press("f4")
        assert draft.given["nodes", "controlPlane", "nodeSelector"] == "pool=airflow"
        await screen.press("down", "f4")
        assert draft.given["nodes", "controlPlane", "tolerations"] == "dedicated=airflow:NoSchedule"
        assert draft.problems() == {}


async def test_where_there_is_nothing_to_pick_there_is_no_key() -> None:
    async with wizard() as screen:
        await screen.go("nodes")
        await screen.settled()
        assert screen.app.session.picks()["nodeLabel"] == ()
        assert "F4" not in screen.text
