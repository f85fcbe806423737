"""Odd answers on a real API server: every object is taken, and a text comes back as it was sent."""

import base64

from hypothesis import HealthCheck, given, settings

from tests.catalogue import Object
from tests.hostile import FRAGMENTS, hostile_plans
from tests.test_catalogue_on_cluster import as_pod, moved, pytestmark, try_out
from wizard.cluster.interface import Cluster
from wizard.plan.model import Plan
from wizard.render import render
from wizard.render.lift import pod_template

__all__ = ["pytestmark"]

TEXTS = {str(at): text for at, text in enumerate(FRAGMENTS) if "\udc80" not in text}


@given(hostile_plans())
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_answers_make_objects_that_are_taken(namespace: str, case: tuple[Plan, list[str]]) -> None:
    plan, _ = case
    objects = [moved(manifest.body, plan.namespace, namespace) for manifest in render(plan).manifests]
    try_out(objects, namespace)
    templates = [template for body in objects if (template := pod_template(body))]
    try_out([as_pod(template, f"pod-{at}", namespace) for at, template in enumerate(templates)], namespace)


def test_odd_texts_come_back_as_they_were_sent(cluster: Cluster, namespace: str) -> None:
    def sent(kind: str, data: dict[str, str]) -> Object:
        metadata = {"name": "texts", "namespace": namespace}
        cluster.apply({"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": data})
        found = cluster.get("v1", kind, "texts", namespace)
        assert found is not None
        return found

    assert sent("ConfigMap", TEXTS)["data"] == TEXTS
    data = {key: base64.b64encode(text.encode()).decode() for key, text in TEXTS.items()}
    assert sent("Secret", data)["data"] == data
