"""`airflow-wizard rollback`: apply an earlier plan again."""

import argparse

from wizard.commands.apply import add_apply, carry_out
from wizard.commands.options import add_plan, cluster_of, namespace_of, say


class Command:
    """Apply the plan of an earlier revision; that makes a new one."""

    help = "apply the plan of an earlier revision again (the one before the last)"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("revision", metavar="REVISION", type=int, nargs="?", help="as history lists them")
        add_plan(parser)
        add_apply(parser)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.history import changes, earlier
        from wizard.record import applied_plan

        namespace, cluster = namespace_of(options), cluster_of(options)
        plan = earlier(cluster, namespace, options.revision)
        for text in changes(applied_plan(cluster, namespace), plan):
            say(f"  {text}")
        return carry_out(cluster, plan, options, another=True)
