"""A seat as if nobody had sat there: all of Airflow goes, data and Secrets included, and is applied again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wizard import delete, record
from wizard.check import Facts, check, every_right, look, refuse
from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.render import render
from wizard.workshop.limits import without
from wizard.workshop.seats import Seat, workshop_of
from wizard.workshop.start import applied


@dataclass(frozen=True)
class ToReset:
    """A seat, and what goes. Nothing was written yet."""

    seat: Seat
    goes: delete.Prepared
    facts: Facts


def prepare_reset(cluster: Cluster, name: str) -> ToReset:
    """Look up what the seat has. Raises `UserError` for what is no seat, and where its plan could not be applied again:
    what is brought from a file or a variable must be at hand."""
    space = cluster.get("v1", "Namespace", name)
    if space is None or not workshop_of(space):
        raise UserError(f"{name} is no seat of a workshop.", "airflow-wizard workshop status lists the seats.")
    if record.read(cluster, name) is None:
        raise UserError(f"Nothing is applied in seat {name}.", "airflow-wizard workshop start goes on with it.")
    plan = record.applied_plan(cluster, name)
    facts = without(look(cluster, name, every_right()))
    refuse(check(render(plan), _without_ours(facts)))
    goes = replace(delete.prepare(cluster, name, purge=True), namespace_goes=False)
    return ToReset(Seat(name, plan), goes, facts)


def _without_ours(facts: Facts) -> Facts:
    """As the namespace will be when what is ours has gone."""

    def others(objects: list[Object] | None) -> list[Object] | None:
        return None if objects is None else [body for body in objects if not record.is_ours(body)]

    there = {kind: others(objects) for kind, objects in facts.there.items()}
    return replace(facts, there=there, claims=others(facts.claims))


def reset(cluster: Cluster, prepared: ToReset, timeout: float) -> Iterator[Row]:
    """Delete, wait until it is gone, and apply again with new Secrets. Raises `UserError`.

    Cut off after the record has gone, `start` goes on with the seat.
    """
    yield from delete.delete(cluster, prepared.goes, timeout)
    yield Row(prepared.seat.name, Mark.DONE, applied(cluster, prepared.seat, prepared.facts), 0)
