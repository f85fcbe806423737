"""The wizard's questions one after the other, as lines of a terminal. Nothing else imports questionary."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.prompts.terminal import Terminal
    from wizard.session import Session


def usable() -> bool:
    """Whether there is a terminal to ask on: questionary writes to stdout, and what is told goes to stderr."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def this_terminal() -> "Terminal":
    """The terminal that we run on: keys where it can move its cursor, whole lines where it can't."""
    from wizard.prompts.terminal import dumb

    if dumb():
        from wizard.prompts.plain import Plain

        return Plain()
    from wizard.prompts.keys import Keys

    return Keys()


def ask(session: "Session", on: "Terminal | None" = None) -> Path | None:
    """Ask all questions, show what comes of the answers, and save the plan: its file, or None where it was left.

    Ctrl-C at any of them raises KeyboardInterrupt; nothing was written then.
    """
    from wizard.prompts.interview import Interview
    from wizard.prompts.review import review

    interview = Interview(session, on or this_terminal())
    interview.all_steps()
    return review(interview)
