"""Seats at once: applied a few at a time, then watched all together. One that fails stops no other."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wizard import apply as applying
from wizard.check import Facts
from wizard.check.facts import look_into, nothing_in
from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.questions import Draft
from wizard.render import render
from wizard.render.manifests import MANAGED_BY
from wizard.threads import as_they_end, in_parallel
from wizard.watch import INTERVAL, Answers, deployments, state, states
from wizard.workshop import limits
from wizard.workshop.prepare import Prepared
from wizard.workshop.seats import LABEL, Seat

READY = "ready"
"""How the text of a seat begins of which all is ready."""

Pods = list[tuple[Object, list[Object]]]
"""Deployments of one namespace, each with its pods."""


def start(cluster: Cluster, prepared: Prepared, timeout: float | None = None) -> Iterator[Row]:
    """Apply the plan to each seat; a row for each when that is done, FAILED where it could not be.

    With a `timeout`, the others are then watched: see `wait`.
    """

    def one(seat: Seat) -> Row:
        new = seat.name in prepared.new
        return _told(cluster, seat, prepared.facts, prepared.workshop if new else "")

    failed = set()
    for row in as_they_end(one, prepared.seats):
        failed |= {row.thing} if row.mark is Mark.FAILED else set()
        yield row if row.thing in failed or timeout is None else replace(row, mark=Mark.WAITING)
    if timeout is not None:
        yield from wait(cluster, [seat for seat in prepared.seats if seat.name not in failed], timeout)


def _told(cluster: Cluster, seat: Seat, facts: Facts, new_in: str) -> Row:
    started = time.monotonic()
    try:
        text = applied(cluster, seat, facts, new_in)
    except UserError as error:
        return Row(seat.name, Mark.FAILED, _line(error.message), time.monotonic() - started, error.way_out)
    return Row(seat.name, Mark.DONE, text, time.monotonic() - started)


def _line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


def applied(cluster: Cluster, seat: Seat, facts: Facts, new_in: str = "") -> str:
    """Apply a seat's plan; what was done, in a few words.

    `facts` are about the cluster and any of its namespaces. `new_in` is the workshop in which the namespace is to be
    made; empty for one that is there. Raises `UserError`.
    """
    rendered = render(seat.plan)
    if new_in:
        facts = nothing_in(facts, seat.name)
        prepared = replace(applying.prepare(cluster, seat.plan, facts=facts), namespace_exists=True)
        cluster.create(_namespace(seat.name, new_in))
        limits.apply(cluster, limits.bodies(rendered, facts))
    else:
        facts = limits.without(look_into(cluster, facts, seat.name))
        # First, lest what the plan has more is refused by the quota of before.
        limits.apply(cluster, limits.bodies(rendered, facts))
        prepared = applying.prepare(cluster, seat.plan, facts=facts)
    if prepared.changes_nothing:
        return "is as the plan says"
    rows = list(applying.apply(cluster, prepared))
    return f"applied, {len(rows)} objects"


def _namespace(name: str, workshop: str) -> Object:
    metadata = {"name": name, "labels": {**MANAGED_BY, LABEL: workshop}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def wait(cluster: Cluster, seats: Sequence[Seat], timeout: float) -> Iterator[Row]:
    """A row whenever a seat's state has changed, until all are ready; after `timeout` seconds FAILED for the others."""
    started, said = time.monotonic(), dict[str, Row]()
    known: dict[str, Answers] = {seat.name: Draft.of(seat.plan).said() for seat in seats}
    while True:
        names = [name for name in known if name not in said or not is_ready(said[name])]
        late = (seconds := time.monotonic() - started) > timeout
        for row in _rows(cluster, names, known, seconds):
            if late and not is_ready(row):
                yield replace(row, mark=Mark.FAILED, text=f"not ready within {timeout:.0f} s: {row.text}")
            elif row.thing not in said or replace(said[row.thing], seconds=row.seconds) != row:
                said[row.thing] = row
                yield row
        if late or all(name in said and is_ready(said[name]) for name in known):
            return
        time.sleep(INTERVAL)


def is_ready(row: Row) -> bool:
    """Whether a seat's row says that all of its components are ready, whatever they lack."""
    return row.text.startswith(READY)


def _rows(cluster: Cluster, names: list[str], known: dict[str, Answers], seconds: float) -> list[Row]:
    found: dict[str, Pods] = {name: [] for name in names}
    for each in deployments(cluster, ""):
        found.get(each[0]["metadata"]["namespace"], []).append(each)
    return in_parallel(lambda name: seat_row(cluster, name, found[name], known[name], seconds), names)


def seat_row(cluster: Cluster, name: str, found: Pods, known: Answers, seconds: float = 0) -> Row:
    """A seat in one row: how many of its components are ready, and what the first of the others waits for.

    One that is ready and lacks something has the mark WARNING, as its components would have.
    """
    rows = states(cluster, found, known, seconds)
    waiting = [row for row in rows if row.mark is not Mark.DONE]
    if not rows:
        return Row(name, Mark.WARNING, "nothing of Airflow is there", seconds)
    if not waiting:
        lacks = (state(cluster, *each, known) for each in found)
        row = next((row for row in lacks if row.mark is not Mark.DONE), Row(name, Mark.DONE, READY, seconds))
        return replace(row, thing=name, seconds=seconds)
    worst = next((row for row in waiting if row.mark is not Mark.WAITING), waiting[0])
    text = f"{len(rows) - len(waiting)}/{len(rows)} ready; {worst.thing.removeprefix('airflow-')}: {worst.text}"
    return Row(name, worst.mark, text, seconds, worst.way_out)


def look_at(cluster: Cluster, plans: dict[str, Answers]) -> list[Row]:
    """The seats as they are now, by name and the answers of the plan that was applied last."""
    return _rows(cluster, list(plans), plans, 0)
