"""`airflow-wizard schema`: the plan's JSON Schema, for editors."""

import argparse
import json

from wizard.errors import Exit


class Command:
    """Print the JSON Schema of a plan."""

    help = "print the JSON Schema of a plan, for editors"

    def options(self, parser: argparse.ArgumentParser) -> None:
        pass

    def run(self, options: argparse.Namespace) -> int:
        from wizard.plan.model import Plan

        schema = Plan.model_json_schema()
        print(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2))
        return Exit.OK
