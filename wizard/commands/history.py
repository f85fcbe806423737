"""`airflow-wizard history`: the plans that were applied."""

import argparse
import json
from typing import TYPE_CHECKING

from wizard.commands.options import add_cluster, add_output, add_plan, cluster_of, namespace_of
from wizard.errors import Exit

if TYPE_CHECKING:
    from wizard.history import Entry


class Command:
    """List the revisions that the cluster remembers."""

    help = "list the plans that were applied, with what changed in each"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_output(parser)
        parser.add_argument("--plan", type=int, metavar="REVISION", help="print the plan of this one instead")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.history import history, plan_text

        namespace, cluster = namespace_of(options), cluster_of(options)
        if options.plan is not None:
            print(plan_text(cluster, namespace, options.plan), end="")
            return Exit.OK
        entries = history(cluster, namespace)
        if options.output == "json":
            print(json.dumps([entry.as_data() for entry in entries], indent=2, ensure_ascii=False))
        else:
            print(f"{'REVISION':<10}{'APPLIED':<22}{'AIRFLOW':<9}CHANGED")
            for entry in entries:
                print("\n".join(_lines(entry)))
        return Exit.OK


def _lines(entry: "Entry") -> list[str]:
    revision = entry.revision
    head = f"{revision.number:<10}{revision.at:<22}{entry.version or 'unknown':<9}"
    first, *more = entry.changed or ("",)
    return [(head + first).rstrip(), *(f"{'':<41}{text}" for text in more)]
