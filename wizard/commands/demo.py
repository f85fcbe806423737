"""`airflow-wizard demo`: the wizard to its end, without a cluster."""

import argparse

from wizard.commands.options import DEFAULT_FILE
from wizard.commands.wizard import draft_of, must_have_a_terminal


class Command:
    """The wizard against the sandbox: in memory, and nothing real runs."""

    help = "try the wizard to its end without a cluster: nothing real runs"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "-f", "--filename", metavar="PLAN", help=f"begin with this plan (default: {DEFAULT_FILE}, if it is there)"
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.cluster.kubeconfig import Context
        from wizard.cluster.sandbox import Sandbox
        from wizard.tui import run

        must_have_a_terminal("`airflow-wizard render -f PLAN` shows the manifests.")
        draft, path = draft_of(options)
        sandbox = Sandbox(pace=1.0)
        context = Context(sandbox.context, sandbox.server, "airflow", True)
        return run(draft, lambda _: sandbox, [context], path=path, sandbox=True)
