"""The commands, one class each, on argparse; heavy imports happen inside a command's `run`.

stdout is data, stderr is talk. `UserError` is the one exception that becomes a sentence; every other one is a bug.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from wizard import __version__
from wizard.commands.interrupt import interrupted
from wizard.errors import Exit, UserError

COMMANDS = (
    "wizard",
    "ask",
    "demo",
    "explain",
    "render",
    "image",
    "check",
    "rehearse",
    "diff",
    "apply",
    "status",
    "history",
    "rollback",
    "upgrade",
    "rotate",
    "verify",
    "logs",
    "open",
    "report",
    "delete",
    "workshop",
    "known-hosts",
    "schema",
    "completion",
)
"""Each is a module of this folder with a class `Command`; the first is what runs without a name."""


PLUGIN = "kubectl-airflow_wizard"


class Runs(Protocol):
    """What a module of this folder has as `Command`."""

    help: str

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    # As `kubectl airflow-wizard`, kubectl runs what is called kubectl-airflow_wizard.
    top = argparse.ArgumentParser(
        prog="kubectl airflow-wizard" if Path(sys.argv[0]).stem == PLUGIN else "airflow-wizard",
        description="Gets Apache Airflow onto Kubernetes, and proves that a task ran. Without a command: the wizard.",
    )
    top.add_argument("--version", action="version", version=f"airflow-wizard {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", dest="command")
    for name in COMMANDS:
        command: Runs = import_module(f"wizard.commands.{name.replace('-', '_')}").Command()
        sub = commands.add_parser(name, help=command.help, description=command.help)
        command.options(sub)
        sub.set_defaults(run=command.run)
    return top


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code. argparse itself exits with 2 for words it doesn't know."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = [COMMANDS[0], *arguments]
    top = parser()
    options = top.parse_args(arguments)
    try:
        return int(options.run(options))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt as stopped:
        return interrupted(stopped, shlex.join([*top.prog.split(), *arguments]))
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; Python would complain once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
