"""Where the api-server answers."""

from typing import Any

from wizard.plan.model import Plan

ANSWERED: dict[str, str] = {}

PORT = 8080
"""The api-server's, in its container and of its Service: blueprints/airflow."""


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {"executionApiUrl": f"http://airflow-api-server:{PORT}/execution/"}
