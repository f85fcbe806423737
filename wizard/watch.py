"""Wait for rollouts; a first form."""

from collections.abc import Iterator

from wizard.cluster.interface import Cluster
from wizard.progress import Row


def rollouts(cluster: Cluster, namespace: str, timeout: float) -> Iterator[Row]:
    """Rows until every Deployment of ours is ready (ends) or `timeout` seconds are over (raises UserError)."""
    raise NotImplementedError
