"""`airflow-wizard upgrade`: to another version of Airflow."""

import argparse
import re

from wizard.commands.apply import add_apply, carry_out
from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import add_plan, cluster_of, confirm, namespace_of, say, say_rows
from wizard.errors import Exit

_AT_WORK = "A migration that has begun goes on in the cluster, and Airflow runs on as it was."


class Command:
    """Migrate the database by the new image, then let the pods roll."""

    help = "go to another version of Airflow: first the database, then the pods"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--to", type=version, metavar="VERSION", required=True, help="such as 3.3.2")
        parser.add_argument("--image", help="an image of your own that has this version")
        add_plan(parser)
        add_apply(parser)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.apply import prepare
        from wizard.record import applied_plan
        from wizard.upgrade import backup, migrate, plan_for

        namespace, cluster = namespace_of(options), cluster_of(options)
        before = applied_plan(cluster, namespace)
        plan = plan_for(before, options.to, options.image or "")
        prepared = prepare(cluster, plan, force=options.force_conflicts)
        say(f"context    {cluster.context}\nnamespace  {namespace}\nAirflow    {before.airflow.version} → {options.to}")
        say(f"backup     {backup(plan)}")
        if options.dry_run == "none":
            if not prepared.changes_nothing and not confirm(
                "Is there a backup, and shall the database be migrated?", options, cluster
            ):
                say("nothing was changed")
                return Exit.FAILED
            with told_at_interrupt(["migration", "pods"], _AT_WORK) as so_far:
                say_rows(so_far.noted(migrate(cluster, plan, options.timeout)))
        options.yes = True
        return carry_out(cluster, plan, options, another=True)


def version(text: str) -> str:
    """One that a plan can name."""
    from wizard.plan.sections.airflow import SUPPORTED

    if not re.fullmatch(SUPPORTED, text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version of Airflow 3.3, such as 3.3.2")
    return text
