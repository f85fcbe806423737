"""Which Airflow runs."""

from typing import Any

from wizard.plan.model import Plan

ANSWERED = {"image": "airflow.image"}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {"image": image(plan)}


def image(plan: Plan) -> str:
    """The image of all Airflow pods: the plan's own, or the official one of its version."""
    return plan.airflow.image or official_image(plan.airflow.version)


def official_image(version: str) -> str:
    """The image that Airflow's own project makes of a version."""
    return f"docker.io/apache/airflow:{version}"
