"""What we applied, as the cluster itself remembers it: a ConfigMap `airflow-wizard`, and labels on every object.

So `delete`, `prune`, `status` and `diff` need no plan. Never in here: a secret value.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.plan.file import parse
from wizard.plan.model import Plan
from wizard.render.manifests import MANAGED_BY

NAME = "airflow-wizard"
LABELS = ",".join(f"{key}={value}" for key, value in MANAGED_BY.items())
KEPT_REVISIONS = 10
APPLYING = "airflow-wizard/applying"
"""The annotation of an apply that is at work, or was cut off: whose it is, and since when (RFC 3339)."""
_ROOM = 700_000
"""Bytes of plans that stay well below what Kubernetes lets a ConfigMap hold."""

Kind = tuple[str, str]
"""apiVersion and kind, such as `("apps/v1", "Deployment")`."""


@dataclass(frozen=True)
class Revision:
    """A plan that was applied."""

    number: int
    """From 1, counted up."""
    at: str
    """When its apply ended: RFC 3339."""
    plan: str


@dataclass(frozen=True)
class Record:
    """Which kinds may hold objects of ours, the plan that was applied, as text, and those before it."""

    kinds: frozenset[Kind]
    plan: str
    revisions: tuple[Revision, ...] = ()
    """Oldest first; the last is `plan` itself."""
    version: str = field(default="", compare=False)
    """The resourceVersion of what was read; empty of what was not."""
    applying: tuple[str, str] | None = field(default=None, compare=False)
    """Of an apply that has not ended: whose it is, and since when (RFC 3339)."""

    def applied(self, now: datetime) -> "Record":
        """With the plan as a revision, where it isn't the last one already; the oldest go, so that a ConfigMap holds
        them."""
        last = self.revisions[-1] if self.revisions else Revision(0, "", "")
        if last.plan == self.plan:
            return self
        kept = [*self.revisions, Revision(last.number + 1, moment(now), self.plan)][-KEPT_REVISIONS:]
        while len(kept) > 1 and sum(len(each.plan.encode()) for each in kept) > _ROOM:
            del kept[0]
        return replace(self, revisions=tuple(kept))

    def body(self, namespace: str) -> Object:
        """The ConfigMap; with a `version`, only in the place of that one."""
        data = {"kinds": "".join(f"{api} {kind}\n" for api, kind in sorted(self.kinds)), "plan": self.plan}
        data["revisions"] = "".join(f"{each.number} {each.at}\n" for each in self.revisions)
        data |= {f"plan.{each.number}": each.plan for each in self.revisions}
        metadata: Object = {"name": NAME, "namespace": namespace, "labels": dict(MANAGED_BY)}
        # Empty, not left out: what `create` has set, a server-side apply doesn't take away.
        metadata["annotations"] = {APPLYING: " ".join(self.applying or ())}
        if self.version:
            metadata["resourceVersion"] = self.version
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def kinds_of(bodies: list[Object]) -> frozenset[Kind]:
    """The kinds of these objects."""
    return frozenset((body["apiVersion"], body["kind"]) for body in bodies)


def read(cluster: Cluster, namespace: str) -> Record | None:
    """The record of a namespace; None where the wizard has applied nothing."""
    body = cluster.get("v1", "ConfigMap", NAME, namespace)
    if body is None:
        return None
    data = body.get("data") or {}
    pairs = (line.split() for line in data.get("kinds", "").splitlines())
    kinds = frozenset((pair[0], pair[1]) for pair in pairs if len(pair) == 2)
    numbers = (line.split() for line in data.get("revisions", "").splitlines())
    revisions = (Revision(int(number), at, data.get(f"plan.{number}", "")) for number, at in numbers)
    metadata = body["metadata"]
    whose, _, since = (metadata.get("annotations") or {}).get(APPLYING, "").partition(" ")
    applying = (whose, since) if whose else None
    return Record(kinds, data.get("plan", ""), tuple(revisions), metadata.get("resourceVersion", ""), applying)


def moment(now: datetime) -> str:
    """As the API writes times."""
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def applied_plan(cluster: Cluster, namespace: str) -> Plan:
    """The plan that was applied in a namespace. Raises `UserError` where there is none, or one of another version."""
    known = read(cluster, namespace)
    if known is None:
        raise nothing_applied(namespace)
    return parse(known.plan)


def readable(plan: str) -> Plan | None:
    """A plan that was applied; None for one of another version of ours."""
    try:
        return parse(plan)
    except UserError:
        return None


def plan_in(recorded: Record | None) -> Plan | None:
    """The plan that a record holds; None where there is none, or none that can be read."""
    return readable(recorded.plan) if recorded else None


def nothing_applied(namespace: str) -> UserError:
    """What is said of a namespace without a record."""
    return UserError(
        f"The wizard has applied nothing in namespace {namespace}, or its record is gone.",
        "Name the namespace with -n, and the cluster with --context.",
    )


def is_ours(body: Object) -> bool:
    """Whether the wizard made this object."""
    labels = body["metadata"].get("labels") or {}
    return all(labels.get(key) == value for key, value in MANAGED_BY.items())
