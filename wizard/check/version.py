"""Airflow's version beside the one whose database is there."""

from collections.abc import Iterator

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.plan.fields import AIRFLOW_DOCS
from wizard.plan.sections.airflow import release
from wizard.progress import Mark
from wizard.record import plan_in
from wizard.render import Rendered


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """An older Airflow stops at a database that a newer one has migrated."""
    applied = plan_in(facts.record)
    wanted = rendered.plan.airflow.version
    if applied and release(wanted) < release(applied.airflow.version):
        newer = applied.airflow.version
        yield Finding(
            "version",
            Mark.FAILED,
            f"The plan is of Airflow {wanted}, and {newer} is applied: {wanted} stops at a database that {newer} has "
            "migrated.",
            f"Say airflow.version: {newer}; or restore the database from before into a namespace of its own.",
            AIRFLOW_DOCS + "howto/usage-cli.html#downgrading-airflow",
            "airflow.version",
        )
