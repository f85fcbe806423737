"""The road from a prepared plan to a task that ran, as one stream of what happens. Runs in a worker thread."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, cast

from wizard.apply import Prepared
from wizard.cluster.interface import Cluster
from wizard.progress import Row

PATIENCE = 600
"""Seconds until pods that don't become ready are called failed."""


@dataclass(frozen=True)
class Part:
    """What the rows that follow are about."""

    title: str


APPLYING = Part("Applying")
"""In which things are written; what comes after it only looks, and may be left at any time."""


class Stopped(Exception):
    """The user left; nothing more is asked of the cluster. No UserError: there is nobody to tell."""


class Stoppable:
    """A cluster that can be told to answer no more, so that whoever polls it ends at its next question."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stopped = False

    def stop(self) -> None:
        """From now on every question raises `Stopped`."""
        self._stopped = True

    def __getattr__(self, name: str) -> Any:
        if self._stopped:
            raise Stopped
        return getattr(self._cluster, name)

    def as_cluster(self) -> Cluster:
        """The same, for the type checker."""
        return cast(Cluster, self)


def road(cluster: Cluster, prepared: Prepared) -> Generator[Part | Row]:
    """Apply, wait until it is ready, prove that a task runs. Raises UserError where that fails."""
    from wizard.apply import apply, sweep
    from wizard.verify import verify
    from wizard.watch import rollouts

    namespace = prepared.plan.namespace
    yield APPLYING
    yield from apply(cluster, prepared)
    yield Part("Waiting until the pods are ready")
    yield from rollouts(cluster, namespace, PATIENCE)
    yield from sweep(cluster, prepared)
    yield Part("Proving that a task runs")
    yield from verify(cluster, namespace)
