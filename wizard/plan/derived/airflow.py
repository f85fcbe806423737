"""Which Airflow runs."""

from typing import Any

from wizard.plan.derived.theme import theme
from wizard.plan.model import Plan

ANSWERED = {
    "image": "airflow.image",
    "theme": "airflow.colour",
    "exposeConfig": "airflow.exposeConfig",
    "imagePullSecrets": "airflow.pullSecret",
    "pullSecret": "airflow.pullSecret",
}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {
        "image": image(plan),
        "theme": theme(plan.airflow.colour) if plan.airflow.colour else None,
        "exposeConfig": str(plan.airflow.expose_config),
        **_pull_secret(plan.airflow.pull_secret),
    }


def image(plan: Plan) -> str:
    """The image of all Airflow pods: the plan's own, or the official one of its version."""
    return plan.airflow.image or official_image(plan.airflow.version)


def official_image(version: str) -> str:
    """The image that Airflow's own project makes of a version."""
    return f"docker.io/apache/airflow:{version}"


def _pull_secret(name: str | None) -> dict[str, Any]:
    """How pods and accounts name the Secret, and what `secrets:` of a `choice.yaml` says of it; None without one."""
    if name is None:
        return {"imagePullSecrets": None, "pullSecret": None}
    source = {"type": "secret", "name": name, "key": ".dockerconfigjson"}
    needed = {"name": name, "keys": {".dockerconfigjson": {"from": source}}, "answer": "airflow.pullSecret"}
    return {"imagePullSecrets": [{"name": name}], "pullSecret": needed}
