"""`airflow-wizard render`: the manifests, to read or for kubectl and GitOps."""

import argparse
import sys
from pathlib import Path

from wizard.commands.options import add_plan, plan_of, say
from wizard.errors import Exit


class Command:
    """Print a plan's manifests, or write them as a folder."""

    help = "print a plan's manifests, or write them to a folder for kubectl apply -k"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write a folder instead of stdout")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.export import secrets_note, write_folder
        from wizard.render import render, text_of_manifests

        plan = plan_of(options)
        rendered = render(plan)
        if options.output:
            write_folder(rendered, options.output)
            say(f"wrote {len(rendered.manifests)} objects to {options.output}")
        else:
            sys.stdout.write(text_of_manifests(manifest.body for manifest in rendered.manifests))
            sys.stdout.flush()
        say(secrets_note(rendered.secrets, plan.namespace))
        if options.output:
            say(f"  # then: kubectl apply -k {options.output}")
        return Exit.OK
