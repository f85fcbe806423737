"""Which database Airflow uses, and where its data is."""

from typing import Annotated, Literal

from pydantic import Field

from wizard.plan.fields import KUBERNETES_DOCS, Closed, DnsName, Image, Quantity, ask


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
