"""What we applied, as the cluster itself remembers it: a ConfigMap `airflow-wizard`, and labels on every object.

So `delete`, `prune`, `status` and `diff` need no plan. Never in here: a secret value.
"""

from dataclasses import dataclass

from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.plan.file import parse
from wizard.plan.model import Plan
from wizard.render.manifests import MANAGED_BY

NAME = "airflow-wizard"
LABELS = ",".join(f"{key}={value}" for key, value in MANAGED_BY.items())
Kind = tuple[str, str]
"""apiVersion and kind, such as `("apps/v1", "Deployment")`."""


@dataclass(frozen=True)
class Record:
    """Which kinds may hold objects of ours, and the plan that was applied, as text."""

    kinds: frozenset[Kind]
    plan: str

    def body(self, namespace: str) -> Object:
        """The ConfigMap."""
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": namespace, "labels": dict(MANAGED_BY)},
            "data": {"kinds": "".join(f"{api} {kind}\n" for api, kind in sorted(self.kinds)), "plan": self.plan},
        }


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
    return Record(frozenset((pair[0], pair[1]) for pair in pairs if len(pair) == 2), data.get("plan", ""))


def applied_plan(cluster: Cluster, namespace: str) -> Plan:
    """The plan that was applied in a namespace. Raises `UserError` where there is none, or one of another version."""
    known = read(cluster, namespace)
    if known is None:
        raise nothing_applied(namespace)
    return parse(known.plan)


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
