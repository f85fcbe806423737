"""What holds for every Cluster: the one in memory and a real one."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from wizard.cluster.interface import (
    FIELD_MANAGER,
    Conflict,
    Exists,
    Forbidden,
    Invalid,
    Missing,
    Object,
    Objects,
    Owned,
)
from wizard.cluster.sandbox import Sandbox


@dataclass
class Place:
    """A cluster, and a namespace in it to do as one likes."""

    cluster: Any
    namespace: str

    def config_map(self, name: str = "settings", labels: dict[str, str] | None = None, **data: str) -> Object:
        metadata: Object = {"name": name, "namespace": self.namespace}
        if labels:  # an empty mapping would be a field that managers quarrel about
            metadata["labels"] = labels
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}

    def secret(self, **data: str) -> Object:
        metadata = {"name": "key", "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}

    def deployment(self, *containers: Object) -> Object:
        template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers)}}
        spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
        metadata = {"name": "web", "namespace": self.namespace}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}

    def data(self, name: str = "settings") -> dict[str, str]:
        found = self.cluster.get("v1", "ConfigMap", name, self.namespace)
        return found.get("data", {}) if found else {}

    def names(self, **selectors: str) -> list[str]:
        found: Objects = self.cluster.list("v1", "ConfigMap", self.namespace, **selectors)
        return sorted(item["metadata"]["name"] for item in found if item["metadata"]["name"] != "kube-root-ca.crt")


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.cluster)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "real":
        yield Place(request.getfixturevalue("cluster"), request.getfixturevalue("namespace"))
        return
    sandbox = Sandbox()
    name = f"test-{secrets.token_hex(4)}"
    sandbox.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield Place(sandbox, name)


def test_says_who_and_where_it_is(place: Place) -> None:
    assert place.cluster.context and place.cluster.server
    assert place.cluster.version().startswith("v1.")


def test_apply_creates(place: Place) -> None:
    made = place.cluster.apply(place.config_map(a="1"))

    assert (made["apiVersion"], made["kind"]) == ("v1", "ConfigMap")
    assert made["metadata"]["uid"] and made["metadata"]["creationTimestamp"]
    assert place.data() == {"a": "1"}


def test_apply_of_the_same_changes_nothing(place: Place) -> None:
    first = place.cluster.apply(place.config_map(a="1"))
    second = place.cluster.apply(place.config_map(a="1"))

    assert first["metadata"]["resourceVersion"] == second["metadata"]["resourceVersion"]


def test_a_field_that_is_no_longer_applied_goes(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1", b="2"))
    answer = place.cluster.apply(place.config_map(b="2", c="3"))

    assert answer["data"] == place.data() == {"b": "2", "c": "3"}


def test_a_container_that_is_no_longer_applied_goes(place: Place) -> None:
    web, git = {"name": "web", "image": "web:1"}, {"name": "git", "image": "git:1"}
    place.cluster.apply(place.deployment(web, git))
    answer = place.cluster.apply(place.deployment({**web, "image": "web:2"}))

    containers = answer["spec"]["template"]["spec"]["containers"]
    assert [(item["name"], item["image"]) for item in containers] == [("web", "web:2")]


def test_generation_counts_changes_of_spec_only(place: Place) -> None:
    web = {"name": "web", "image": "web:1"}
    assert place.cluster.apply(place.deployment(web))["metadata"]["generation"] == 1
    labelled = place.deployment(web)
    labelled["metadata"]["labels"] = {"a": "b"}
    assert place.cluster.apply(labelled)["metadata"]["generation"] == 1
    assert place.cluster.apply(place.deployment({**web, "image": "web:2"}))["metadata"]["generation"] == 2


def test_a_conflict_names_manager_and_field(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"), manager="kubectl")

    with pytest.raises(Conflict) as caught:
        place.cluster.apply(place.config_map(a="2", b="2"))

    assert caught.value.owned == (Owned("kubectl", ".data.a"),)
    assert "kubectl" in caught.value.message and ".data.a" in caught.value.message
    assert place.data() == {"a": "1"}


def test_a_conflict_in_a_list_names_the_item(place: Place) -> None:
    place.cluster.apply(place.deployment({"name": "web", "image": "web:1"}), manager="kubectl")

    with pytest.raises(Conflict) as caught:
        place.cluster.apply(place.deployment({"name": "web", "image": "web:2"}))

    field = '.spec.template.spec.containers[name="web"].image'
    assert caught.value.owned == (Owned("kubectl", field),)


def test_force_takes_over(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"), manager="kubectl")
    place.cluster.apply(place.config_map(a="2"), force=True)
    assert place.data() == {"a": "2"}

    with pytest.raises(Conflict) as caught:
        place.cluster.apply(place.config_map(a="3"), manager="kubectl")
    assert caught.value.owned[0].manager == FIELD_MANAGER


def test_the_same_value_of_two_managers_is_no_conflict(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"), manager="kubectl")
    place.cluster.apply(place.config_map(a="1"))
    place.cluster.apply(place.config_map(b="2"))

    assert place.data() == {"a": "1", "b": "2"}


def test_fields_of_others_stay(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"))
    place.cluster.apply(place.config_map(b="2"), manager="kubectl")
    place.cluster.apply(place.config_map(a="3"))

    assert place.data() == {"a": "3", "b": "2"}


def test_what_we_created_is_ours_to_apply(place: Place) -> None:
    place.cluster.create(place.config_map(a="1"))
    place.cluster.apply(place.config_map(a="2"))

    assert place.data() == {"a": "2"}


@pytest.mark.parametrize("there", [False, True])
def test_a_dry_run_persists_nothing(place: Place, there: bool) -> None:
    if there:
        place.cluster.apply(place.config_map(a="1"))
    answer = place.cluster.apply(place.config_map(a="2"), dry_run=True)

    assert answer["data"] == {"a": "2"}
    assert place.data() == ({"a": "1"} if there else {})


def test_secrets_are_kept_in_base64(place: Place) -> None:
    place.cluster.apply(place.secret(password="hunter2"))

    found = place.cluster.get("v1", "Secret", "key", place.namespace)
    assert found["data"] == {"password": "aHVudGVyMg=="}
    assert "stringData" not in found


def test_create_twice(place: Place) -> None:
    place.cluster.create(place.config_map(a="1"))
    with pytest.raises(Exists, match="settings"):
        place.cluster.create(place.config_map(a="2"))
    assert place.data() == {"a": "1"}


def test_get_what_is_not_there(place: Place) -> None:
    assert place.cluster.get("v1", "ConfigMap", "nothing", place.namespace) is None
    assert place.cluster.get("v1", "ConfigMap", "nothing", "no-such-namespace") is None
    assert place.cluster.get("v1", "Namespace", "no-such-namespace") is None


def test_list_in_a_namespace_that_is_not_there(place: Place) -> None:
    assert place.cluster.list("v1", "ConfigMap", "no-such-namespace") == []


@pytest.mark.parametrize("verb", ["apply", "create"])
def test_nothing_goes_into_a_namespace_that_is_not_there(place: Place, verb: str) -> None:
    place.namespace = "no-such-namespace"
    with pytest.raises(Missing, match="no namespace no-such-namespace"):
        getattr(place.cluster, verb)(place.config_map(a="1"))


@pytest.mark.parametrize(("api_version", "kind"), [("v1", "Nonsense"), ("nonsense.example/v1", "Nonsense")])
def test_a_kind_that_the_cluster_does_not_know(place: Place, api_version: str, kind: str) -> None:
    with pytest.raises(Missing, match=f"does not know Nonsense of {api_version}"):
        place.cluster.get(api_version, kind, "a", place.namespace)
    with pytest.raises(Missing):
        place.cluster.list(api_version, kind)


def test_an_object_without_a_namespace(place: Place) -> None:
    place.namespace = ""
    with pytest.raises(Invalid, match="has no namespace"):
        place.cluster.apply(place.config_map(a="1"))


def test_delete_twice(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"))

    assert place.cluster.delete("v1", "ConfigMap", "settings", place.namespace) is True
    assert place.cluster.delete("v1", "ConfigMap", "settings", place.namespace) is False


def test_what_is_deleted_as_it_was_seen_stays_where_it_is_another_one(place: Place) -> None:
    first = place.cluster.apply(place.config_map(a="1"))
    place.cluster.delete("v1", "ConfigMap", "settings", place.namespace, seen=first)
    second = place.cluster.apply(place.config_map(a="1"))
    third = place.cluster.apply(place.config_map(a="2"))
    for seen in (first, second):
        with pytest.raises(Conflict):
            place.cluster.delete("v1", "ConfigMap", "settings", place.namespace, seen=seen)
    assert place.data() == {"a": "2"}
    assert place.cluster.delete("v1", "ConfigMap", "settings", place.namespace, seen=third)
    assert not place.data()


def test_a_claim_without_a_volume_cannot_be_changed(place: Place) -> None:
    def claim(storage_class: str, size: str) -> Object:
        asks = {"requests": {"storage": size}}
        spec = {"storageClassName": storage_class, "accessModes": ["ReadWriteOnce"], "resources": asks}
        metadata = {"name": "logs", "namespace": place.namespace}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}

    place.cluster.apply(claim("none-such", "1Gi"))
    for other in (claim("another", "1Gi"), claim("none-such", "2Gi")):
        with pytest.raises(Invalid, match="spec is immutable after creation"):
            place.cluster.apply(other)
    assert place.cluster.get("v1", "ConfigMap", "settings", place.namespace) is None


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("", ["a", "b", "c"]),
        ("app=x", ["a", "b"]),
        ("app==x,tier=web", ["a"]),
        ("app!=x", ["c"]),
        ("app in (x, y)", ["a", "b"]),
        ("app notin (x)", ["c"]),
        ("tier", ["a"]),
        ("!tier", ["b", "c"]),
    ],
)
def test_list_by_label(place: Place, labels: str, names: list[str]) -> None:
    place.cluster.apply(place.config_map("a", {"app": "x", "tier": "web"}))
    place.cluster.apply(place.config_map("b", {"app": "x"}))
    place.cluster.apply(place.config_map("c"))

    assert place.names(labels=labels) == names


def test_list_by_field(place: Place) -> None:
    for name in ("a", "b", "c"):
        place.cluster.apply(place.config_map(name))

    assert place.names(fields="metadata.name=b") == ["b"]
    assert place.names(fields="metadata.name!=b") == ["a", "c"]


def test_a_list_holds_whole_objects(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.cluster.real.PAGE", 2)
    for name in "abcde":
        place.cluster.apply(place.config_map(name, {"app": "x"}))

    found = place.cluster.list("v1", "ConfigMap", place.namespace, labels="app=x")

    assert [item["metadata"]["name"] for item in found] == list("abcde")
    assert {(item["apiVersion"], item["kind"]) for item in found} == {("v1", "ConfigMap")}


def test_a_list_over_all_namespaces(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"))

    found = place.cluster.list("v1", "ConfigMap", fields="metadata.name=settings")
    assert place.namespace in {item["metadata"]["namespace"] for item in found}


def test_owned_objects_go_with_their_owner(place: Place) -> None:
    owner = place.cluster.apply(place.config_map("owner"))
    owned = place.config_map("owned")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    owned["metadata"]["ownerReferences"] = [reference]
    place.cluster.apply(owned)

    place.cluster.delete("v1", "ConfigMap", "owner", place.namespace)

    _until(lambda: place.names() == [])


def test_what_we_are_given_is_a_copy(place: Place) -> None:
    place.cluster.apply(place.config_map(a="1"))["data"]["a"] = "2"
    place.cluster.get("v1", "ConfigMap", "settings", place.namespace)["data"]["a"] = "3"

    assert place.data() == {"a": "1"}


def test_we_may(place: Place) -> None:
    assert place.cluster.may("create", "deployments", group="apps", namespace=place.namespace) is True


def test_the_log_of_a_pod_that_is_not_there_is_empty(place: Place) -> None:
    assert place.cluster.logs(place.namespace, "nothing", "web") == ""


def test_no_connection_to_a_pod_that_is_not_there(place: Place) -> None:
    with pytest.raises(Missing, match="nothing"):
        place.cluster.forward(place.namespace, "nothing", 8080)


def test_there_is_a_node_and_a_default_storage_class(place: Place) -> None:
    assert place.cluster.list("v1", "Node")
    classes = place.cluster.list("storage.k8s.io/v1", "StorageClass")
    mark = "storageclass.kubernetes.io/is-default-class"
    assert any((item["metadata"].get("annotations") or {}).get(mark) == "true" for item in classes)


def test_errors_have_a_way_out(place: Place) -> None:
    with pytest.raises((Missing, Forbidden)) as caught:
        place.cluster.apply({**place.config_map(), "metadata": {"name": "a", "namespace": "no-such-namespace"}})
    assert caught.value.way_out


def _until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
