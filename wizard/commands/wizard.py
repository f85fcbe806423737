"""`airflow-wizard` without a command: the Textual wizard."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import prompts
from wizard.commands.options import DEFAULT_FILE, add_beginning, add_cluster, plan_of, say
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.cluster.kubeconfig import Context
    from wizard.questions import Draft
    from wizard.session import Session


class Command:
    """Open the wizard, with the plan that is here."""

    help = "open the wizard (what runs without a command)"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_beginning(parser)
        add_cluster(parser)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.tui import run, usable

        if not usable() and prompts.usable():
            return self._ask(options)
        must_have_a_terminal("Use `airflow-wizard apply -f PLAN` there.")
        return run(lambda: self._begin(options))

    def _begin(self, options: argparse.Namespace) -> "Session":
        from functools import partial

        from wizard.cluster.real import connect
        from wizard.session import Session
        from wizard.tui.kept import KeptDraft, usual_place

        to_cluster, there = partial(connect, options.kubeconfig), contexts_of(options)
        draft, path = draft_of(options)
        kept = KeptDraft(usual_place())
        return Session(draft, to_cluster, there, path, context=options.context or "", kept=kept)

    def _ask(self, options: argparse.Namespace) -> int:
        """The same questions, where there is a terminal that cannot draw."""
        from wizard.commands.ask import Command as Ask

        term = os.environ.get("TERM", "")
        say(f"TERM={term} cannot draw: the questions come in lines, as by `airflow-wizard ask`.")
        parser = argparse.ArgumentParser()
        Ask().options(parser)
        return Ask().run(parser.parse_args([], options))


def must_have_a_terminal(way_out: str) -> None:
    """Refuse where there is nothing to draw on."""
    from wizard.tui import usable

    if not usable():
        dumb = sys.stdin.isatty() and sys.stderr.isatty()
        why = f"TERM={os.environ.get('TERM', '')} cannot draw." if dumb else "There is none here."
        raise UserError(f"The wizard needs a terminal to draw on. {why}", way_out, Exit.USAGE)


def contexts_of(options: argparse.Namespace) -> "list[Context]":
    """Those of --kubeconfig. Without one a plan can be made and saved all the same; Apply says that there is none."""
    from wizard.cluster.kubeconfig import choose, contexts

    if options.context:
        choose(options.kubeconfig, options.context)  # raises UserError for one that isn't there
    try:
        return list(contexts(options.kubeconfig))
    except UserError:
        if options.kubeconfig or options.context:
            raise
        return []


def draft_of(options: argparse.Namespace) -> "tuple[Draft, Path | None]":
    """The draft of -f, or of the plan that is here, with its file; else an empty one."""
    from wizard.questions import Draft

    options.namespace = None
    if not options.filename and not Path(DEFAULT_FILE).exists():
        return Draft(), None
    return Draft.of(plan_of(options)), Path(options.filename or DEFAULT_FILE)
