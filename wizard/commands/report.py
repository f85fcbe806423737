"""`airflow-wizard report`: one file for a bug report or a colleague, without secrets."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.options import add_cluster, add_plan, cluster_of, namespace_of, say
from wizard.errors import Exit
from wizard.progress import Mark

if TYPE_CHECKING:
    from wizard.report import Report


class Command:
    """Gather what helps to help. Writes nothing into the cluster."""

    help = "gather plan, status, objects, events and logs into one file, without secret values, for who helps"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        name = "airflow-report-NAMESPACE-TIME.tar.gz"
        parser.add_argument("-o", "--output", metavar="FILE", help=f"where to; - is standard output (default: {name})")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.report import archive, default_name, refuse_taken, report, save

        namespace, at = namespace_of(options), datetime.now(UTC)
        folder = default_name(namespace, at)
        path = Path(options.output or f"{folder}.tar.gz")
        if options.output != "-":
            refuse_taken(path)
        found = report(cluster_of(options), namespace, at)
        content = archive(found.files, folder, at)
        if options.output == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            save(content, path)
        _say(found)
        if options.output != "-":
            print(path)
        return Exit.OK


def _say(found: "Report") -> None:
    folders = [name.partition("/")[0] for name in found.files if "/" in name]
    counted = [f"{folders.count(folder)} files in {folder}/" for folder in dict.fromkeys(folders)]
    say(f"in it      {', '.join([*(name for name in found.files if '/' not in name), *counted])}")
    for line in found.left_out:
        say(f"left out   {line}")
    for name in found.unread:
        say(f"{Mark.WARNING} The values of Secret {name} could not be read, so they were not looked for either.")
    say("Secret values are left out, as far as they are known: look through the files before you send them.")
