"""How an installation is, in lines: what the command prints and the wizard shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.check.facts import age
from wizard.diff import SIGNS
from wizard.progress import Mark
from wizard.status import Component, Restarts, Status, seconds_since
from wizard.summary import Summary
from wizard.watch import times, told_once

_WIDTH = 12


@dataclass(frozen=True)
class Line:
    """What is said, and to its left what it is about; further lines of it stand below its first."""

    left: str
    said: str
    mark: Mark | None = None
    """Before it, where it says how something is."""

    @property
    def about(self) -> str:
        """The left column, the mark in it."""
        return " ".join(filter(None, [self.mark, self.left]))

    def text(self) -> str:
        """For a terminal that doesn't wrap at words."""
        return f"{self.about} " + self.said.replace("\n", f"\n{'':<{len(self.about)}} ")


def told(status: Status, context: str, way_in: Summary, password: str = "") -> Iterator[Line]:
    """All of it; without a password, the command that shows it."""
    plan, airflow = status.plan, status.airflow
    yield _labelled("Namespace", f"{plan.namespace}, context {context}")
    planned = "" if airflow.version == plan.airflow.version else f" (plan: {plan.airflow.version})"
    yield _labelled("Airflow", (airflow.version or "no answer") + planned)
    yield from _of_components(status.components)
    yield from _of_airflow(status)
    yield from _of_drift(status)
    yield from (Line("", text, Mark.WARNING) for text in status.warnings)
    shown = {**dict(way_in.lines()), **({"Password": password} if password else {})}
    yield from (_labelled(label, text) for label, text in shown.items())


def _labelled(label: str, text: str) -> Line:
    return Line(f"{label:<{_WIDTH}}", text)


def _of_components(components: list[Component]) -> Iterator[Line]:
    rows = told_once([component.state for component in components])
    for component, row in zip(components, rows, strict=True):
        last = "".join(f"; {each.container} started again {_times(each)}" for each in component.restarts)
        way_out = f"\n→ {row.way_out}" if row.way_out else ""
        yield Line(f"{row.thing:<24}", row.text + last + way_out, row.mark)


def _times(restarts: Restarts) -> str:
    at = f" {_ago(restarts.at)}" if restarts.at else ""
    return times(restarts.count) + (f", last{at}: {restarts.reason}" if restarts.reason else "")


def _of_airflow(status: Status) -> Iterator[Line]:
    airflow = status.airflow
    sick = [name for name, state in airflow.health.items() if state != "healthy"]
    if airflow.health:
        yield _labelled("Health", ", ".join(f"{name} is not healthy" for name in sick) or "all components are healthy")
    if airflow.heartbeats:
        yield _labelled("Heartbeats", ", ".join(f"{name} {_ago(at)}" for name, at in airflow.heartbeats.items()))
    if airflow.dags is not None:
        errors = airflow.import_error_count
        yield _labelled("DAGs", f"{airflow.dags}, {'1 import error' if errors == 1 else f'{errors} import errors'}")
    yield from (Line(f"{file}:", text, Mark.FAILED) for file, text in airflow.import_errors)
    if airflow.problem:
        yield _labelled("Not known", airflow.problem)


def _of_drift(status: Status) -> Iterator[Line]:
    drift = status.drift
    if drift.problem:
        yield _labelled("Drift", f"cannot be told: {drift.problem}")
        return
    where = f"airflow-wizard diff -n {status.plan.namespace} shows it, apply mends it"
    yield _labelled("Drift", f"from the plan that was applied ({where}):" if drift.changes else "none")
    yield from (Line(SIGNS[what], label) for what, label in drift.changes)
    if drift.not_in_plan:
        yield _labelled("Not in plan", ", ".join(drift.not_in_plan))


def _ago(moment: str) -> str:
    return age(seconds_since(moment))
