"""`airflow-wizard rehearse`: short-lived pods try the answers before they are applied."""

import argparse
import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from wizard.commands.options import (
    add_cluster,
    add_plan,
    add_timeout,
    add_yes,
    cluster_of,
    confirm,
    plan_of,
    say,
    say_rows,
)
from wizard.errors import Exit
from wizard.progress import Mark, Row

if TYPE_CHECKING:
    from wizard.cluster.interface import Cluster
    from wizard.rehearse import Outcome, Prepared

PATIENCE = 180
"""Seconds for all pods together, unless somebody says something else."""

WIDTH = 9
"""Columns for the question in a row."""


class Command:
    """Try the answers in pods that are removed again."""

    help = "try a plan's answers in short-lived pods: repository, database, logs, login, image"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_yes(parser)
        add_timeout(parser, f"{PATIENCE}s")
        parser.add_argument("-o", "--output", choices=("json",), help="what came out as JSON, on stdout")
        parser.add_argument("--ldap-user", metavar="NAME", default="", help="whose roles LDAP is to tell")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.rehearse import prepare

        plan, cluster = plan_of(options), cluster_of(options)
        prepared = prepare(cluster, plan, options.ldap_user)
        show(cluster, prepared)
        if prepared.pods and not confirm("Rehearse this?", options, cluster):
            say("nothing was changed")
            return Exit.FAILED
        outcomes = carried_out(cluster, prepared, options.timeout)
        if options.output:
            print(json.dumps([_as_data(outcome) for outcome in outcomes], indent=2, ensure_ascii=False))
        good = all(outcome.mark is Mark.DONE for outcome in outcomes)
        say("all went well; nothing was applied" if good else "not all went well; nothing was applied")
        return Exit.OK if good else Exit.FAILED


def show(cluster: "Cluster", prepared: "Prepared") -> None:
    """Where, and what will be tried."""
    new = "" if prepared.namespace == "there" else " (made for the rehearsal, and removed again)"
    say(f"context    {cluster.context}\nAPI server {cluster.server}\nnamespace  {prepared.run.namespace}{new}")
    questions = ", ".join(prepared.questions())
    say(f"rehearsal  {questions}: a pod each, removed again" if questions else "rehearsal  no pod is needed")


def carried_out(cluster: "Cluster", prepared: "Prepared", timeout: float) -> "list[Outcome]":
    """Rehearse, and print the rows; what each try came to. Told to end, by Ctrl-C or SIGTERM, it removes all first."""
    from wizard.rehearse import Outcome, rehearse

    found: list[Outcome] = []

    def noted(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Outcome) and row.mark is not Mark.WAITING:
                found.append(row)
            yield row

    try:
        with _ends_like_ctrl_c(), closing(rehearse(cluster, prepared, timeout)) as rows:
            say_rows(noted(rows), WIDTH)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("all that the rehearsal had made is removed, and nothing was applied.") from None
    return found


@contextmanager
def _ends_like_ctrl_c() -> Iterator[None]:
    """SIGTERM would end Python at once, with all that was made left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _as_data(outcome: "Outcome") -> dict[str, object]:
    words = {Mark.DONE: "passed", Mark.FAILED: "failed"}
    return {
        "question": outcome.thing,
        "result": words.get(outcome.mark, "not tried"),
        "text": outcome.text,
        "change": outcome.change or None,
        "said": outcome.said or None,
        "seconds": round(outcome.seconds, 1),
    }
