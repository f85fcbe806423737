"""`airflow-wizard logs`: what the pods of a component say."""

import argparse
import sys

from wizard.commands.options import add_cluster, add_plan, cluster_of, namespace_of, say
from wizard.errors import Exit
from wizard.logs import COMPONENTS

TAIL = 50


class Command:
    """Print the end of the logs of a component's pods, and go on with --follow."""

    help = "print the log of a component's pods: the scheduler's, the api-server's, ..."

    def options(self, parser: argparse.ArgumentParser) -> None:
        names = f"{', '.join(COMPONENTS[:-1])} or {COMPONENTS[-1]}"
        parser.add_argument("component", metavar="COMPONENT", choices=COMPONENTS, help=names)
        add_plan(parser)
        add_cluster(parser)
        parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C (-f is the plan)")
        parser.add_argument(
            "--tail", type=lines, default=TAIL, metavar="N", help=f"the last N lines of each pod ({TAIL}); -1 for all"
        )
        parser.add_argument("--previous", action="store_true", help="of the container before its last restart")
        parser.add_argument(
            "-c", "--container", default="", metavar="NAME", help="such as git-sync or migrations (the main one)"
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.errors import UserError
        from wizard.logs import Line, follow, read, sources

        if options.follow and options.previous:
            raise UserError("--previous has ended, so --follow has nothing to wait for.", "Name one.", Exit.USAGE)
        namespace, cluster = namespace_of(options), cluster_of(options)
        found = sources(cluster, namespace, options.component, options.container)
        tail = None if options.tail < 0 else options.tail
        said = follow(cluster, found, tail) if options.follow else read(cluster, found, tail, previous=options.previous)
        try:
            for each in said:
                if not isinstance(each, Line):
                    say(each.text)
                    continue
                prefix = each.source.prefix.encode() if len(found) > 1 else b""
                sys.stdout.buffer.write(prefix + each.data)
                sys.stdout.buffer.flush()
        except KeyboardInterrupt:
            say()
            return Exit.INTERRUPTED
        return Exit.OK


def lines(text: str) -> int:
    """How many lines, -1 for all, as kubectl has it."""
    try:
        number = int(text)
    except ValueError:
        number = -2
    if number < -1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines, nor -1 for all")
    return number
