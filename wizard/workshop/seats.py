"""Seats: their names, the plan of each, and those that the cluster has."""

import re
from dataclasses import dataclass
from typing import Any

from wizard.cluster.interface import Cluster, Object
from wizard.errors import Exit, UserError
from wizard.plan.file import answers_of, complete
from wizard.plan.model import Plan
from wizard.plan.profiles import Answers
from wizard.record import is_ours

LABEL = "airflow-wizard/workshop"
"""On the namespace of each seat; its value is the workshop's name."""
NAME = "workshop"
"""A workshop's name unless somebody gives another; the seats' names begin with it."""
MOST = 500
"""Seats of one workshop: more is a slip of the finger."""
PLACEHOLDER = "{seat}"
"""In any answer of the plan's file, the seat's name."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?")


@dataclass(frozen=True)
class Seat:
    """A namespace with an Airflow for one person."""

    name: str
    """Of the namespace, such as `workshop-07`."""
    plan: Plan


@dataclass(frozen=True)
class Found:
    """The namespace of a seat that the cluster has."""

    name: str
    made_by_us: bool


def plans(answers: Answers, workshop: str, count: int, where: str = "the plan") -> list[Seat]:
    """A plan for each of `count` seats: the same answers with `{seat}` filled in, and the seat's namespace.

    The page shows the seat's name. Raises `UserError` for a bad name or number, `PlanErrors` for a bad plan.
    """
    if not _NAME.fullmatch(workshop):
        raise UserError(
            f"{workshop!r} cannot begin the name of a namespace.",
            "Take at most 52 small letters, digits and hyphens for --name.",
            Exit.USAGE,
        )
    if not 1 <= count <= MOST:
        raise UserError(f"A workshop has 1 to {MOST} seats.", "Say how many with --seats.", Exit.USAGE)
    return [_seat(answers, f"{workshop}-{number:02d}", where) for number in range(1, count + 1)]


def _seat(answers: Answers, name: str, where: str) -> Seat:
    plan = complete({**_filled(answers, name), "namespace": name}, where)
    shown = plan.airflow.instance_name
    if shown is None or name not in shown:
        said = answers_of(plan)
        airflow = {**said.get("airflow", {}), "instanceName": f"{shown} {name}" if shown else name}
        plan = complete({**said, "airflow": airflow}, where)
    return Seat(name, plan)


def _filled(answers: Any, name: str) -> Any:
    if isinstance(answers, dict):
        return {key: _filled(value, name) for key, value in answers.items()}
    if isinstance(answers, list):
        return [_filled(value, name) for value in answers]
    return answers.replace(PLACEHOLDER, name) if isinstance(answers, str) else answers


def seats_there(cluster: Cluster, workshop: str) -> list[Found]:
    """The seats of a workshop that the cluster has, in the order of their numbers."""
    spaces = cluster.list("v1", "Namespace", labels=f"{LABEL}={workshop}", metadata_only=True)
    found = [Found(space["metadata"]["name"], is_ours(space)) for space in spaces]
    return sorted(found, key=lambda seat: in_order(seat.name))


def in_order(name: str) -> tuple[int, str]:
    """By length first: `workshop-100` comes after `workshop-99`."""
    return len(name), name


def workshop_of(space: Object) -> str:
    """The name of the workshop that a namespace is a seat of; empty for one that is no seat."""
    return str((space["metadata"].get("labels") or {}).get(LABEL, ""))
