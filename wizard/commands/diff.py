"""`airflow-wizard diff`: what apply would change, as the API server says."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.options import (
    DEFAULT_FILE,
    add_cluster,
    add_output,
    add_plan,
    cluster_of,
    namespace_of,
    plan_of,
    say,
)
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.apply import Prepared
    from wizard.cluster.interface import Cluster
    from wizard.plan.model import Plan


class Command:
    """Compare by a server-side dry run. Writes nothing."""

    help = "say what apply would change; exit code 0 for nothing, 1 for differences, 2 for a failure"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_output(parser)

    def run(self, options: argparse.Namespace) -> int:
        try:
            return self._compared(options)
        except UserError as error:
            # As kubectl has it, 1 would mean that there are differences.
            raise UserError(error.message, error.way_out, max(error.code, Exit.USAGE)) from None

    def _compared(self, options: argparse.Namespace) -> int:
        from wizard.apply import check_schemas, prepare

        named = plan_of(options) if options.filename or Path(DEFAULT_FILE).exists() else None
        namespace = named.namespace if named else namespace_of(options)
        cluster = cluster_of(options)
        plan = named or _applied(cluster, namespace)
        prepared = prepare(cluster, plan, judge=False)
        _say(prepared)
        if not prepared.namespace_exists:
            for _ in check_schemas(cluster, prepared):
                pass
            say(f"Namespace {plan.namespace} does not exist yet: all is new, and only the schemas were checked.")
        found = prepared.differences()
        if options.output == "json":
            print(json.dumps([change.as_data() for change in found], indent=2, ensure_ascii=False))
        elif found:
            print("\n".join(line for change in found for line in change.lines()))
        return Exit.FAILED if found else Exit.OK


def _applied(cluster: "Cluster", namespace: str) -> "Plan":
    """Where no plan is named and none is here, the one that was applied, so that a drift is seen."""
    from wizard.record import applied_plan

    plan = applied_plan(cluster, namespace)
    say(f"There is no {DEFAULT_FILE} here: comparing with the plan that was applied in namespace {plan.namespace}.")
    return plan


def _say(prepared: "Prepared") -> None:
    """What the differences mean: on stderr, as stdout is for them alone."""
    from wizard.check import fired

    say(f"changes    {prepared.sentence()}")
    for label in prepared.kept:
        say(f"  stays: {label}")
    for change in [each for each in prepared.changes if each.conflict]:
        say(f"‼ {change.conflict} Apply takes that over with --force-conflicts alone.")
    for finding in fired(prepared.findings):
        say("\n".join(finding.lines()))
