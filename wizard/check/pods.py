"""The pods that a plan will run, and what each asks of a node."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from wizard.check.quantity import number
from wizard.cluster.interface import Object
from wizard.render import Rendered
from wizard.render.lift import pod_template
from wizard.yaml_files import read_yaml

ZERO = Decimal(0)
GROUPS = ("the control plane", "the database", "tasks")
"""Pods that are placed alike, as sentences name them."""


@dataclass(frozen=True)
class Amount:
    """CPU in cores and memory in bytes."""

    cpu: Decimal = ZERO
    memory: Decimal = ZERO

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.cpu + other.cpu, self.memory + other.memory)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.cpu - other.cpu, self.memory - other.memory)

    def __mul__(self, times: int) -> "Amount":
        return Amount(self.cpu * times, self.memory * times)

    def at_least(self, other: "Amount") -> "Amount":
        """The larger of each."""
        return Amount(max(self.cpu, other.cpu), max(self.memory, other.memory))

    def holds(self, other: "Amount") -> bool:
        """Whether there is room for it."""
        return self.cpu >= other.cpu and self.memory >= other.memory


@dataclass(frozen=True)
class PlannedPod:
    """A pod template of the plan, and how many pods of it will run."""

    name: str
    role: str
    """`control-plane`, `database`, `broker` or `tasks`."""
    template: Object
    count: int
    """0 for the pods of tasks: as many as there are tasks."""

    @property
    def group(self) -> str:
        """One of `GROUPS`."""
        return {"database": GROUPS[1], "tasks": GROUPS[2]}.get(self.role, GROUPS[0])

    @property
    def section(self) -> str:
        """The part of the plan that places it."""
        return "nodes.tasks" if self.role == "tasks" else "nodes.controlPlane"

    @property
    def spec(self) -> Object:
        spec: Object = self.template["spec"]
        return spec

    @property
    def asks(self) -> Amount:
        """What the scheduler keeps free for one."""
        return asked(self.spec)


def planned(rendered: Rendered) -> list[PlannedPod]:
    """All pods of a plan: those of Deployments, and the template of task pods, wherever it is kept."""
    found = [pod for manifest in rendered.manifests for pod in _of(manifest.body)]
    return [*found, *(_task(_parsed(text)) for text in rendered.in_image.values() if _is_pod(text))]


def _of(body: Object) -> Iterator[PlannedPod]:
    template = pod_template(body)
    if template is not None:
        role = template["metadata"]["labels"]["airflow-wizard/role"]
        yield PlannedPod(body["metadata"]["name"], role, template, body["spec"].get("replicas", 1))
    if body["kind"] == "ConfigMap":
        yield from (_task(_parsed(text)) for text in body.get("data", {}).values() if _is_pod(text))


@lru_cache(maxsize=8)
def _parsed(text: str) -> Object:
    """A template out of a file, to be read only: whoever types asks for the same one again and again."""
    pod: Object = read_yaml(text)
    return pod


def _is_pod(text: str) -> bool:
    return text.startswith("apiVersion: v1\nkind: Pod\n")


def _task(pod: Object) -> PlannedPod:
    return PlannedPod("a task's pod", "tasks", pod, 0)


def containers(spec: Object) -> list[Object]:
    """All of them, those that run first too."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def says(container: Object, what: str, resource: str) -> bool:
    """Whether a container says its `requests` or `limits` of a resource; a limit alone is taken for the request too."""
    resources = container.get("resources") or {}
    said = resource in (resources.get(what) or {})
    return said or (what == "requests" and resource in (resources.get("limits") or {}))


def asked(spec: Object, what: str = "requests") -> Amount:
    """What a pod asks for, by the scheduler's rule: the containers together, or the largest that runs before them.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    beside, first = Amount(), Amount()
    for container in spec.get("initContainers") or []:
        own = _amount(container, what)
        if container.get("restartPolicy") == "Always":
            beside += own
            first = first.at_least(beside)
        else:
            first = first.at_least(beside + own)
    for container in spec.get("containers") or []:
        beside += _amount(container, what)
    overhead = spec.get("overhead") or {}
    return first.at_least(beside) + _of_mapping(overhead)


def _amount(container: Object, what: str) -> Amount:
    resources = container.get("resources") or {}
    wanted = resources.get(what) or {}
    if what == "requests":  # as the API server: what has only a limit asks for that
        wanted = {**(resources.get("limits") or {}), **wanted}
    return _of_mapping(wanted)


def _of_mapping(quantities: dict[str, Any]) -> Amount:
    return Amount(number(quantities.get("cpu", 0)), number(quantities.get("memory", 0)))


def all_pods(pods: list[PlannedPod]) -> Amount:
    """What those that stay ask for together."""
    total = Amount()
    for pod in pods:
        total += pod.asks * pod.count
    return total
