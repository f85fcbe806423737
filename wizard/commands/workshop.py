"""`airflow-wizard workshop`: one plan for many people, a namespace each."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import (
    DEFAULT_FILE,
    add_cluster,
    add_output,
    add_timeout,
    add_yes,
    boolean,
    cluster_of,
    confirm,
    say,
    say_rows,
)
from wizard.errors import Exit
from wizard.progress import Mark, Row

if TYPE_CHECKING:
    from wizard.cluster.interface import Cluster
    from wizard.workshop import Prepared

PER_SECOND, BURST = 50, 300
"""Requests to the API server, as kubectl has it."""


class Command:
    """Seats: started, looked at, begun anew, and ended."""

    help = "one plan in many namespaces, a seat for each person: start, status, reset, end"

    def options(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(metavar="VERB", required=True)
        start = verbs.add_parser("start", help="apply a plan to each seat; run again, it goes on, or adds seats")
        start.add_argument("--seats", type=int, required=True, metavar="N", help="how many")
        start.add_argument("-f", "--filename", metavar="PLAN", help=f"the plan; - is stdin (default: {DEFAULT_FILE})")
        start.add_argument("-o", "--output", metavar="DIR", help="the hand-out as Markdown and CSV (default: stdout)")
        _add_wait(start)
        status = verbs.add_parser("status", help="say how the seats are; exit code 1 where one isn't ready")
        add_output(status)
        reset = verbs.add_parser("reset", help="delete a seat's Airflow with its data and Secrets, and apply it again")
        reset.add_argument("seat", metavar="SEAT", help="such as workshop-07")
        _add_wait(reset)
        end = verbs.add_parser("end", help="delete the namespaces of all seats")
        add_yes(end)
        add_timeout(end, "10m")
        for verb, run in ((start, _start), (status, _status), (reset, _reset), (end, _end)):
            if verb is not reset:
                verb.add_argument("--name", default="workshop", help="its seats' names begin with it (workshop)")
            add_cluster(verb)
            verb.set_defaults(verb=run)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.cluster.pace import Pace
        from wizard.plan.file import read

        if "filename" in options:
            options.answers = read(Path(options.filename or DEFAULT_FILE))  # before any look for a cluster
        code: int = options.verb(cluster_of(options, Pace(PER_SECOND, BURST)), options)
        return code


def _add_wait(parser: argparse.ArgumentParser) -> None:
    add_yes(parser)
    add_timeout(parser, "15m")
    parser.add_argument(
        "--wait", type=boolean, nargs="?", const=True, default=True, help="wait until all is ready (true)"
    )


def _start(cluster: "Cluster", options: argparse.Namespace) -> int:
    from wizard.commands.table import say_table
    from wizard.plan.file import name_of
    from wizard.workshop import hand_out, plans, prepare, start

    path = Path(options.filename or DEFAULT_FILE)
    seats = plans(options.answers, options.name, options.seats, name_of(path))
    files = hand_out.files(options.name, seats)
    if options.output:
        hand_out.refuse_taken(files, Path(options.output))
    prepared = prepare(cluster, options.name, seats)
    _show(cluster, prepared)
    if not confirm(f"Start {len(seats)} seats?" if len(seats) > 1 else "Start this seat?", options, cluster):
        say("nothing was changed")
        return Exit.FAILED
    rows = start(cluster, prepared, options.timeout if options.wait else None)
    names = [seat.name for seat in seats]
    with told_at_interrupt(names) as so_far:
        last = say_table(so_far.noted(rows), names)
    _hand_out(files, options.output)
    return _told(last)


def _show(cluster: "Cluster", prepared: "Prepared") -> None:
    """Where, how many, and what the checks found."""
    seats = prepared.seats
    there = len(seats) - len(prepared.new)
    names = seats[0].name + (f" to {seats[-1].name}" if len(seats) > 1 else "")
    say(f"context    {cluster.context}\nAPI server {cluster.server}")
    say(f"seats      {names}: {len(prepared.new)} new" + (f", {there} there already" if there else ""))
    if prepared.more:
        count = len(prepared.more)
        say(f"           {count} more there, {prepared.more[0]} to {prepared.more[-1]}: they stay as they are")
    for finding in prepared.findings:
        if finding.mark is not Mark.DONE or finding.check == "size":
            say("\n".join(finding.lines()))


def _hand_out(files: dict[str, str], folder: str | None) -> None:
    from wizard.workshop import hand_out

    if folder is None:
        print(files[hand_out.MARKDOWN], end="")
        return
    hand_out.write(files, Path(folder))
    say(f"hand-out   {', '.join(str(Path(folder, name)) for name in files)}")


def _told(last: dict[str, Row]) -> int:
    """At the end, what failed and why."""
    from wizard.commands.table import WIDTH

    failed = [row for row in last.values() if row.mark is Mark.FAILED]
    if not failed:
        return Exit.OK
    say(f"{len(failed)} of {len(last)} seats failed; the same command goes on with them:")
    for row in failed:
        say(row.line(WIDTH))
    return Exit.FAILED


def _status(cluster: "Cluster", options: argparse.Namespace) -> int:
    from wizard.threads import in_parallel
    from wizard.watch import answers
    from wizard.workshop import is_ready, look_at, seats_there

    names = [seat.name for seat in seats_there(cluster, options.name)]
    known = in_parallel(lambda name: answers(cluster, name), names)
    rows = look_at(cluster, dict(zip(names, known, strict=True)))
    if options.output == "json":
        print(json.dumps([_as_data(row) for row in rows], indent=2, ensure_ascii=False))
    elif not rows:
        say(f"workshop {options.name} has no seats")
    for row in rows if options.output == "text" else []:
        print(f"{row.mark} {row.thing:<16} {row.text}" + (f"\n{'':<19}→ {row.way_out}" if row.way_out else ""))
    return Exit.OK if all(is_ready(row) for row in rows) else Exit.FAILED


def _as_data(row: Row) -> dict[str, object]:
    from wizard.workshop import is_ready

    return {"seat": row.thing, "ready": is_ready(row), "text": row.text, "wayOut": row.way_out}


def _reset(cluster: "Cluster", options: argparse.Namespace) -> int:
    from wizard.workshop import prepare_reset, reset, wait

    prepared = prepare_reset(cluster, options.seat)
    say(f"context    {cluster.context}\nAPI server {cluster.server}\nseat       {options.seat}")
    things = [f"{body['kind']} {body['metadata']['name']}" for body in prepared.goes.goes]
    for thing in things:
        say(f"  - {thing}")
    if not confirm("Delete this, data and Secrets included, and apply it again?", options, cluster):
        say("nothing was changed")
        return Exit.FAILED
    last: dict[str, Row] = {}
    with told_at_interrupt(things) as so_far:
        say_rows(so_far.noted(reset(cluster, prepared, options.timeout)))
        for row in so_far.noted(wait(cluster, [prepared.seat], options.timeout)) if options.wait else ():
            last[row.thing] = row
            say(row.line())
    return _told(last)


def _end(cluster: "Cluster", options: argparse.Namespace) -> int:
    from wizard.commands.table import say_table
    from wizard.workshop import end, seats_there

    seats = seats_there(cluster, options.name)
    goes = [seat.name for seat in seats if seat.made_by_us]
    say(f"context    {cluster.context}\nAPI server {cluster.server}")
    for seat in seats:
        say(
            f"  - Namespace {seat.name}, with all that is in it" if seat.made_by_us else f"  stays: {_stays(seat.name)}"
        )
    if not goes:
        say(f"workshop {options.name} has no seats to delete")
        return Exit.OK
    if not confirm(f"Delete {len(goes)} namespaces, data included?", options, cluster):
        say("nothing was changed")
        return Exit.FAILED
    with told_at_interrupt(goes) as so_far:
        return _told(say_table(so_far.noted(end(cluster, goes, options.timeout)), goes))


def _stays(name: str) -> str:
    return f"Namespace {name}: the wizard did not make it (airflow-wizard delete --purge -n {name} empties it)"
