"""`airflow-wizard known-hosts`: the public keys of a Git host, and what to compare them with."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.options import add_cluster, add_timeout, cluster_of, say
from wizard.errors import Exit, UserError

if TYPE_CHECKING:
    from wizard.host_keys import HostKeys


class Command:
    """Ask a Git host for its keys, from a pod of the cluster that is removed again."""

    help = "print a Git host's lines of known_hosts, asked for from within the cluster"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="the repository's, such as git@github.com:acme/dags.git")
        parser.add_argument("-n", "--namespace", metavar="NS", default="default", help="where the pod runs (default)")
        parser.add_argument("--from-file", type=Path, metavar="FILE", help="take them from a known_hosts file instead")
        parser.add_argument("--image", help="the pod's image, which has ssh-keyscan (Airflow's)")
        add_cluster(parser)
        add_timeout(parser, "90s")

    def run(self, options: argparse.Namespace) -> int:
        keys = self._keys(options)
        say(f"keys of {keys.host}, port {keys.port}:")
        for text in keys.told():
            say(f"  {text}")
        if keys.strange:
            raise UserError(keys.advice())
        if keys.advice():
            say(keys.advice())
        print("\n".join(keys.lines))
        return Exit.OK

    def _keys(self, options: argparse.Namespace) -> "HostKeys":
        from wizard.host_keys import from_text, scan, where
        from wizard.plan.derived.airflow import official_image
        from wizard.plan.sections.airflow import Airflow

        host, port = where(options.address)
        if options.from_file:
            try:
                text = options.from_file.expanduser().read_text("utf-8", "replace")
            except OSError as error:
                raise UserError(f"{options.from_file} cannot be read: {error.strerror}", code=Exit.USAGE) from None
            return from_text(text, options.address)
        cluster = cluster_of(options)
        say(f"asking {host}, port {port}, from a pod in namespace {options.namespace} of context {cluster.context}")
        image = options.image or official_image(Airflow().version)
        return scan(cluster, options.address, options.namespace, image, options.timeout)
