"""Which database Airflow uses, and where its data is."""

import re
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wizard.plan.fields import (
    AIRFLOW_DOCS,
    CONTROL,
    KUBERNETES_DOCS,
    Closed,
    Cpu,
    DnsName,
    Image,
    Number,
    Quantity,
    ask,
    matching,
)
from wizard.plan.secret_sources import SecretSource
from wizard.plan.sections.dags import certificates

DATABASE_DOCS = AIRFLOW_DOCS + "howto/set-up-database.html"
TLS_DOCS = "https://www.postgresql.org/docs/current/libpq-ssl.html"
RESOURCES_DOCS = KUBERNETES_DOCS + "configuration/manage-resources-containers/"


class Claim(Closed):
    """The database's files in a PersistentVolumeClaim."""

    type: Literal["claim"] = "claim"
    size: Quantity = ask(
        "Size", "How much storage to ask for.", KUBERNETES_DOCS + "storage/persistent-volumes/", default="5Gi"
    )
    storage_class: DnsName | None = ask(
        "StorageClass",
        "The class of the volume. Empty: the cluster's default class.",
        KUBERNETES_DOCS + "storage/storage-classes/",
        picks="storageClass",
        default=None,
    )


class Ephemeral(Closed):
    """The database's files in the pod: gone with it."""

    type: Literal["ephemeral"] = "ephemeral"


class PostgreSQL(Closed):
    """A PostgreSQL of our own, beside Airflow."""

    type: Literal["postgresql"] = "postgresql"
    image: Image = ask(
        "PostgreSQL image",
        "The database's image; its major version stays what it was when the data was made.",
        "https://hub.docker.com/_/postgres",
        default="docker.io/library/postgres:17",
    )
    storage: Annotated[Claim | Ephemeral, Field(discriminator="type")] = ask(
        "Where is its data?",
        "What happens to the data when the database's pod goes.",
        KUBERNETES_DOCS + "storage/persistent-volumes/",
        default=Claim(),
    )
    cpu: Cpu = ask(
        "CPU",
        "What its node keeps free for the database; it may take more. Two CPUs where others rely on Airflow.",
        RESOURCES_DOCS,
        default="100m",
    )
    memory: Quantity = ask(
        "Memory",
        "What its node keeps free for the database; it may take as much, and 1Gi at the least.",
        RESOURCES_DOCS,
        default="256Mi",
    )


def host_of_pods(value: str) -> str:
    """A host by name or address, as pods reach it."""
    name = re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", value)
    if not name and not _is_address(value):
        raise ValueError("must be a host or an address alone, such as db.example.com; the port is asked apart")
    if value.lower() == "localhost" or (_is_address(value) and ip_address(value).is_loopback):
        raise ValueError("is the pod itself, to a pod; name the host as the cluster's pods reach it")
    return value


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


Host = Annotated[str, AfterValidator(host_of_pods)]
Port = Annotated[Number, Field(ge=1, le=65535)]
Name = Annotated[str, matching(rf"[^{CONTROL}]{{1,64}}", "must be a name of at most 64 characters, in one line")]


class Server(Closed):
    """A database that somebody else runs."""

    host: Host = ask(
        "Host",
        "The database's host as the cluster's pods reach it, such as db.example.com.",
        DATABASE_DOCS,
        examples=["db.example.com"],
    )
    port: Port
    name: Name = ask("Database", "The database in which Airflow makes its tables.", DATABASE_DOCS, default="airflow")
    user: Name = ask(
        "User", "Who Airflow logs in as; may make tables in this database.", DATABASE_DOCS, default="airflow"
    )
    password: SecretSource = ask(
        "Where is the password?",
        "The user's password as it is, not percent-encoded. Only its place is kept in the plan.",
        DATABASE_DOCS,
        choices="secret-sources",
    )


class TlsDisable(Closed):
    """Nothing is encrypted."""

    type: Literal["disable"] = "disable"


class TlsPrefer(Closed):
    """Encrypted where the server can."""

    type: Literal["prefer"] = "prefer"


class TlsRequire(Closed):
    """Encrypted, with whatever certificate."""

    type: Literal["require"] = "require"


class TlsVerifyFull(Closed):
    """Encrypted, and the certificate is checked."""

    type: Literal["verify-full"] = "verify-full"
    ca_certificate: Annotated[str, AfterValidator(certificates)] | None = ask(
        "CA certificate",
        "The authority's certificate, as PEM text; a cloud has one for its databases. "
        "Empty: the public authorities that the image knows.",
        TLS_DOCS,
        kind="lines",
        default=None,
    )


class ExistingPostgreSQL(Server):
    """A PostgreSQL that is there."""

    type: Literal["existing"] = "existing"
    port: Port = ask("Port", "Where the server listens.", DATABASE_DOCS, default=5432)
    tls: Annotated[TlsDisable | TlsPrefer | TlsRequire | TlsVerifyFull, Field(discriminator="type")] = ask(
        "Is the connection encrypted?",
        "All that Airflow keeps goes over it. These are PostgreSQL's own modes.",
        TLS_DOCS,
        default=TlsPrefer(),
    )


class MySQL(Server):
    """A MySQL that is there."""

    type: Literal["mysql"] = "mysql"
    port: Port = ask("Port", "Where the server listens.", DATABASE_DOCS, default=3306)
