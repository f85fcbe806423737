"""`airflow-wizard check`: what a plan means on this cluster, before anything is written."""

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
    in_namespace,
    plan_of,
    say,
)
from wizard.errors import Exit

if TYPE_CHECKING:
    from wizard.plan.model import Plan


class Command:
    """Join a plan with the cluster: rights, storage, nodes, quotas, leftovers. Only reads."""

    help = "say what a plan means on this cluster, before anything is written"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_output(parser)

    def run(self, options: argparse.Namespace) -> int:
        from wizard.check import check, every_right, failed, look
        from wizard.render import render

        plan, cluster = _plan(options), cluster_of(options)
        findings = check(render(plan), look(cluster, plan.namespace, every_right()))
        if options.output == "json":
            print(json.dumps([finding.as_data() for finding in findings], indent=2, ensure_ascii=False))
        else:
            print("\n".join(line for finding in findings for line in finding.lines()))
        return Exit.FAILED if failed(findings) else Exit.OK


def _plan(options: argparse.Namespace) -> "Plan":
    """The plan; where none is named and none is here, that of the defaults, so that a cluster can be judged first."""
    if options.filename or Path(DEFAULT_FILE).exists():
        return plan_of(options)
    from wizard.questions import Draft

    say(f"There is no {DEFAULT_FILE} here: checking the profile laptop.")
    plan = Draft().plan()
    return in_namespace(plan, options.namespace) if options.namespace else plan
