"""`airflow-wizard explain`: what a plan can say, as kubectl explain does for objects."""

import argparse

from wizard.errors import Exit, UserError


class Command:
    """Print the reference of a plan."""

    help = "print what a plan can say: every question, its choices and what speaks for and against them"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("place", nargs="?", default="", help="a part of the plan, such as dags or logs.credentials")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.reference import reference

        text = reference(options.place.removesuffix(".type"))  # as a plan writes the answer to a question with choices
        if not text:
            raise UserError(
                f"A plan has no {options.place}.", "airflow-wizard explain, without a name, lists all.", Exit.USAGE
            )
        print(text, end="")
        return Exit.OK
