"""prepare, then apply. See below; a first form, so that fronts can be written against it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from wizard.cluster.interface import Cluster, Object
from wizard.plan.model import Plan
from wizard.progress import Row


@dataclass(frozen=True)
class Change:
    """What applying does to one object."""

    what: Literal["create", "change", "keep", "delete"]
    body: Object

    @property
    def label(self) -> str:
        return f"{self.body['kind']} {self.body['metadata']['name']}"


@dataclass(frozen=True)
class Prepared:
    """All that is to be sent, and what it changes; nothing was written yet."""

    plan: Plan
    namespace_exists: bool
    changes: list[Change]
    warnings: list[str] = field(default_factory=list)


def prepare(cluster: Cluster, plan: Plan) -> Prepared:
    """Ask the cluster what applying the plan would change. Reads only."""
    raise NotImplementedError


def apply(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """Send what was prepared, in order; a row for each object."""
    raise NotImplementedError
