""" "Why is this here": every line has its file, and the answer that brought it in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import every_plan, plan_of, rendered
from wizard.blueprints_folder import BLUEPRINTS
from wizard.plan.file import parse
from wizard.render import Manifest, render
from wizard.render.trace import Origin, Trace, item_part
from wizard.render.trace import Path as Place

LAPTOP = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
MAIN = ("spec", "template", "spec", "containers")


def leaves(value: Any, path: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(value, list) and value:
        for index, below in enumerate(value):
            yield from leaves(below, (*path, item_part(path, value, index)))
    else:
        yield path


@every_plan
def test_every_line_has_its_file_and_its_answer(file: Path) -> None:
    dumped = plan_of(file).model_dump(mode="json")
    for manifest in rendered(file).manifests:
        for path in leaves(manifest.body):
            origin = manifest.trace.of(path)
            assert (BLUEPRINTS / origin.file).is_file(), (manifest.label, path)
            folder = Path(origin.file).parent
            if folder != Path("airflow"):
                assert origin.answer or folder == Path("nodes"), (manifest.label, path)
            value: Any = dumped
            for part in filter(None, origin.answer.split(".")):
                assert part in value, (manifest.label, path, origin.answer)
                value = value[part]


def manifest(answers: str, label: str) -> Manifest:
    return next(each for each in render(parse(LAPTOP + answers)).manifests if each.label == label)


@pytest.mark.parametrize(
    ("label", "path", "file", "answer"),
    [
        ("Deployment airflow-scheduler", (*MAIN, "scheduler", "args"), "airflow/scheduler.deployment.yaml", ""),
        ("Deployment airflow-scheduler", (*MAIN, "scheduler", "envFrom"), "airflow/airflow.pod.patch.yaml", ""),
        (
            "Deployment airflow-scheduler",
            (*MAIN, "scheduler", "ports", "8793", "name"),
            "executor/local/scheduler.patch.yaml",
            "executor.type",
        ),
        (
            "Deployment airflow-scheduler",
            (*MAIN, "scheduler", "env", "POSTGRES_HOST", "valueFrom", "configMapKeyRef", "key"),
            "database/postgresql-client/connection.pod.patch.yaml",
            "database.type",
        ),
        (
            "Deployment postgres-db",
            (*MAIN, "postgres", "image"),
            "database/postgresql/postgres-db.deployment.yaml",
            "database.image",
        ),
        (
            "Deployment postgres-db",
            ("spec", "template", "spec", "volumes", "data", "persistentVolumeClaim", "claimName"),
            "database/postgresql/storage/claim/data.patch.yaml",
            "database.storage.type",
        ),
        (
            "PersistentVolumeClaim postgres-db",
            ("spec", "resources", "requests", "storage"),
            "database/postgresql/storage/claim/postgres-db.claim.yaml",
            "database.storage.size",
        ),
        ("ConfigMap airflow-scripts", ("data", "migrate.py"), "airflow/migrate.py", ""),
        (
            "ConfigMap airflow-scripts",
            ("data", "airflow_database.py"),
            "database/postgresql-client/airflow_database.py",
            "database.type",
        ),
        ("ConfigMap airflow-config", ("metadata", "namespace"), "airflow/airflow-config.yaml", "namespace"),
        (
            "Deployment airflow-scheduler",
            ("spec", "template", "spec", "nodeSelector", "pool"),
            "nodes/control-plane.pod.patch.yaml",
            "nodes.controlPlane.nodeSelector",
        ),
    ],
)
def test_why_is_this_here(label: str, path: Place, file: str, answer: str) -> None:
    found = manifest("nodes: {controlPlane: {nodeSelector: {pool: a}}}", label)
    assert path in leaves(found.body) or any(leaf[: len(path)] == path for leaf in leaves(found.body))
    assert found.trace.of(path) == Origin(file, answer)


def test_a_place_has_the_origin_of_what_is_above_it() -> None:
    trace = Trace(Origin("base.yaml"))
    trace.set(("spec", "a"), Origin("one.yaml"))
    trace.answered(("spec", "a", "b"), "some.answer")
    assert trace.of(("kind",)) == Origin("base.yaml")
    assert trace.of(("spec", "a", "c", 3)) == Origin("one.yaml")
    assert trace.of(("spec", "a", "b", "d")) == Origin("one.yaml", "some.answer")
    trace.set(("spec",), Origin("two.yaml"))
    assert trace.of(("spec", "a", "b")) == Origin("two.yaml")


@pytest.mark.parametrize(
    ("path", "items", "part"),
    [
        (("spec", "containers"), [{"name": "web"}], "web"),
        (("containers", "web", "ports"), [{"containerPort": 80}], "80"),
        (("containers", "web", "ports"), [{"containerPort": 53, "protocol": "UDP"}], "53/UDP"),
        (("spec", "ports"), [{"port": 80, "name": "http"}], "80"),
        (("spec", "tolerations"), [{"key": "a"}], 0),
        (("env",), [{"name": "A"}, "odd"], 0),
        (("args",), ["a"], 0),
    ],
)
def test_items_are_named_as_kubernetes_tells_them_apart(path: Place, items: list[Any], part: str | int) -> None:
    assert item_part(path, items, 0) == part
