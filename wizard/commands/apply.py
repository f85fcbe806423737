"""`airflow-wizard apply`: from a plan to a running Airflow."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import (
    DEFAULT_FILE,
    add_cluster,
    add_plan,
    add_timeout,
    add_yes,
    boolean,
    cluster_of,
    confirm,
    plan_of,
    say,
    say_rows,
)
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.apply import Prepared
    from wizard.cluster.interface import Cluster
    from wizard.plan.model import Plan


class Command:
    """Apply a plan by server-side apply, and wait until Airflow is ready."""

    help = "apply a plan to the cluster, and wait until Airflow is ready"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_apply(parser)

    def run(self, options: argparse.Namespace) -> int:
        plan = plan_of(options)  # before the kubeconfig, which may lack what a wrong plan doesn't even need
        return carry_out(cluster_of(options), plan, options)


def add_apply(parser: argparse.ArgumentParser) -> None:
    """What those take who end in an apply."""
    add_cluster(parser)
    add_yes(parser)
    add_timeout(parser, "10m")
    parser.add_argument(
        "--wait", type=boolean, nargs="?", const=True, default=True, help="wait until all is ready (true)"
    )
    parser.add_argument(
        "--dry-run", choices=("none", "server"), default="none", help="server: ask the API server, write nothing"
    )
    parser.add_argument("--force-conflicts", action="store_true", help="take over what other field managers own")


def carry_out(cluster: "Cluster", plan: "Plan", options: argparse.Namespace, *, another: bool = False) -> int:
    """Show what changes, ask, write, wait, and say how to get in; of `another` plan than the file's, what differs."""
    from wizard.apply import apply, check_schemas, prepare, sweep
    from wizard.summary import summary
    from wizard.watch import rollouts

    prepared = prepare(cluster, plan, force=options.force_conflicts)
    # Into nothing, without being asked: all of it passes by at once, and need not be listed before.
    show(cluster, prepared, each=prepared.namespace_exists or options.dry_run == "server" or not options.yes)
    if options.dry_run == "server":
        if not prepared.namespace_exists:
            say(f"Namespace {plan.namespace} does not exist yet, so only the schemas are checked:")
            say_rows(check_schemas(cluster, prepared))
        say("server dry run: nothing was changed")
        return Exit.OK
    if not prepared.changes_nothing:
        offer_rehearsal(cluster, plan, options)
        if not confirm("Apply this?", options, cluster):
            say("nothing was changed")
            return Exit.FAILED
    with told_at_interrupt((label for _, label in prepared.labels()), "What is done goes on in the cluster.") as so_far:
        say_rows(so_far.noted(apply(cluster, prepared)))
        for text in prepared.deploy_keys():
            say(text)
        if options.wait:
            say_rows(so_far.noted(rollouts(cluster, plan.namespace, options.timeout)))
            say_rows(so_far.noted(sweep(cluster, prepared)))
        print(summary(plan, cluster.context, options.kubeconfig or "").text())
    if another:
        _tell_other_file(cluster, plan, options)
    return Exit.OK


def _tell_other_file(cluster: "Cluster", plan: "Plan", options: argparse.Namespace) -> None:
    """Where the plan of -f or here is another than the one that was applied now: what to take over."""
    from wizard import record
    from wizard.history import changes

    path = Path(options.filename or DEFAULT_FILE)
    try:
        differ = list(changes(plan_of(options), plan)) if path.exists() else []
    except UserError:
        return  # no command that was asked for needs it to be right
    known = record.read(cluster, plan.namespace) if differ else None
    if known:
        say(f"‼ {path} says otherwise, and the next apply would go back to that. Take over:")
        for text in differ:
            say(f"    {text}")
        whole = f"airflow-wizard history -n {plan.namespace} --plan {known.revisions[-1].number}"
        say(f"  → or the whole: {whole} prints it")


def offer_rehearsal(cluster: "Cluster", plan: "Plan", options: argparse.Namespace) -> None:
    """Where somebody can be asked, and answers name what is outside of the plan: try these first."""
    from wizard.commands import rehearse
    from wizard.rehearse import prepare, reaches_out

    question = "Rehearse it first, in pods that are removed again?"
    if not options.yes and reaches_out(plan) and confirm(question, options, cluster):
        prepared = prepare(cluster, plan)
        rehearse.show(cluster, prepared)
        rehearse.carried_out(cluster, prepared, rehearse.PATIENCE)


def show(cluster: "Cluster", prepared: "Prepared", *, each: bool) -> None:
    """What will be written, and where; with `each`, every object that changes."""
    from wizard.check import fired
    from wizard.diff import SIGNS

    new = "" if prepared.namespace_exists else " (will be created)"
    say(f"context    {cluster.context}\nAPI server {cluster.server}\nnamespace  {prepared.plan.namespace}{new}")
    say(f"changes    {prepared.sentence()}")
    say(f"asks for   {prepared.sums.sentence()}")
    for what, label in prepared.labels() if each else []:
        say(f"  {SIGNS[what]} {label}")
    for label in prepared.kept:
        say(f"  stays: {label}")
    for warning in prepared.warnings:
        say(f"‼ {warning}")
    for finding in fired(prepared.findings):
        say("\n".join(finding.lines()))
