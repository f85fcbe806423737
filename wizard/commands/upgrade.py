"""`airflow-wizard upgrade`: to another version of Airflow."""

import argparse

from wizard.commands.apply import add_apply, carry_out
from wizard.commands.options import add_plan, cluster_of, confirm, namespace_of, say, say_rows
from wizard.errors import Exit


class Command:
    """Migrate the database by the new image, then let the pods roll."""

    help = "go to another version of Airflow: first the database, then the pods"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--to", metavar="VERSION", required=True, help="such as 3.3.2")
        parser.add_argument("--image", help="an image of your own that has this version")
        add_plan(parser)
        add_apply(parser)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.apply import prepare
        from wizard.record import applied_plan
        from wizard.upgrade import backup, migrate, plan_for

        cluster, namespace = cluster_of(options), namespace_of(options)
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
            say_rows(migrate(cluster, plan, options.timeout))
        options.yes = True
        return carry_out(cluster, plan, options, another=True)
