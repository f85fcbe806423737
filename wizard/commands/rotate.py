"""`airflow-wizard rotate`: a new secret in the place of one that was made once."""

import argparse

from wizard.commands.interrupt import told_at_interrupt
from wizard.commands.options import (
    add_cluster,
    add_plan,
    add_timeout,
    add_yes,
    cluster_of,
    confirm,
    namespace_of,
    say,
    say_rows,
)
from wizard.errors import Exit

_WHAT = {
    "fernet": "the key that encrypts connections and variables; all components roll three times",
    "admin": "the admin's password; the api-server rolls",
    "database": "the password of the database that the plan makes; all components roll, and connect again",
    "jwt": "the secret that signs tokens; scheduler and api-server roll, and tasks that run may fail",
}


class Command:
    """Rotate one secret, from wherever an earlier run of it was cut off."""

    help = "put a new secret in the place of one: fernet, admin, jwt or database"

    def options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=tuple(_WHAT), help=" ".join(f"{key}: {_WHAT[key]}." for key in _WHAT))
        add_plan(parser)
        add_cluster(parser)
        add_yes(parser)
        add_timeout(parser, "15m")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.rotate import rotate, steps_left

        namespace, cluster = namespace_of(options), cluster_of(options)
        say(f"context    {cluster.context}\nnamespace  {namespace}\nrotates    {_WHAT[options.what]}")
        if not confirm("Rotate it?", options, cluster):
            say("nothing was changed")
            return Exit.FAILED
        left = steps_left(cluster, namespace, options.what)
        with told_at_interrupt(left, "No value is lost.") as so_far:
            say_rows(so_far.noted(rotate(cluster, namespace, options.what, options.timeout)))
        print(f"rotated: {options.what} of namespace {namespace}")
        return Exit.OK
