"""`airflow-wizard image`: the Dockerfile of the image that a plan wants."""

import argparse
import shlex
import sys
from pathlib import Path

from wizard.commands.options import add_plan, plan_of, say
from wizard.errors import Exit


class Command:
    """Print the Dockerfile of the image that a plan wants, or write it with the files that it copies."""

    help = "print the Dockerfile of the image that a plan wants, or write a folder for docker build"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write a build context instead of stdout")
        parser.add_argument(
            "--slim", action="store_true", help="on the official image without providers: install those the plan needs"
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.image import build_context
        from wizard.image_folder import write_context

        plan = plan_of(options)
        context = build_context(plan, slim=options.slim)
        if not options.output:
            sys.stdout.write(context.dockerfile)
            sys.stdout.flush()
            if context.files:
                say(f"It copies {', '.join(context.files)}: -o DIR writes that too.")
            return Exit.OK
        names = write_context(context, options.output)
        say(f"wrote {', '.join(names)} to {options.output}")
        name = (plan.airflow.image or "REGISTRY/NAME:TAG").partition("@")[0]
        say(f"  # then: docker build -t {name} {shlex.quote(str(options.output))}")
        return Exit.OK
