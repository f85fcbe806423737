"""`airflow-wizard completion`: the script by which a shell completes commands and options."""

import argparse

from wizard.errors import Exit

SHELLS = ("bash", "zsh", "fish", "powershell")
_FILES = {"PLAN", "FILE", "DIR", "FILE.tar.gz"}
"""Metavars of options that take a path."""


class Command:
    """Print the script; `source` it, or put it where the shell looks for such."""

    help = "print the script by which a shell completes commands and options"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("shell", choices=SHELLS, help="as in: source <(airflow-wizard completion bash)")

    def run(self, options: argparse.Namespace) -> int:
        import shtab

        from wizard.commands import parser

        top = parser()
        for action in _actions(top):
            if action.metavar in _FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
        print(shtab.complete(top, options.shell))
        return Exit.OK


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Those of a parser and of its commands."""
    found = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += [below for sub in action.choices.values() for below in _actions(sub)]
    return found
