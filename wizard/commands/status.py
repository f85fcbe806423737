"""`airflow-wizard status`: what runs, what Airflow says of itself, and what has changed since."""

import argparse
import json

from wizard.commands.options import add_cluster, add_output, add_plan, cluster_of, namespace_of
from wizard.errors import Exit

_HIDDEN = "shown with --show-password"


class Command:
    """Look at an installation. Writes nothing."""

    help = "say how an installation is; exit code 1 where something isn't ready or healthy"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_output(parser)
        parser.add_argument("--show-password", action="store_true", help="print the admin's password")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.airflow_api import admin
        from wizard.status import as_data, look
        from wizard.status_lines import told
        from wizard.summary import summary

        namespace, cluster = namespace_of(options), cluster_of(options)
        status = look(cluster, namespace)
        way_in = summary(status.plan, cluster.context, options.kubeconfig or "")
        password = admin(cluster, namespace)[1] if options.show_password else ""
        if options.output == "json":
            data = as_data(cluster, status, way_in)
            data["access"] |= {"password": password} if password else {}
            print(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            print("\n".join(line.text() for line in told(status, cluster.context, way_in, password or _HIDDEN)))
        return Exit.OK if status.well else Exit.FAILED
