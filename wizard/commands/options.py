"""Options that several commands share, with kubectl's names, and what they mean."""

import argparse
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import Exit, UserError
from wizard.progress import Mark, Row

if TYPE_CHECKING:
    from wizard.cluster.interface import Cluster
    from wizard.cluster.pace import Pace
    from wizard.plan.model import Plan

DEFAULT_FILE = "airflow-plan.yaml"
PATIENCE = 3.0
"""Seconds between two rows about a thing that goes on waiting."""


def add_beginning(parser: argparse.ArgumentParser) -> None:
    """-f of those who ask: the plan whose answers they begin with."""
    parser.add_argument(
        "-f", "--filename", metavar="PLAN", help=f"begin with this plan (default: {DEFAULT_FILE}, if it is there)"
    )


def add_plan(parser: argparse.ArgumentParser) -> None:
    """-f and -n."""
    parser.add_argument(
        "-f", "--filename", metavar="PLAN", help=f"the plan; - is standard input (default: {DEFAULT_FILE})"
    )
    parser.add_argument("-n", "--namespace", metavar="NS", help="instead of the plan's namespace")


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """--context and --kubeconfig."""
    parser.add_argument("--context", help="the context of the kubeconfig (default: the current one)")
    parser.add_argument("--kubeconfig", metavar="FILE", help="the kubeconfig (default: $KUBECONFIG, ~/.kube/config)")


def add_timeout(parser: argparse.ArgumentParser, default: str) -> None:
    """--timeout, as a duration."""
    parser.add_argument(
        "--timeout", type=duration, default=duration(default), metavar="T", help=f"such as 90s or 10m ({default})"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """-o."""
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text", help="text, or json for scripts")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """--yes."""
    parser.add_argument("-y", "--yes", action="store_true", help="don't ask")


def duration(text: str) -> float:
    """Seconds from `90`, `90s`, `10m`, `1h30m`."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if not text or parts is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 90s, 10m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return 3600.0 * hours + 60 * minutes + seconds


def boolean(text: str) -> bool:
    """`--wait=false`, as kubectl has it."""
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def plan_of(options: argparse.Namespace) -> "Plan":
    """The plan of -f, in the namespace of -n."""
    from wizard.plan.file import load

    plan = load(Path(options.filename or DEFAULT_FILE))
    return in_namespace(plan, options.namespace) if options.namespace else plan


def in_namespace(plan: "Plan", namespace: str) -> "Plan":
    """The same plan for another namespace."""
    from wizard.plan.file import answers_of, complete

    return complete({**answers_of(plan), "namespace": namespace}, "-n")


def namespace_of(options: argparse.Namespace) -> str:
    """-n, else that of the plan of -f or here, else `airflow`."""
    if options.namespace:
        from wizard.questions import Draft

        return in_namespace(Draft().plan(), options.namespace).namespace  # raises UserError for what is no name
    return plan_of(options).namespace if options.filename or Path(DEFAULT_FILE).exists() else "airflow"


def cluster_of(options: argparse.Namespace, pace: "Pace | None" = None) -> "Cluster":
    """The cluster of --kubeconfig and --context."""
    from wizard.cluster.kubeconfig import unverified
    from wizard.cluster.real import connect

    cluster = connect(options.kubeconfig, options.context, pace=pace)
    if cluster.insecure:
        say(f"‼ {unverified(cluster.context)}")
    return cluster


def say(text: str = "") -> None:
    """Talk: on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


def say_rows(rows: "Iterable[Row]", width: int = 36, patience: float = PATIENCE) -> None:
    """Print rows as they come. A thing that only waits for something else now is said every `patience` seconds at most;
    a new way out at once, and only once."""
    said: dict[str, Row] = {}
    for row in rows:
        known = said.get(row.thing)
        stuck = row.mark is Mark.WARNING and row.way_out != ""
        same = known is not None and known.way_out == row.way_out
        if (
            known is None
            or row.mark is not known.mark
            or (stuck and not same)
            or row.seconds - known.seconds >= patience
        ):
            said[row.thing] = row
            say((replace(row, way_out="") if same else row).line(width))


def confirm(question: str, options: argparse.Namespace, cluster: "Cluster | None" = None) -> bool:
    """Ask before something is written. Without a terminal to ask on, `--yes` is needed.

    The context of a `cluster` that is not on this machine must be named: by --context, or once in the answer.
    """
    from wizard.cluster.kubeconfig import on_this_machine

    unnamed = cluster if cluster and not options.context and not on_this_machine(cluster.server) else None
    if options.yes and unnamed:
        raise UserError(
            f"Context {unnamed.context} leads to {unnamed.server}, not to this machine, and nothing was changed.",
            f"Beside --yes, name it: --context {shlex.quote(unnamed.context)}",
            Exit.USAGE,
        )
    if options.yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("There is no terminal to ask on, and nothing was changed.", "Say --yes to go on.", Exit.USAGE)
    from wizard.prompts import this_terminal

    if unnamed is None:
        return this_terminal().yes(question, False)
    say(f"{unnamed.server} is not this machine.")
    if this_terminal().text(f"{question} To go on, type the context, {unnamed.context}", "", "no") != unnamed.context:
        return False
    options.context = unnamed.context
    return True
