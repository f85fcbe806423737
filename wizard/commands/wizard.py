"""`airflow-wizard` without a command: the Textual wizard."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.options import DEFAULT_FILE, add_cluster, plan_of
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.questions import Draft


class Command:
    """Open the wizard, with the plan that is here."""

    help = "open the wizard (what runs without a command)"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "-f", "--filename", metavar="PLAN", help=f"begin with this plan (default: {DEFAULT_FILE}, if it is there)"
        )
        add_cluster(parser)

    def run(self, options: argparse.Namespace) -> int:
        from functools import partial

        from wizard.cluster.real import connect, contexts
        from wizard.tui import run

        must_have_a_terminal("Use `airflow-wizard apply -f PLAN` there.")
        draft, path = draft_of(options)
        try:
            known = contexts(options.kubeconfig)
        except UserError:
            if options.kubeconfig or options.context:
                raise
            known = []  # A plan can be made and saved without a cluster; Apply says that there is none.
        to_cluster = partial(connect, options.kubeconfig)
        return run(draft, to_cluster, known, path=path, context=options.context or "")


def must_have_a_terminal(way_out: str) -> None:
    """Refuse where there is nothing to draw on."""
    from wizard.tui import usable

    if not usable():
        dumb = sys.stdin.isatty() and sys.stderr.isatty()
        why = f"TERM={os.environ.get('TERM', '')} cannot draw." if dumb else "There is none here."
        raise UserError(f"The wizard needs a terminal to draw on. {why}", way_out, Exit.USAGE)


def draft_of(options: argparse.Namespace) -> "tuple[Draft, Path | None]":
    """The draft of -f, or of the plan that is here, with its file; else an empty one."""
    from wizard.questions import Draft

    options.namespace = None
    if not options.filename and not Path(DEFAULT_FILE).exists():
        return Draft(), None
    return Draft.of(plan_of(options)), Path(options.filename or DEFAULT_FILE)
