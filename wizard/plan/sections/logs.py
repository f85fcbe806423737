"""Where task logs go."""

from typing import Literal

from wizard.plan.fields import VOLUME_DOCS, Closed, DnsName, Quantity, ask


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
        default=None,
    )
