"""What starting a workshop would do, before anything is written."""

from dataclasses import dataclass

from wizard.check import Facts, Finding, every_right, look, refuse
from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.workshop.fitness import RIGHTS, judge
from wizard.workshop.limits import without
from wizard.workshop.seats import Seat, in_order, workshop_of


@dataclass(frozen=True)
class Prepared:
    """The seats that were asked for, and what is known of the cluster. Nothing was written yet."""

    workshop: str
    seats: list[Seat]
    new: frozenset[str]
    """Names of those whose namespace isn't there."""
    more: list[str]
    """Seats of this workshop beyond those asked for: they stay as they are."""
    facts: Facts
    """Of the cluster, and of one seat's namespace."""
    findings: list[Finding]


def prepare(cluster: Cluster, workshop: str, seats: list[Seat]) -> Prepared:
    """Look at the cluster once for all seats. Raises `UserError` where a check says that it can't work."""
    spaces = {space["metadata"]["name"]: space for space in cluster.list("v1", "Namespace", metadata_only=True)}
    wanted = {seat.name for seat in seats}
    taken = [name for name in wanted if name in spaces and workshop_of(spaces[name]) != workshop]
    if taken:
        raise UserError(
            f"{', '.join(sorted(taken, key=in_order))}: there already, and no seat of workshop {workshop}.",
            "Give the workshop another name with --name.",
        )
    new = [seat for seat in seats if seat.name not in spaces]
    facts = without(look(cluster, (new or seats)[0].name, [*every_right(), *RIGHTS]))
    findings = judge(seats, new, facts)
    refuse(findings)
    more = [name for name, space in spaces.items() if workshop_of(space) == workshop and name not in wanted]
    new_names = frozenset(seat.name for seat in new)
    return Prepared(workshop, seats, new_names, sorted(more, key=in_order), facts, findings)
