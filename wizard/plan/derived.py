"""Values that follow from the plan: worked out here, in one place, and purely."""

import json
from typing import Any

from pydantic import BaseModel

from wizard.plan.model import Plan
from wizard.plan.secret_sources import ExistingSecret, SecretSource
from wizard.plan.sections.dags import DagsVolume, GitBundle, GitSync, HttpsToken, NewClaim, SshKey
from wizard.plan.sections.executor import KubernetesExecutor, LocalExecutor
from wizard.plan.sections.logs import S3, AwsConnection, PodIdentity, Wasb

API_SERVER_PORT = 8080
VERIFY_DAGS = "/opt/airflow/airflow-wizard/dags"
"""Where the DAG of `verify` is mounted: blueprints/airflow/verify.pod.patch.yaml."""

GIT_LINK = "/git/repo"
"""Where git-sync's link to the newest checkout is: its root and its link's name, blueprints/dags/git-sync."""

DAGS_VOLUME = "/opt/airflow/dags"
"""Where a volume with DAGs is mounted: blueprints/dags/volume/dags.pod.patch.yaml."""

GIT_SECRET = "/etc/git-secret"  # noqa: S105  a folder
"""Where what a Git host asks for is mounted: blueprints/dags/git-*/credentials."""

GIT_CONNECTION = "dags_repo"
"""The connection that the Git bundle uses: blueprints/dags/git-bundle/airflow-config.patch.yaml."""

ANSWERED = {
    "derived.image": "airflow.image",
    "derived.dagsFolder": "dags.folder",
    "derived.dagBundles": "dags.folder",
    "derived.refreshInterval": "dags.period",
    "derived.dagsConnection": "dags.repository",
    "derived.dagsClaim": "dags.claim",
    "derived.gitTokenSecret": "dags.credentials.token",
    "derived.gitTokenKey": "dags.credentials.token",
    "derived.gitCaFile": "dags.credentials.caCertificate",
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
_GIT_BUNDLE = "airflow.providers.git.bundles.git.GitDagBundle"
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


def dags_folder(plan: Plan) -> str | None:
    """Where Airflow reads the user's DAGs; None where it clones them to a place of its own."""
    match plan.dags:
        case GitBundle():
            return None
        case GitSync(folder=folder):
            return _below(GIT_LINK, folder)
        case DagsVolume(folder=folder):
            return _below(DAGS_VOLUME, folder)
    return plan.dags.folder


def _below(top: str, folder: str) -> str:
    return top if folder == "." else f"{top}/{folder}"


def dag_bundles(plan: Plan) -> str:
    """`[dag_processor] dag_bundle_config_list`: the user's DAGs, and the one of `verify` in a bundle of its own."""
    return json.dumps([_users_bundle(plan), _local_bundle("airflow-wizard", VERIFY_DAGS)])


def _users_bundle(plan: Plan) -> dict[str, Any]:
    if not isinstance(plan.dags, GitBundle):
        return _local_bundle("dags-folder", dags_folder(plan))
    kwargs = {
        "git_conn_id": GIT_CONNECTION,
        "tracking_ref": plan.dags.ref,
        **({} if plan.dags.folder == "." else {"subdir": plan.dags.folder}),
        "refresh_interval": _seconds(plan.dags.period),
    }
    return {"name": "dags-repository", "classpath": _GIT_BUNDLE, "kwargs": kwargs}


def _local_bundle(name: str, path: str | None) -> dict[str, Any]:
    return {"name": name, "classpath": _LOCAL_BUNDLE, "kwargs": {"path": path}}


def _seconds(period: str) -> int:
    return int(period[:-1]) * _SECONDS[period[-1]]


def _of_dags(plan: Plan) -> dict[str, Any]:
    match plan.dags:
        case GitSync(period=period, credentials=credentials):
            return {"refreshInterval": str(_seconds(period)), **_of_credentials(credentials, "airflow-git-sync-ssh")}
        case GitBundle(credentials=credentials):
            return {"dagsConnection": _connection(plan.dags), **_of_credentials(credentials, "airflow-git-bundle-ssh")}
        case DagsVolume(claim=claim):
            return {"dagsClaim": "airflow-dags" if isinstance(claim, NewClaim) else claim.name}
    return {}


def _of_credentials(credentials: BaseModel, key_secret: str) -> dict[str, Any]:
    """Where the pods find what the Git host asks for; a deploy key that is brought goes to `key_secret`."""
    match credentials:
        case SshKey(private_key=source):
            name, key = _place(source, key_secret, "ssh")
            return {"deployKeySecret": name, "deployKeyKey": key}
        case HttpsToken(token=source, ca_certificate=ca):
            name, key = _place(source, "airflow-git-sync-https", "token")
            return {"gitTokenSecret": name, "gitTokenKey": key, "gitCaFile": f"{GIT_SECRET}/ca.crt" if ca else None}
    return {}


def _place(source: SecretSource, name: str, key: str) -> tuple[str, str]:
    """The Secret, and its key, that a value is in: somebody else's, or ours of this name."""
    return (source.name, source.key) if isinstance(source, ExistingSecret) else (name, key)


def _connection(dags: GitBundle) -> str:
    """Airflow's connection to the repository. It names the mounted files, and so holds no secret itself."""
    files = {
        "key_file": f"{GIT_SECRET}/ssh",
        "known_hosts_file": f"{GIT_SECRET}/known_hosts",
        "strict_host_key_checking": "yes",
    }
    extra = {"extra": files} if isinstance(dags.credentials, SshKey) else {}
    return json.dumps({"conn_type": "git", "host": dags.repository, **extra})


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
