"""Prove that a task runs and its log can be read; a first form."""

from collections.abc import Iterator

from wizard.cluster.interface import Cluster
from wizard.progress import Row


def verify(cluster: Cluster, namespace: str, timeout: float = 300) -> Iterator[Row]:
    """Rows for each step until the task's log was read; raises UserError where a step fails."""
    raise NotImplementedError
