"""What a real API server says to every plan of the catalogue. It only tries: nothing is written but the namespace."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import bodies, every_plan, pods
from tests.conftest import KUBECONFIG
from tests.kubectl import kubectl
from tests.pairs import distinct_objects, distinct_pods, renamed
from wizard.render import text_of_manifests

pytestmark = pytest.mark.cluster


def try_out(objects: list[dict[str, Any]], namespace: str) -> None:
    """A server-side dry run. No error may come back and no warning, which is how Pod Security speaks up too."""
    done = kubectl(
        *("apply", "--server-side", "--dry-run=server", "--warnings-as-errors", "--namespace", namespace, "-f", "-"),
        stdin=text_of_manifests(objects),
        kubeconfig=os.environ[KUBECONFIG],
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.count("\n") == len(objects)


def moved(value: Any, old: str, new: str) -> Any:
    """The same for another namespace, in the subjects of role bindings too."""
    if isinstance(value, dict):
        return {
            key: new if (key, below) == ("namespace", old) else moved(below, old, new) for key, below in value.items()
        }
    return [moved(item, old, new) for item in value] if isinstance(value, list) else value


@every_plan
def test_every_object_is_taken(file: Path, namespace: str) -> None:
    objects = bodies(file)
    try_out(moved(objects, objects[0]["metadata"]["namespace"], namespace), namespace)


@every_plan
def test_every_pod_is_let_in(file: Path, namespace: str) -> None:
    """A Deployment is taken whatever its pods are like, so the pods are tried as such."""
    templates = [pod.template for pod in pods(file)]
    assert templates
    try_out([as_pod(template, f"pod-{number}", namespace) for number, template in enumerate(templates)], namespace)


def test_every_object_of_the_pairs_is_taken(namespace: str) -> None:
    objects = [moved(body, body["metadata"]["namespace"], namespace) for body in distinct_objects()]
    try_out(renamed(objects), namespace)


def test_every_pod_of_the_pairs_is_let_in(namespace: str) -> None:
    try_out([as_pod(pod.template, f"pod-{at}", namespace) for at, pod in enumerate(distinct_pods())], namespace)


def as_pod(template: dict[str, Any], name: str, namespace: str) -> dict[str, Any]:
    # The account is an object of the same plan, and not there: a dry run writes nothing.
    spec = {key: value for key, value in template["spec"].items() if key != "serviceAccountName"}
    metadata = {key: value for key, value in template["metadata"].items() if key in ("labels", "annotations")}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**metadata, "name": name, "namespace": namespace},
        "spec": spec,
    }


def test_what_is_not_restricted_is_told(namespace: str) -> None:
    """That the namespace judges at all: without this, the tests above could pass anywhere."""
    plain = {"containers": [{"name": "main", "image": "docker.io/library/busybox:1.37"}]}
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        try_out([as_pod({"metadata": {}, "spec": plain}, "plain", namespace)], namespace)
    labels = {"app": "plain"}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": plain}}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "plain"}, "spec": spec}
    with pytest.raises(AssertionError, match="Warning: would violate PodSecurity"):
        try_out([deployment], namespace)
