"""The catalogue: every plan of tests/plans, and what it renders to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import pytest

from wizard.plan.file import load
from wizard.plan.model import Plan
from wizard.render import Rendered, render
from wizard.render.lift import pod_template
from wizard.yaml_files import read_yaml

Object = dict[str, Any]

FILES = sorted(Path(__file__).parent.joinpath("plans").glob("*.yaml"))

every_plan = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
"""Runs a test once for each plan, with the argument `file`."""

PROMISES: dict[str, Callable[[Any], None]] = {}
"""What any plan at all must hold, by the test's name: tests/test_pairs.py asks it of the pairs too."""


def promised(test: Callable[[Any], None]) -> Callable[[Any], None]:
    """Runs a test once for each plan, and is a promise."""
    PROMISES[test.__name__] = test
    return cast(Callable[[Any], None], every_plan(test))


@dataclass(frozen=True)
class Pod:
    """A pod template, and whose it is: `Deployment airflow-scheduler`, or a ConfigMap's key for a worker's."""

    owner: str
    template: Object
    is_worker: bool = False

    @property
    def main(self) -> Object:
        container: Object = self.template["spec"]["containers"][0]
        return container

    @property
    def containers(self) -> list[Object]:
        """All of them, those that run first too."""
        spec = self.template["spec"]
        return [*spec.get("initContainers", []), *spec["containers"]]


class MakesPlan(Protocol):
    """What stands for a plan's file in tests, without being one; it can be hashed."""

    @property
    def stem(self) -> str: ...

    def plan(self) -> Plan: ...


Entry = Path | MakesPlan


@cache
def plan_of(file: Entry) -> Plan:
    return load(file) if isinstance(file, Path) else file.plan()


@cache
def rendered(file: Entry) -> Rendered:
    """To be read only: tests share it."""
    return render(plan_of(file))


def bodies(file: Entry) -> list[Object]:
    return [manifest.body for manifest in rendered(file).manifests]


@cache
def pods(file: Entry) -> list[Pod]:
    """Every pod that will run, the worker's template in its ConfigMap included."""
    return [pod for body in bodies(file) for pod in _pods_of(body)]


def _pods_of(body: Object) -> Iterator[Pod]:
    name = f"{body['kind']} {body['metadata']['name']}"
    template = pod_template(body)
    if template is not None:
        yield Pod(name, template)
    if body["kind"] == "ConfigMap":
        for key, text in body.get("data", {}).items():
            if text.startswith("apiVersion: v1\nkind: Pod\n"):
                yield Pod(f"{name} {key}", read_yaml(text), is_worker=True)
