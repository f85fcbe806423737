"""`airflow-wizard ask`: the wizard's questions as plain prompts."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.interrupt import interrupted
from wizard.commands.options import DEFAULT_FILE, add_beginning, add_cluster, confirm, say
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.session import Session


class Command:
    """Ask the wizard's questions one after the other, without a screen, and save the plan."""

    help = "ask the wizard's questions in lines, without a screen, and save the plan"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_beginning(parser)
        parser.add_argument("-n", "--namespace", metavar="NS", help="begin with this namespace")
        add_cluster(parser)
        # Those of `apply`, which this may end in: it asks, and waits until all is ready.
        parser.set_defaults(yes=False, timeout=600.0, wait=True, dry_run="none", force_conflicts=False)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.prompts import ask, usable

        if not usable():
            raise UserError(
                "There is no terminal to ask on.",
                "Write a plan, and use `airflow-wizard apply -f PLAN` there.",
                Exit.USAGE,
            )
        session = _session(options)
        try:
            path = ask(session)
        except KeyboardInterrupt:
            say("\ninterrupted; nothing was written")
            return Exit.INTERRUPTED
        if path is None:
            say("nothing was written")
            return Exit.OK
        say(f"The plan is in {path}.")
        return _go_on(session, path, options)


def _session(options: argparse.Namespace) -> "Session":
    """The session of the options, with the answers of a plan that is there."""
    from functools import partial

    from wizard.cluster.real import connect
    from wizard.commands.wizard import contexts_of, draft_of
    from wizard.session import Session

    namespace = options.namespace
    draft, path = draft_of(options)
    draft.answer(("namespace",), namespace or draft.value(("namespace",)))
    return Session(
        draft, partial(connect, options.kubeconfig), contexts_of(options), path, context=options.context or ""
    )


def _go_on(session: "Session", path: Path, options: argparse.Namespace) -> int:
    """Apply, if somebody says so; else say how."""
    from wizard.commands import apply

    flags = "" if path == Path(DEFAULT_FILE) else f" -f {shlex.quote(str(path))}"
    flags += f" --context {shlex.quote(session.context)}" if session.context else ""
    flags += f" --kubeconfig {shlex.quote(options.kubeconfig)}" if options.kubeconfig else ""
    if session.context and confirm(f"Apply it now, with context {session.context}?", options):
        try:
            return apply.carry_out(session.cluster(), session.draft.plan(), options)
        except KeyboardInterrupt as stopped:
            return interrupted(stopped, f"airflow-wizard apply{flags}")
    say(f"Next:\n  airflow-wizard check{flags}\n  airflow-wizard apply{flags}")
    return Exit.OK
