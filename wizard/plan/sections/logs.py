"""Where task logs go."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from wizard.plan.fields import CONTROL, VOLUME_DOCS, Closed, DnsName, Quantity, ask, matching
from wizard.plan.secret_sources import ConnectionSource
from wizard.plan.shorthand import annotations_of

_PROVIDERS = "https://airflow.apache.org/docs/apache-airflow-providers-"
S3_DOCS = _PROVIDERS + "amazon/stable/logging/s3-task-handler.html"
AWS_CONNECTION_DOCS = _PROVIDERS + "amazon/stable/connections/aws.html"
WASB_DOCS = _PROVIDERS + "microsoft-azure/stable/logging/index.html"
WASB_CONNECTION_DOCS = _PROVIDERS + "microsoft-azure/stable/connections/wasb.html"
ROLES_DOCS = "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html"

_FOLDER = r"[A-Za-z0-9_=-][A-Za-z0-9_.=-]*"
Prefix = Annotated[str, matching(rf"{_FOLDER}(/{_FOLDER})*", "must be a folder such as airflow or team-a/airflow")]


class NoLogs(Closed):
    """Task logs stay where the task ran."""

    type: Literal["none"] = "none"


class LogsVolume(Closed):
    """Task logs on a volume that all pods share."""

    type: Literal["volume"] = "volume"
    size: Quantity = ask("Size", "How much storage to ask for.", VOLUME_DOCS, default="10Gi")
    storage_class: DnsName | None = ask(
        "StorageClass",
        "A class that offers ReadWriteMany: NFS, EFS, Azure Files, Filestore, CephFS. Empty: the default class.",
        VOLUME_DOCS,
        picks="storageClass",
        default=None,
    )


class AwsConnection(Closed):
    """A key, inside an Airflow connection."""

    type: Literal["connection"] = "connection"
    source: ConnectionSource = ask(
        "Where is the connection?",
        "A whole Airflow connection of type aws, as JSON or URI: key and secret, and in its extra region_name and, for "
        "a store that is not AWS, endpoint_url. Only its place is kept in the plan.",
        AWS_CONNECTION_DOCS,
        choices="secret-sources",
    )


class PodIdentity(Closed):
    """No key: the cloud knows the pods by their ServiceAccounts."""

    type: Literal["serviceAccount"] = "serviceAccount"
    annotations: Annotated[dict[str, str], BeforeValidator(annotations_of)] = ask(
        "Annotations",
        "Put on the ServiceAccount of every pod that writes or reads logs, such as eks.amazonaws.com/role-arn=ROLE. "
        "Empty where the cloud needs none.",
        ROLES_DOCS,
        default={},
    )
    region: Annotated[str, matching(r"[a-z0-9-]+", "must be a region such as eu-central-1")] | None = ask(
        "Region", "The region of the bucket. Empty: what the pods' surroundings say.", AWS_CONNECTION_DOCS, default=None
    )
    endpoint_url: (
        Annotated[
            str,
            matching(
                rf"https?://[^\s@{CONTROL}]+", "must be an address such as https://minio:9000, without a user or a key"
            ),
        ]
        | None
    ) = ask("Endpoint", "The address of a store that speaks S3. Empty: AWS itself.", AWS_CONNECTION_DOCS, default=None)


class S3(Closed):
    """Task logs in a bucket."""

    type: Literal["s3"] = "s3"
    bucket: Annotated[
        str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "is the name of a bucket, such as acme-airflow-logs")
    ] = ask("Bucket", "The bucket that logs go to; it must be there.", S3_DOCS, examples=["acme-airflow-logs"])
    prefix: Prefix = ask(
        "Prefix", "The folder in the bucket, so that others can use the bucket too.", S3_DOCS, default="airflow"
    )
    credentials: Annotated[AwsConnection | PodIdentity, Field(discriminator="type")] = ask(
        "How do the pods log in to S3?", "All pods that write or read logs do it in this way.", AWS_CONNECTION_DOCS
    )


class ByConfiguration(Closed):
    """Airflow's settings are enough."""

    type: Literal["configuration"] = "configuration"


class ByLogConfig(Closed):
    """A Python module sets up logging."""

    type: Literal["logConfig"] = "logConfig"


class Wasb(Closed):
    """Task logs in a container of Azure Blob Storage."""

    type: Literal["wasb"] = "wasb"
    container: Annotated[
        str, matching(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*", "is the name of a container, such as airflow-logs")
    ] = ask("Container", "The container that logs go to; it must be there.", WASB_DOCS, default="airflow-logs")
    prefix: Prefix = ask(
        "Prefix", "What the blobs' names start with, as if it were a folder.", WASB_DOCS, default="airflow"
    )
    connection: ConnectionSource = ask(
        "Where is the connection?",
        "A whole Airflow connection of type wasb, as JSON or URI, such as "
        '{"conn_type": "wasb", "extra": {"connection_string": "..."}}. Only its place is kept in the plan.',
        WASB_CONNECTION_DOCS,
        choices="secret-sources",
    )
    by: Annotated[ByConfiguration | ByLogConfig, Field(discriminator="type")] = ask(
        "How does Airflow learn of it?",
        "Both ways write the same blobs, so that you can go from one to the other.",
        WASB_DOCS,
        default=ByConfiguration(),
    )
