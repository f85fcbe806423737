"""Values that follow from the plan: worked out here, a module for each section, and purely.

Each module has `values(plan)`, what `${derived.NAME}` in a blueprint can name, and `ANSWERED`: the answer that such a
value follows from, for who asks why a line is there.
"""

from typing import Any

from wizard.plan.derived import access, airflow, dags, database, executor, liveness, login, logs, platform, rights
from wizard.plan.model import Plan

_SECTIONS = (airflow, dags, executor, rights, database, logs, login, access, liveness, platform)


def values_of(plan: Plan) -> dict[str, Any]:
    """What `${...}` in a blueprint can name: the plan's own values, and the derived ones below `derived`; below
    `answered`, by dotted path of a derived value, the answer that it follows from."""
    derived = {name: value for section in _SECTIONS for name, value in section.values(plan).items()}
    return {**plan.model_dump(mode="json"), "derived": derived, "answered": _answered(plan)}


def _answered(plan: Plan) -> dict[str, str]:
    places = {name: answer for section in _SECTIONS for name, answer in section.ANSWERED.items()}
    return {f"derived.{name}": answer for name, answer in {**places, **executor.answered(plan)}.items()}
