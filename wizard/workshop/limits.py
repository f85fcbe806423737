"""What a seat may take of the cluster: a ResourceQuota that fits its plan, and defaults for pods that say nothing."""

import time
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from wizard.check import Facts, sums
from wizard.check.pods import Amount
from wizard.check.quantity import number
from wizard.check.storage import made_claims, wanted_size
from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.render import Rendered
from wizard.render.manifests import MANAGED_BY

NAME = "airflow-wizard-seat"
TASK_PODS = 4
"""Task pods of a seat that there is room for at once, beside what stays."""
SILENT = Amount(Decimal("0.1"), Decimal(256 << 20))
"""What a container asks for that says nothing: without a default, a quota lets in no such pod."""
_PATIENCE, _INTERVAL = 30, 0.1
"""Seconds until the quota must count, and between two looks."""


def bodies(rendered: Rendered, facts: Facts) -> list[Object]:
    """The LimitRange and the ResourceQuota of a seat, whose namespace `facts` are about.

    Nothing of a plan needs more when it is applied again: its Deployments take a pod away before they start the next.
    """
    total = sums(rendered)
    room = total.asks + (total.task or SILENT) * TASK_PODS
    kept = [claim for claim in facts.claims or [] if claim["metadata"]["name"] not in _claims(rendered)]
    storage = total.storage + sum(number(each["spec"]["resources"]["requests"]["storage"]) for each in kept)
    hard = {
        "pods": str(total.pods + TASK_PODS),
        "requests.cpu": _cpu(room.cpu),
        "requests.memory": _memory(room.memory),
        "requests.storage": str(int(storage)),
    }
    default = {"cpu": _cpu(SILENT.cpu), "memory": _memory(SILENT.memory)}
    limits = {"limits": [{"type": "Container", "defaultRequest": default}]}
    named = [("LimitRange", limits), ("ResourceQuota", {"hard": hard})]
    metadata = {"name": NAME, "namespace": facts.namespace, "labels": dict(MANAGED_BY)}
    return [{"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec} for kind, spec in named]


def _claims(rendered: Rendered) -> dict[str, str]:
    return {claim.name: wanted_size(claim) for claim in made_claims(rendered)}


def _cpu(cores: Decimal) -> str:
    return f"{(cores * 1000).to_integral_value(ROUND_CEILING)}m"


def _memory(size: Decimal) -> str:
    return f"{(size / (1 << 20)).to_integral_value(ROUND_CEILING)}Mi"


def apply(cluster: Cluster, limits: list[Object]) -> None:
    """Send them, and wait until the quota counts: until then Kubernetes refuses what it is about."""
    for body in limits:
        cluster.apply(body, force=True)
    quota, end = limits[-1], time.monotonic() + _PATIENCE
    namespace = quota["metadata"]["namespace"]
    while not _counts(cluster.get("v1", "ResourceQuota", NAME, namespace), quota["spec"]["hard"]):
        if time.monotonic() > end:
            raise UserError(
                f"ResourceQuota {NAME} of namespace {namespace} does not count after {_PATIENCE} s.",
                "The cluster's controller manager does this; run again when it works.",
            )
        time.sleep(_INTERVAL)


def _counts(live: Object | None, hard: dict[str, str]) -> bool:
    status = ((live or {}).get("status") or {}).get("hard") or {}
    return all(number(status.get(key, -1)) == number(value) for key, value in hard.items())


def without(facts: Facts) -> Facts:
    """The same facts without the quota and the defaults of ours, which a plan doesn't have to keep to."""
    quotas = [each for each in facts.quotas or [] if each["metadata"]["name"] != NAME]
    limits = [each for each in facts.limits or [] if each["metadata"]["name"] != NAME]
    return replace(facts, quotas=quotas, limits=limits)
