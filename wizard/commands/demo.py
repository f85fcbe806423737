"""`airflow-wizard demo`: the wizard to its end, without a cluster."""

import argparse

from wizard.commands.options import DEFAULT_FILE
from wizard.commands.wizard import draft_of, must_have_a_terminal

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
        parser.add_argument(
            "-f", "--filename", metavar="PLAN", help=f"begin with this plan (default: {DEFAULT_FILE}, if it is there)"
        )
        parser.add_argument(
            "--with",
            dest="pain",
            metavar="PAIN",
            choices=tuple(PAINS),
            help=f"let one thing go wrong, to see how it is told and mended: {pains}",
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.cluster import sandbox_pains
        from wizard.cluster.kubeconfig import Context
        from wizard.cluster.sandbox import Sandbox
        from wizard.questions import Draft
        from wizard.tui import run

        must_have_a_terminal("`airflow-wizard render -f PLAN` shows the manifests.")
        pain = sandbox_pains.PAINS[options.pain] if options.pain else None
        draft, path = (Draft(pain.answers), None) if pain and not options.filename else draft_of(options)
        sandbox = Sandbox(pace=1.0, pain=pain)
        context = Context(sandbox.context, sandbox.server, "airflow", True)
        return run(draft, lambda _: sandbox, [context], path=path, sandbox=True)
