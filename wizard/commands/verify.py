"""`airflow-wizard verify`: the proof that a task runs and its log can be read."""

import argparse

from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import add_cluster, add_plan, add_timeout, cluster_of, namespace_of, say_rows
from wizard.errors import Exit


class Command:
    """Run our own small DAG and read its log."""

    help = "run a small DAG of our own, and read its log back through the API"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_timeout(parser, "5m")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.verify import verify

        namespace = namespace_of(options)
        with told_at_interrupt([], "A run that was triggered goes on.") as so_far:
            say_rows(so_far.noted(verify(cluster_of(options), namespace, options.timeout)), 16)
        print(f"verified: a task ran in namespace {namespace}, and its log was read")
        return Exit.OK
