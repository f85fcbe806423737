"""`airflow-wizard status`: what runs, what Airflow says of itself, and what has changed since."""

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.commands.options import add_cluster, add_output, add_plan, cluster_of, namespace_of
from wizard.errors import Exit
from wizard.progress import Mark, Row

if TYPE_CHECKING:
    from wizard.cluster.interface import Cluster
    from wizard.status import Component, Restarts, Status
    from wizard.summary import Summary

_WIDTH = 12


class Command:
    """Look at an installation. Writes nothing."""

    help = "say how an installation is; exit code 1 where something isn't ready or healthy"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        add_output(parser)
        parser.add_argument("--show-password", action="store_true", help="print the admin's password")

    def run(self, options: argparse.Namespace) -> int:
        from wizard.airflow_api import admin
        from wizard.status import as_data, look
        from wizard.summary import summary

        cluster, namespace = cluster_of(options), namespace_of(options)
        status = look(cluster, namespace)
        way_in = summary(status.plan, cluster.context, options.kubeconfig or "")
        password = admin(cluster, namespace)[1] if options.show_password else ""
        if options.output == "json":
            data = as_data(cluster, status, way_in)
            data["access"] |= {"password": password} if password else {}
            print(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            print("\n".join(_lines(cluster, status, way_in, password)))
        return Exit.OK if status.well else Exit.FAILED


def _lines(cluster: "Cluster", status: "Status", way_in: "Summary", password: str) -> Iterator[str]:
    from wizard.watch import told_once

    plan, airflow = status.plan, status.airflow
    yield _labelled("Namespace", f"{plan.namespace}, context {cluster.context}")
    planned = "" if airflow.version == plan.airflow.version else f" (plan: {plan.airflow.version})"
    yield _labelled("Airflow", (airflow.version or "no answer") + planned)
    rows = told_once([component.state for component in status.components])
    for component, row in zip(status.components, rows, strict=True):
        yield from _of_component(component, row)
    sick = [name for name, state in airflow.health.items() if state != "healthy"]
    if airflow.health:
        yield _labelled("Health", ", ".join(f"{name} is not healthy" for name in sick) or "all components are healthy")
    if airflow.heartbeats:
        yield _labelled("Heartbeats", ", ".join(f"{name} {_ago(at)}" for name, at in airflow.heartbeats.items()))
    if airflow.dags is not None:
        errors = airflow.import_error_count
        yield _labelled("DAGs", f"{airflow.dags}, {'1 import error' if errors == 1 else f'{errors} import errors'}")
    for file, text in airflow.import_errors:
        yield f"{Mark.FAILED} {file}: {text}"
    if airflow.problem:
        yield _labelled("Not known", airflow.problem)
    yield from _of_drift(status)
    yield from (f"{Mark.WARNING} {text}" for text in status.warnings)
    shown = {**dict(way_in.lines()), "Password": password or "shown with --show-password"}
    yield from (_labelled(label, text) for label, text in shown.items())


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_WIDTH}} " + text.replace("\n", f"\n{'':<{_WIDTH}} ")


def _of_component(component: "Component", state: Row) -> Iterator[str]:
    last = ""
    for each in component.restarts:
        last += f"; {each.container} started again {_times(each)}"
    yield f"{state.mark} {state.thing:<24} {state.text}{last}"
    if state.way_out:
        yield f"  {'':<24} → {state.way_out}"


def _times(restarts: "Restarts") -> str:
    from wizard.watch import times

    at = f" {_ago(restarts.at)}" if restarts.at else ""
    return times(restarts.count) + (f", last{at}: {restarts.reason}" if restarts.reason else "")


def _of_drift(status: "Status") -> Iterator[str]:
    from wizard.diff import SIGNS

    drift = status.drift
    if drift.problem:
        yield _labelled("Drift", f"cannot be told: {drift.problem}")
        return
    where = f"airflow-wizard diff -n {status.plan.namespace} shows it, apply mends it"
    yield _labelled("Drift", f"from the plan that was applied ({where}):" if drift.changes else "none")
    yield from (f"{SIGNS[what]} {label}" for what, label in drift.changes)
    if drift.not_in_plan:
        yield _labelled("Not in plan", ", ".join(drift.not_in_plan))


def _ago(moment: str) -> str:
    from wizard.check.facts import age
    from wizard.status import seconds_since

    return age(seconds_since(moment))
