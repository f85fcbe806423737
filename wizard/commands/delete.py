"""`airflow-wizard delete`: take away what was applied, and keep what holds data."""

import argparse

from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import (
    add_cluster,
    add_plan,
    add_timeout,
    add_yes,
    cluster_of,
    confirm,
    namespace_of,
    say,
    say_rows,
)
from wizard.errors import Exit


class Command:
    """Delete what the cluster's own record says the wizard applied."""

    help = "delete what was applied; claims, Secrets and the namespace stay unless --purge"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_yes(parser)
        add_timeout(parser, "5m")
        parser.add_argument(
            "--purge", action="store_true", help="claims, Secrets and a namespace that the wizard made go too"
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.delete import delete, prepare

        namespace, cluster = namespace_of(options), cluster_of(options)
        prepared = prepare(cluster, namespace, purge=options.purge)
        say(f"context    {cluster.context}\nAPI server {cluster.server}\nnamespace  {namespace}")
        things = [f"{body['kind']} {body['metadata']['name']}" for body in prepared.goes]
        things += [f"Namespace {namespace}"] if prepared.namespace_goes else []
        for thing in things:
            say(f"  - {thing}")
        for text in prepared.stays:
            say(f"  stays: {text}")
        if not things and not prepared.known.applying:
            say("nothing to delete; --purge takes what stays")
            return Exit.OK
        if not confirm("Delete this, data included?" if options.purge else "Delete this?", options, cluster):
            say("nothing was changed")
            return Exit.FAILED
        with told_at_interrupt(things) as so_far:
            say_rows(so_far.noted(delete(cluster, prepared, options.timeout)))
        if prepared.stays and not options.purge:
            say("What stays is listed above: apply brings the same Airflow back, delete --purge takes it too.")
        return Exit.OK
