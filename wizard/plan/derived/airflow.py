"""Which Airflow runs."""

from typing import Any

from wizard.plan.derived.theme import theme
from wizard.plan.model import Plan

ANSWERED = {"image": "airflow.image", "theme": "airflow.colour", "exposeConfig": "airflow.exposeConfig"}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {
        "image": image(plan),
        "theme": theme(plan.airflow.colour) if plan.airflow.colour else None,
        "exposeConfig": str(plan.airflow.expose_config),
    }


def image(plan: Plan) -> str:
    """The image of all Airflow pods: the plan's own, or the official one of its version."""
    return plan.airflow.image or f"docker.io/apache/airflow:{plan.airflow.version}"
