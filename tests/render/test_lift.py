"""Pod patches: which pods they select, and what they become for each kind of workload."""

from typing import Any

import pytest

from wizard.render.lift import lift, lifted_path, pod_template, selects

Object = dict[str, Any]
LABELS = {"component": "scheduler", "role": "control-plane"}


def expression(key: str, operator: str, *values: str) -> Object:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ({}, True),
        ({"matchLabels": {"role": "control-plane"}}, True),
        ({"matchLabels": {"role": "control-plane", "component": "scheduler"}}, True),
        ({"matchLabels": {"role": "control-plane", "component": "api-server"}}, False),
        ({"matchLabels": {"tier": "x"}}, False),
        (expression("role", "In", "tasks", "control-plane"), True),
        (expression("role", "In", "tasks"), False),
        (expression("tier", "In", "x"), False),
        (expression("role", "NotIn", "tasks"), True),
        (expression("role", "NotIn", "control-plane"), False),
        (expression("tier", "NotIn", "x"), True),
        (expression("role", "Exists"), True),
        (expression("tier", "Exists"), False),
        (expression("tier", "DoesNotExist"), True),
        (expression("role", "DoesNotExist"), False),
        ({"matchLabels": {"role": "control-plane"}, **expression("component", "In", "triggerer")}, False),
    ],
)
def test_selects_as_kubernetes_does(selector: Object, matches: bool) -> None:
    assert selects(selector, LABELS) is matches


def test_an_unknown_operator_is_a_bug() -> None:
    with pytest.raises(ValueError, match="'Gt'"):
        selects(expression("role", "Gt", "1"), LABELS)


POD = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "scheduler"}, {"name": "sidecar"}]}}
PATCH = {
    "selector": {"matchLabels": {"role": "control-plane"}},
    "template": {
        "metadata": {"annotations": {"a": "b"}},
        "spec": {
            "enableServiceLinks": False,
            "containers": [{"name": "airflow", "image": "a:1"}, {"name": "git-sync"}],
        },
    },
}
LIFTED = {
    "metadata": {"annotations": {"a": "b"}},
    "spec": {"enableServiceLinks": False, "containers": [{"name": "scheduler", "image": "a:1"}, {"name": "git-sync"}]},
}


def workload(kind: str, **fields: Any) -> Object:
    return {"apiVersion": "x/v1", "kind": kind, "metadata": {"name": "web"}, **fields}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
def test_is_lifted_to_the_template(kind: str) -> None:
    target = workload(kind, spec={"replicas": 1, "template": POD})
    assert lift(PATCH, target) == workload(kind, spec={"template": LIFTED})


def test_is_lifted_to_a_cron_jobs_template() -> None:
    target = workload("CronJob", spec={"jobTemplate": {"spec": {"template": POD}}})
    assert lift(PATCH, target) == workload("CronJob", spec={"jobTemplate": {"spec": {"template": LIFTED}}})


def test_of_a_pod_everything_is_the_template() -> None:
    target = {"apiVersion": "v1", "kind": "Pod", **POD, "metadata": {"name": "worker", "labels": LABELS}}
    lifted = {**LIFTED, "metadata": {"name": "worker", "annotations": {"a": "b"}}}
    assert lift(PATCH, target) == {"apiVersion": "v1", "kind": "Pod", **lifted}


def test_leaves_alone_what_it_does_not_select() -> None:
    other = {**POD, "metadata": {"labels": {"role": "tasks"}}}
    assert lift(PATCH, workload("Deployment", spec={"template": other})) is None
    assert lift(PATCH, workload("ConfigMap", data={})) is None
    assert lift(PATCH, workload("Deployment", spec={"template": {**POD, "metadata": {}}})) is None


def test_pods_are_found_where_they_are() -> None:
    assert pod_template(workload("Service", spec={})) is None
    assert pod_template(workload("Deployment", spec={"template": POD})) is POD


def test_one_may_stand_for_every_container() -> None:
    every = [{"name": "*", "securityContext": {"runAsUser": None}}]
    patch = {"template": {"spec": {"initContainers": every, "containers": every}}}
    lifted = lift(patch, workload("Deployment", spec={"template": POD}))
    assert lifted is not None
    without = [{"name": name, "securityContext": {"runAsUser": None}} for name in ("scheduler", "sidecar")]
    assert lifted["spec"]["template"]["spec"] == {"containers": without}, "of no init container, nothing is said"


@pytest.mark.parametrize(
    ("place", "lifted"),
    [
        (("metadata", "labels", "a"), ("spec", "template", "metadata", "labels", "a")),
        (("spec", "containers", "airflow", "image"), ("spec", "template", "spec", "containers", "scheduler", "image")),
        (("spec", "containers", "git-sync"), ("spec", "template", "spec", "containers", "git-sync")),
        (("spec", "initContainers", "airflow"), ("spec", "template", "spec", "initContainers", "airflow")),
    ],
)
def test_says_where_a_place_goes(place: tuple[str, ...], lifted: tuple[str, ...]) -> None:
    assert lifted_path(("template", *place), workload("Deployment", spec={"template": POD})) == lifted
