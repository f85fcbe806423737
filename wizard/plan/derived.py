"""Values that follow from the plan: worked out here, in one place, and purely."""

import json
from typing import Any

from wizard.plan.model import Plan

API_SERVER_PORT = 8080
VERIFY_DAGS = "/opt/airflow/airflow-wizard/dags"
"""Where the DAG of `verify` is mounted; source of the mount: blueprints/verify."""

_LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"


def values_of(plan: Plan) -> dict[str, Any]:
    """What `${...}` in a blueprint can name: the plan's own values, and the derived ones below `derived`."""
    values = plan.model_dump(mode="json")
    values["derived"] = {
        "image": image(plan),
        "executionApiUrl": f"http://airflow-api-server:{API_SERVER_PORT}/execution/",
        "dagBundles": dag_bundles(plan),
        "parallelism": str(plan.executor.parallelism),
    }
    return values


def image(plan: Plan) -> str:
    """The image of all Airflow pods: the plan's own, or the official one of its version."""
    return plan.airflow.image or f"docker.io/apache/airflow:{plan.airflow.version}"


def dag_bundles(plan: Plan) -> str:
    """`[dag_processor] dag_bundle_config_list`: the user's DAGs, and the one of `verify` in a bundle of its own."""
    bundles = [
        {"name": "dags-folder", "classpath": _LOCAL_BUNDLE, "kwargs": {"path": plan.dags.folder}},
        {"name": "airflow-wizard", "classpath": _LOCAL_BUNDLE, "kwargs": {"path": VERIFY_DAGS}},
    ]
    return json.dumps(bundles)
