"""Whether a plan fits a workshop: what seats can't share, what each must have, how many the nodes have room for."""

from collections.abc import Iterator
from dataclasses import replace

from wizard.check import Facts, Finding, check
from wizard.check.facts import Right
from wizard.check.nodes import RESOURCE_DOCS, one_by_one, place, refusal, rooms
from wizard.check.pods import planned
from wizard.check.size import Sums, sums
from wizard.deploy_key import is_made
from wizard.plan.model import Plan
from wizard.plan.sections.database import Server
from wizard.plan.sections.logs import S3, Wasb
from wizard.progress import Mark
from wizard.render import Rendered, render
from wizard.workshop.seats import LABEL, PLACEHOLDER, Seat

CHECK = "seats"
RIGHTS = (
    Right("patch", "resourcequotas"),
    Right("patch", "limitranges"),
    Right("create", "namespaces", cluster_wide=True),
    Right("delete", "namespaces", cluster_wide=True),
    Right("list", "deployments", "apps", cluster_wide=True),
    Right("list", "pods", cluster_wide=True),
)
"""What a workshop needs beside the rights that each seat's plan needs."""


def judge(seats: list[Seat], new: list[Seat], facts: Facts) -> list[Finding]:
    """All that is to be said of the workshop, by what is known of the namespace of its first new seat, or its first."""
    first = (new or seats)[0]
    rendered = render(first.plan)
    there = [secret for secret in rendered.secrets if secret.existing] if new else []
    judged = replace(rendered, secrets=[each for each in rendered.secrets if each not in there])
    return [
        *_rights(facts),
        *_shared(seats),
        *(_outside(each.label or each.name, each.answer, new) for each in there),
        *(finding for finding in check(judged, facts) if finding.check != "size"),
        *_room(rendered, facts, len(seats), len(new)),
    ]


def _rights(facts: Facts) -> Iterator[Finding]:
    missing = [f"{right.verb} {right.kind}" for right in RIGHTS if not facts.rights.get(right, True)]
    if missing:
        way_out = "Have whoever administers the cluster run the workshop, or grant you these in a ClusterRole."
        yield Finding(CHECK, Mark.FAILED, f"You may not {', '.join(missing)}.", way_out)


def _shared(seats: list[Seat]) -> Iterator[Finding]:
    """What would be the same for all seats, and must not be."""
    one, other = seats[0].plan, seats[-1].plan
    if is_made(one):
        yield Finding(
            CHECK,
            Mark.FAILED,
            "Each seat would make a deploy key of its own, and the Git host would have to be told of every one.",
            "Take one key for all from a file: dags.credentials.privateKey {type: file, path: PATH}.",
            place="dags.credentials.privateKey",
        )
    if len(seats) == 1:
        return
    of_other = {place: what for place, what, _ in _apart(other)}
    for answer, what, why in _apart(one):
        if of_other[answer] == what:
            way_out = f"Put {PLACEHOLDER}, which stands for the seat's name, into {answer}, in quotes."
            yield Finding(CHECK, Mark.FAILED, f"All seats would have {why} {what}.", way_out, place=answer)


def _apart(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """By the answer that can tell seats apart, what each must have for itself."""
    if plan.access.public_url:
        yield "access.publicUrl", plan.access.public_url, "the page at"
    if isinstance(plan.database, Server):
        database = plan.database
        yield "database.name", f"{database.name} at {database.host}:{database.port}", "their tables in database"
    if isinstance(plan.logs, S3 | Wasb):
        store = plan.logs.bucket if isinstance(plan.logs, S3) else plan.logs.container
        yield "logs.prefix", f"{store}/{plan.logs.prefix}", "the logs of tasks of the same name in"


def _outside(secret: str, answer: str, new: list[Seat]) -> Finding:
    """A Secret that somebody else makes can't be in a namespace that isn't there."""
    name = new[0].name
    return Finding(
        CHECK,
        Mark.FAILED,
        f"Secret {secret} must be in each seat's namespace ({answer}), and {_count(len(new))} not there yet.",
        "Answer with a file or a variable, which goes to each seat; or make the namespaces with the Secret first: "
        f"kubectl create namespace {name} && kubectl label namespace {name} {LABEL}={name.rpartition('-')[0]}",
        place=answer,
    )


def _count(new: int) -> str:
    return "1 of these is" if new == 1 else f"{new} of these are"


def _room(rendered: Rendered, facts: Facts, seats: int, new: int) -> Iterator[Finding]:
    one = sums(rendered)
    storage, asks = one.storage * seats, one.asks * seats
    yield Finding("size", Mark.DONE, f"all seats: {Sums(one.pods * seats, asks, storage, one.task).sentence()}")
    if not new or facts.nodes is None:
        return  # of nodes that may not be looked at, another check tells
    fits, seen = (
        seats_that_fit(rendered, facts, new),
        "" if facts.used is not None else " (what else runs there could not be seen)",
    )
    whose = "the new seat" if new == 1 else f"all {new} new seats"
    if fits == new:
        yield Finding("nodes", Mark.DONE, f"there is room for {whose}{seen}")
        return
    yield Finding(
        "nodes",
        Mark.WARNING,
        f"The nodes have room for {fits} of {new} new seats{seen}; pods of the others would wait.",
        "Start fewer with --seats, or add nodes; a cluster that adds nodes by itself will.",
        RESOURCE_DOCS,
    )


def seats_that_fit(rendered: Rendered, facts: Facts, wanted: int) -> int:
    """How many times all that stays of a plan fits on the nodes, up to `wanted`."""
    pods = [pod for pod in one_by_one(planned(rendered)) if pod.role != "tasks"]
    free = rooms(facts)
    admit = {pod.name: [room for room in free if not refusal(room.node, pod.spec)] for pod in pods}
    for seat in range(wanted):
        for room in free:
            room.guests.clear()  # pods keep apart from those of their own namespace alone
        if not all(place(pod, admit[pod.name]) for pod in pods):
            return seat
    return wanted
