"""ResourceQuotas of the namespace, against what the plan asks for."""

from collections.abc import Iterator
from decimal import Decimal

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.check.pods import Amount, PlannedPod, asked, containers, planned, says
from wizard.check.quantity import amount_of, number
from wizard.check.size import sums
from wizard.cluster.interface import Object
from wizard.progress import Mark
from wizard.render import Rendered

CHECK = "quota"
QUOTA_DOCS = "https://kubernetes.io/docs/concepts/policy/resource-quotas/"
WAY_OUT = "Ask whoever administers the namespace for more, or take the profile laptop, which asks for less."


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Silent where the namespace has none."""
    pods = planned(rendered)
    found = [finding for quota in facts.quotas or [] for finding in _quota(quota, rendered, pods, facts)]
    if facts.quotas and not found:
        found = [Finding(CHECK, Mark.DONE, "the plan keeps within the namespace's quotas")]
    yield from found


def _quota(quota: Object, rendered: Rendered, pods: list[PlannedPod], facts: Facts) -> Iterator[Finding]:
    spec = quota.get("spec") or {}
    if spec.get("scopes") or spec.get("scopeSelector"):
        return  # it counts some pods only
    name, hard = quota["metadata"]["name"], spec.get("hard") or {}
    used = (quota.get("status") or {}).get("used") or {}
    for resource, needs in _needs(rendered, pods).items():
        if resource not in hard:
            continue
        others = number(used.get(resource, 0)) - _ours(resource, facts)
        left = number(hard[resource]) - max(others, Decimal(0))
        if needs > left:
            has, wants = amount_of(resource, left), amount_of(resource, needs)
            sentence = f"ResourceQuota {name} leaves {has} of {resource}, and the plan asks for {wants}."
            yield Finding(CHECK, Mark.FAILED, sentence, WAY_OUT, QUOTA_DOCS)
    for what in ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory"):
        if what in hard or (what.startswith("requests.") and what.removeprefix("requests.") in hard):
            yield from _must_be_said(what, name, pods, facts)


def _needs(rendered: Rendered, pods: list[PlannedPod]) -> dict[str, Decimal]:
    """By the resource's name in a quota, what all that stays asks for."""
    total, limits = sums(rendered), Amount()
    for pod in pods:
        limits += asked(pod.spec, "limits") * pod.count
    kinds = [manifest.kind for manifest in rendered.manifests]
    counted = {
        "pods": Decimal(total.pods),
        "persistentvolumeclaims": Decimal(kinds.count("PersistentVolumeClaim")),
        "services": Decimal(kinds.count("Service")),
        "configmaps": Decimal(kinds.count("ConfigMap") + 1),
        "secrets": Decimal(len(rendered.secrets) + 1),
    }
    return {
        "requests.cpu": total.asks.cpu,
        "cpu": total.asks.cpu,
        "requests.memory": total.asks.memory,
        "memory": total.asks.memory,
        "limits.cpu": limits.cpu,
        "limits.memory": limits.memory,
        "requests.storage": total.storage,
        **counted,
        **{f"count/{resource}": number for resource, number in counted.items()},
        "count/deployments.apps": Decimal(kinds.count("Deployment")),
    }


def _ours(resource: str, facts: Facts) -> Decimal:
    """What an installation that is there uses of it already, as far as it can be told; the plan takes its place."""
    if resource in ("requests.cpu", "cpu"):
        return facts.ours.asks.cpu
    if resource in ("requests.memory", "memory"):
        return facts.ours.asks.memory
    if resource in ("pods", "count/pods"):
        return Decimal(facts.ours.pods)
    # An installation of ours is known by its ConfigMap; what it has of the others, the plan has again.
    there = any(each["metadata"]["name"] == "airflow-wizard" for each in facts.there.get("ConfigMap") or [])
    return Decimal("Infinity") if there else Decimal(0)


def _must_be_said(what: str, quota: str, pods: list[PlannedPod], facts: Facts) -> Iterator[Finding]:
    """A quota on a resource lets in no pod of which a container doesn't say how much, unless a default does."""
    kind, resource = what.split(".")
    given = {
        default
        for limit in facts.limits or []
        for item in limit["spec"]["limits"]
        if item["type"] == "Container"
        for key in ("default", *(["defaultRequest"] if kind == "requests" else []), "max")
        for default in item.get(key) or {}
    }
    if resource in given:
        return
    silent = sorted({pod.name for pod in pods for each in containers(pod.spec) if not says(each, kind, resource)})
    if silent:
        yield Finding(
            CHECK,
            Mark.FAILED,
            f"ResourceQuota {quota} counts {what}, so it lets in no pod that says none: {', '.join(silent)}.",
            f"Have a LimitRange with a default {resource} limit added to the namespace, or take the quota on it away.",
            QUOTA_DOCS,
        )
