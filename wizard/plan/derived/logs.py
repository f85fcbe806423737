"""Where task logs go."""

import json
from typing import Any

from wizard.plan.derived.secret_places import place_of
from wizard.plan.model import Plan
from wizard.plan.secret_sources import ConnectionSource, SecretsBackend
from wizard.plan.sections.logs import S3, AwsConnection, PodIdentity, Wasb

ANSWERED = {
    "logsFolder": "logs.prefix",
    "accountAnnotations": "logs.credentials.annotations",
    "s3Connection": "logs.credentials.type",
}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {"accountAnnotations": None, **_of_choice(plan)}


def _of_choice(plan: Plan) -> dict[str, Any]:
    match plan.logs:
        case S3(credentials=AwsConnection(source=source)):
            return {**_folder(plan.logs), **_connection(source, "AIRFLOW_CONN_S3_LOGS")}
        case S3(credentials=PodIdentity() as identity):
            annotations, connection = identity.annotations, s3_connection(identity)
            return {**_folder(plan.logs), "accountAnnotations": annotations, "s3Connection": connection}
        case Wasb(connection=source):
            return {**_folder(plan.logs), **_connection(source, "AIRFLOW_CONN_WASB_LOGS")}
    return {}


def _folder(logs: S3 | Wasb) -> dict[str, str]:
    """`[logging] remote_base_log_folder`: Azure's container is a setting of its own."""
    return {"logsFolder": f"s3://{logs.bucket}/{logs.prefix}" if isinstance(logs, S3) else f"wasb://{logs.prefix}"}


def _connection(source: ConnectionSource, variable: str) -> dict[str, Any]:
    """The variable that holds the connection, from a key of somebody else's Secret or of ours, which is named as the
    variable is. None where Airflow finds the connection for itself."""
    if isinstance(source, SecretsBackend):
        return {"logsConnection": None}
    name, key = place_of(source, "airflow-connections", variable)
    return {"logsConnection": [{"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]}


def s3_connection(identity: PodIdentity) -> str:
    """An Airflow connection without a secret: where the bucket is, and that the pods' surroundings open it."""
    extra = {"region_name": identity.region, "endpoint_url": identity.endpoint_url}
    return json.dumps({"conn_type": "aws", "extra": {key: value for key, value in extra.items() if value}})
