"""The face: the wizard as a Textual application. Nothing else imports Textual."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import Context
from wizard.errors import Exit
from wizard.questions import Draft


def usable() -> bool:
    """Whether there is a terminal to draw on, or a browser. Textual does not ask: without one it paints, and hangs."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def run(
    draft: Draft,
    connect: Callable[[str], Cluster],
    contexts: Sequence[Context],
    *,
    path: Path | None = None,
    context: str = "",
    sandbox: bool = False,
) -> int:
    """Run the wizard to its end; the exit code.

    `connect` is called with the name of a context, in a thread, when the cluster is first asked. `context` is the one
    to begin with; without it the kubeconfig's current one. `path` is the plan's file that the draft comes from.
    What is worth keeping of the screen is said on stderr afterwards.
    """
    from wizard.tui.app import WizardApp
    from wizard.tui.kept import KeptDraft, usual_place

    kept = None if sandbox else KeptDraft(usual_place())
    app = WizardApp(draft, connect, contexts, path=path, context=context, sandbox=sandbox, kept=kept)
    code = app.run()
    for line in app.farewell():
        print(line, file=sys.stderr)
    if code is None:  # it crashed, and said so
        return app.return_code or Exit.FAILED
    return code
