"""`airflow-wizard demo`: the wizard to its end, without a cluster."""

import argparse
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from wizard import prompts
from wizard.commands.open import port
from wizard.commands.options import add_beginning, say
from wizard.commands.wizard import draft_of, must_have_a_terminal
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.session import Session

PORT = 8000
PAINS = {
    "rwx-pending": "logs on a shared volume, and a StorageClass that has none for several nodes",
    "taint": "the only node is dedicated to something else",
    "image": "an image of a registry that the nodes do not find",
}


class Command:
    """The wizard against the sandbox: in memory, and nothing real runs."""

    help = "try the wizard to its end without a cluster: nothing real runs"

    def options(self, parser: argparse.ArgumentParser) -> None:
        pains = "; ".join(f"{name}: {text}" for name, text in PAINS.items())
        add_beginning(parser)
        parser.add_argument(
            "--with",
            dest="pain",
            metavar="PAIN",
            choices=tuple(PAINS),
            help=f"let one thing go wrong, to see how it is told and mended: {pains}",
        )
        parser.add_argument("--serve", action="store_true", help="show it in a browser, on 127.0.0.1 alone")
        parser.add_argument(
            "--port", type=port, default=PORT, metavar="N", help=f"of --serve ({PORT}); 0 picks a free one"
        )

    def run(self, options: argparse.Namespace) -> int:
        if options.serve:
            return self._serve(options)
        from wizard.tui import run

        way_out = "`airflow-wizard explain` prints all that it asks."
        if prompts.usable():
            way_out = "`airflow-wizard ask` asks the same in lines, and makes a plan without a cluster too."
        must_have_a_terminal(way_out)
        return run(lambda: self._begin(options), sandbox=True)

    def _begin(self, options: argparse.Namespace) -> "Session":
        from wizard.cluster import sandbox_pains
        from wizard.cluster.kubeconfig import Context
        from wizard.cluster.sandbox import Sandbox
        from wizard.questions import Draft
        from wizard.session import Session

        pain = sandbox_pains.PAINS[options.pain] if options.pain else None
        draft, path = (Draft(pain.answers), None) if pain and not options.filename else draft_of(options)
        sandbox = Sandbox(pace=1.0, pain=pain)
        context = Context(sandbox.context, sandbox.server, "airflow", True)
        return Session(draft, lambda _: sandbox, [context], path, sandbox=True)

    def _serve(self, options: argparse.Namespace) -> int:
        try:
            from wizard.tui.served import serve
        except ImportError:
            way_out = "Install it: pip install -c requirements.lock '.[serve]' in a checkout."
            raise UserError("--serve needs textual-serve.", way_out, Exit.USAGE) from None

        from wizard.page import show

        out = sys.stdout
        chosen = [("-f", options.filename), ("--with", options.pain)]
        flags = [part for flag, value in chosen if value for part in (flag, str(value))]
        draft_of(options)  # a plan that is none is told here, not in each page

        def ready(url: str) -> None:
            print(url, file=out, flush=True)
            say("Whoever can open pages of this machine can open it; it shows the sandbox alone. Ctrl-C ends it.")
            show(url)

        # What a demo has said on its stderr, the server writes to stdout, which is data.
        with redirect_stdout(sys.stderr):
            serve([sys.executable, "-m", "wizard", "demo", *flags], options.port, ready)
        return Exit.OK
