"""The plans that were applied, as the cluster remembers them, and the way back to one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard import record
from wizard.cluster.interface import Cluster
from wizard.errors import Exit, UserError
from wizard.plan.file import parse
from wizard.plan.model import Plan
from wizard.plan.sections.airflow import release
from wizard.plan.shorthand import in_a_line
from wizard.questions import Draft

LONGEST = 40
"""Characters of an answer that is shown; of a longer one only that it changed."""
NONE = "nothing"


@dataclass(frozen=True)
class Entry:
    """One revision, and what set it apart from the one before."""

    revision: record.Revision
    version: str
    """Airflow's; empty where this wizard can't read the plan."""
    changed: tuple[str, ...] = ()
    """Such as `executor.type: local → kubernetes`; of the first that is kept, nothing."""

    def as_data(self) -> dict[str, Any]:
        """For a script."""
        return {
            "revision": self.revision.number,
            "applied": self.revision.at,
            "airflowVersion": self.version,
            "changed": list(self.changed),
        }


def history(cluster: Cluster, namespace: str) -> list[Entry]:
    """The revisions that are kept, oldest first. Raises `UserError` where nothing was applied."""
    found: list[Entry] = []
    before: Plan | None = None
    for revision in _revisions(cluster, namespace):
        plan = record.readable(revision.plan)
        changed = tuple(changes(before, plan)) if before and plan else ()
        found.append(Entry(revision, plan.airflow.version if plan else "", changed))
        before = plan
    return found


def changes(before: Plan, after: Plan) -> Iterator[str]:
    """The answers that differ, by place. Of a choice that was changed, the answers below it go without saying."""
    old, new = Draft.of(before).said(), Draft.of(after).said()
    other: list[str] = []
    for place in [*new, *(place for place in old if place not in new)]:
        if old.get(place) == new.get(place) or any(place.startswith(f"{each}.") for each in other):
            continue
        other.append(place.removesuffix(".type"))
        yield f"{place}: {_change(old, new, place)}"


def _change(old: dict[str, Any], new: dict[str, Any], place: str) -> str:
    if place not in new:
        return "no longer asked"
    texts = [in_a_line(said[place]) or NONE for said in (old, new) if place in said]
    short = all(len(text) <= LONGEST and "\n" not in text for text in texts)
    return " → ".join(texts) if short else "changed"


def earlier(cluster: Cluster, namespace: str, number: int | None = None) -> Plan:
    """The plan of a revision, or of the one before the last. Raises `UserError` where there is none, and where its
    Airflow can't use the database any more."""
    revisions = _revisions(cluster, namespace)
    if number is None and len(revisions) < 2:
        raise UserError(f"Namespace {namespace} has no revision before the one that is applied.", "", Exit.USAGE)
    wanted = _chosen(revisions, revisions[-2].number if number is None else number, namespace)
    plan = parse(wanted.plan, f"the plan of revision {wanted.number}")
    _refuse_older(plan, parse(revisions[-1].plan), wanted.number)
    return plan


def plan_text(cluster: Cluster, namespace: str, number: int) -> str:
    """The plan of a revision as it was applied. Raises `UserError` where there is none."""
    return _chosen(_revisions(cluster, namespace), number, namespace).plan


def _chosen(revisions: tuple[record.Revision, ...], number: int, namespace: str) -> record.Revision:
    found = {each.number: each for each in revisions}
    if number not in found:
        there = ", ".join(map(str, found)) or "none"
        raise UserError(f"Namespace {namespace} has no revision {number}; there are: {there}.", "", Exit.USAGE)
    return found[number]


def _refuse_older(plan: Plan, now: Plan, number: int) -> None:
    """An older Airflow stops at a database that a newer one has migrated."""
    if release(plan.airflow.version) >= release(now.airflow.version):
        return
    older, newer = plan.airflow.version, now.airflow.version
    raise UserError(
        f"Revision {number} is of Airflow {older}, which stops at a database that Airflow {newer} has migrated.",
        f"Keep {newer} and take over the other answers: airflow-wizard history -n {plan.namespace} --plan {number} "
        f"prints them. Or restore the database from before {newer}, and apply that plan.",
    )


def _revisions(cluster: Cluster, namespace: str) -> tuple[record.Revision, ...]:
    known = record.read(cluster, namespace)
    if known is None:
        raise record.nothing_applied(namespace)
    return known.revisions
