"""Values that follow from the plan: worked out here, in one place, and purely."""

import json
from typing import Any

from wizard.plan.model import Plan
from wizard.plan.secret_sources import ExistingSecret, SecretSource
from wizard.plan.sections.dags import GitSync
from wizard.plan.sections.executor import KubernetesExecutor, LocalExecutor
from wizard.plan.sections.logs import S3, AwsConnection, PodIdentity, Wasb

API_SERVER_PORT = 8080
VERIFY_DAGS = "/opt/airflow/airflow-wizard/dags"
"""Where the DAG of `verify` is mounted: blueprints/airflow/verify.pod.patch.yaml."""

GIT_LINK = "/git/repo"
"""Where git-sync's link to the newest checkout is: its root and its link's name, blueprints/dags/git-sync."""

ANSWERED = {
    "derived.image": "airflow.image",
    "derived.dagsFolder": "dags.folder",
    "derived.dagBundles": "dags.folder",
    "derived.refreshInterval": "dags.period",
    "derived.deployKeySecret": "dags.credentials.privateKey",
    "derived.deployKeyKey": "dags.credentials.privateKey",
    "derived.parallelism": "executor.parallelism",
    "derived.workerImage": "executor.workerImage",
    "derived.workerRepository": "executor.workerImage",
    "derived.workerTag": "executor.workerImage",
    "derived.deleteWorkerPodsOnFailure": "executor.deleteWorkerPodsOnFailure",
    "derived.logsFolder": "logs.prefix",
    "derived.accountAnnotations": "logs.credentials.annotations",
    "derived.s3Connection": "logs.credentials.type",
}
"""The answer that a derived value follows from, for who asks why a line is there."""

_LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"
_SECONDS = {"s": 1, "m": 60}


def values_of(plan: Plan) -> dict[str, Any]:
    """What `${...}` in a blueprint can name: the plan's own values, and the derived ones below `derived`."""
    values = plan.model_dump(mode="json")
    values["derived"] = {
        "image": image(plan),
        "executionApiUrl": f"http://airflow-api-server:{API_SERVER_PORT}/execution/",
        "dagsFolder": dags_folder(plan),
        "dagBundles": dag_bundles(plan),
        **_of_dags(plan),
        **_of_executor(plan),
        "accountAnnotations": None,
        **_of_logs(plan),
    }
    return values


def image(plan: Plan) -> str:
    """The image of all Airflow pods: the plan's own, or the official one of its version."""
    return plan.airflow.image or f"docker.io/apache/airflow:{plan.airflow.version}"


def dags_folder(plan: Plan) -> str:
    """Where Airflow reads the user's DAGs."""
    if isinstance(plan.dags, GitSync):
        return GIT_LINK if plan.dags.folder == "." else f"{GIT_LINK}/{plan.dags.folder}"
    return plan.dags.folder


def dag_bundles(plan: Plan) -> str:
    """`[dag_processor] dag_bundle_config_list`: the user's DAGs, and the one of `verify` in a bundle of its own."""
    bundles = [
        {"name": "dags-folder", "classpath": _LOCAL_BUNDLE, "kwargs": {"path": dags_folder(plan)}},
        {"name": "airflow-wizard", "classpath": _LOCAL_BUNDLE, "kwargs": {"path": VERIFY_DAGS}},
    ]
    return json.dumps(bundles)


def _of_dags(plan: Plan) -> dict[str, Any]:
    if not isinstance(plan.dags, GitSync):
        return {}
    source = plan.dags.credentials.private_key
    name, key = (source.name, source.key) if isinstance(source, ExistingSecret) else ("airflow-git-sync-ssh", "ssh")
    return {
        "refreshInterval": str(int(plan.dags.period[:-1]) * _SECONDS[plan.dags.period[-1]]),
        "deployKeySecret": name,
        "deployKeyKey": key,
    }


def _of_executor(plan: Plan) -> dict[str, Any]:
    if isinstance(plan.executor, LocalExecutor):
        return {"parallelism": str(plan.executor.parallelism)}
    return _of_workers(plan, plan.executor)


def _of_workers(plan: Plan, executor: KubernetesExecutor) -> dict[str, Any]:
    """The worker's image, and the same as the executor's two settings; it has none for a digest, and then the
    image of the pod template holds."""
    worker = executor.worker_image or image(plan)
    repository, _, tag = (None, "", None) if "@" in worker else worker.rpartition(":")
    return {
        "workerImage": worker,
        "workerRepository": repository,
        "workerTag": tag,
        "deleteWorkerPodsOnFailure": str(executor.delete_worker_pods_on_failure),
    }


def _of_logs(plan: Plan) -> dict[str, Any]:
    match plan.logs:
        case S3(credentials=AwsConnection(source=source)):
            return {**_logs_folder(plan.logs), **_logs_connection(source, "AIRFLOW_CONN_S3_LOGS")}
        case S3(credentials=PodIdentity() as identity):
            annotations, connection = identity.annotations, s3_connection(identity)
            return {**_logs_folder(plan.logs), "accountAnnotations": annotations, "s3Connection": connection}
        case Wasb(connection=source):
            return {**_logs_folder(plan.logs), **_logs_connection(source, "AIRFLOW_CONN_WASB_LOGS")}
    return {}


def _logs_folder(logs: S3 | Wasb) -> dict[str, str]:
    """`[logging] remote_base_log_folder`: Azure's container is a setting of its own."""
    return {"logsFolder": f"s3://{logs.bucket}/{logs.prefix}" if isinstance(logs, S3) else f"wasb://{logs.prefix}"}


def _logs_connection(source: SecretSource, variable: str) -> dict[str, str]:
    """The Secret's key that holds the connection: somebody else's, or ours, which is named as the variable is."""
    name, key = "airflow-connections", variable
    if isinstance(source, ExistingSecret):
        name, key = source.name, source.key
    return {"logsConnectionSecret": name, "logsConnectionKey": key}


def s3_connection(identity: PodIdentity) -> str:
    """An Airflow connection without a secret: where the bucket is, and that the pods' surroundings open it."""
    extra = {"region_name": identity.region, "endpoint_url": identity.endpoint_url}
    return json.dumps({"conn_type": "aws", "extra": {key: value for key, value in extra.items() if value}})
