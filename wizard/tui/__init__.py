"""The face: the wizard as a Textual application. Nothing else imports Textual."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.errors import Exit

if TYPE_CHECKING:
    from wizard.session import Session


def usable() -> bool:
    """Whether there is a terminal to draw on, or a browser. Textual does not ask: without one it paints, and hangs."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def run(begin: "Callable[[], Session]", *, sandbox: bool = False) -> int:
    """Run the wizard to its end; the exit code.

    `begin` reads what there is to begin with, in a thread, while the first frame stands there; a `UserError` of it ends
    the wizard and is raised here. What is worth keeping of the screen is said on stderr afterwards.
    """
    from wizard.tui.app import WizardApp

    app = WizardApp(begin, sandbox=sandbox)
    code = app.run()
    if app.refused:
        raise app.refused
    for line in app.farewell():
        print(line, file=sys.stderr)
    if code is None:  # it crashed, and said so
        return app.return_code or Exit.FAILED
    return code
