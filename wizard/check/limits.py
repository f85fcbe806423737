"""LimitRanges of the namespace, against what each container and each claim of the plan says."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.check.pods import containers, planned, says
from wizard.check.quantity import number
from wizard.check.quota import WAY_OUT
from wizard.cluster.interface import Object
from wizard.progress import Mark
from wizard.render import Rendered

CHECK = "limits"
DOCS = "https://kubernetes.io/docs/concepts/policy/limit-range/"
SLOW = Decimal(1)
"""Cores below which a start of Airflow takes so long that probes may end it."""


@dataclass(frozen=True)
class Said:
    """What one container says of one resource; None for nothing."""

    what: str
    request: Decimal | None
    limit: Decimal | None


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Silent where the namespace has none; of each bound, the first container that it would refuse."""
    found = [finding for limit in facts.limits or [] for finding in _of(limit, rendered)]
    if facts.limits and not found:
        found = [Finding(CHECK, Mark.DONE, "the plan keeps within the namespace's LimitRanges")]
    yield from found


def _of(limit: Object, rendered: Rendered) -> Iterator[Finding]:
    name = limit["metadata"]["name"]
    for item in limit["spec"]["limits"]:
        if item["type"] == "Container":
            for resource in ("cpu", "memory"):
                yield from _bounds(name, resource, item, rendered)
            yield from _slow(name, item, rendered)
        elif item["type"] == "PersistentVolumeClaim":
            yield from _claims(name, item, rendered)


def _bounds(name: str, resource: str, item: Object, rendered: Rendered) -> Iterator[Finding]:
    all_said = _said(resource, rendered)
    most, least = _bound(item, "max", resource), _bound(item, "min", resource)
    default = _default(item, resource)
    for said in all_said:
        largest = said.request if said.limit is None else said.limit
        if most is not None and largest is not None and largest > most:
            yield _refused(f"LimitRange {name} allows {resource} up to {most:f}, and {said.what} has {largest:f}.")
            break
    for said in all_said:
        if least is not None and said.request is not None and said.request < least:
            yield _refused(f"LimitRange {name} wants {resource} of at least {least:f}, and {said.what} asks for less.")
            break
    for said in all_said:
        if default is not None and said.limit is None and said.request is not None and said.request > default:
            asks = f"less than the {said.request:f} that it asks for"
            yield _refused(f"LimitRange {name} gives {said.what} a {resource} limit of {default:f}, {asks}.")
            break


def _said(resource: str, rendered: Rendered) -> list[Said]:
    return [
        Said(
            f"container {container['name']} of {pod.name}",
            *(
                number(part[resource]) if resource in part else None
                for part in ((container.get("resources") or {}).get(key) or {} for key in ("requests", "limits"))
            ),
        )
        for pod in planned(rendered)
        for container in containers(pod.spec)
    ]


def _bound(item: Object, key: str, resource: str) -> Decimal | None:
    bound = (item.get(key) or {}).get(resource)
    return None if bound is None else number(bound)


def _default(item: Object, resource: str) -> Decimal | None:
    """The limit that a container gets which says none: where there is no default, the maximum."""
    default = _bound(item, "default", resource)
    return _bound(item, "max", resource) if default is None else default


def _refused(sentence: str) -> Finding:
    return Finding(CHECK, Mark.FAILED, sentence, WAY_OUT, DOCS)


def _slow(name: str, item: Object, rendered: Rendered) -> Iterator[Finding]:
    """Containers of ours have no CPU limit, so that a start is as quick as the node allows."""
    default = _default(item, "cpu")
    silent = (each for pod in planned(rendered) for each in containers(pod.spec) if not says(each, "limits", "cpu"))
    if default is not None and default < SLOW and any(silent):
        sentence = f"LimitRange {name} limits containers that say no limit to {default:f} CPU: Airflow starts slowly, "
        sentence += "and probes may end it before it has."
        yield Finding(CHECK, Mark.WARNING, sentence, f"Have the default raised to {SLOW} CPU or more.", DOCS)


def _claims(name: str, item: Object, rendered: Rendered) -> Iterator[Finding]:
    most, least = ((item.get(key) or {}).get("storage") for key in ("max", "min"))
    for claim in (manifest for manifest in rendered.manifests if manifest.kind == "PersistentVolumeClaim"):
        wanted = claim.body["spec"]["resources"]["requests"]["storage"]
        place = f"{claim.trace.of(()).answer.removesuffix('.type')}.size"
        bound = most if most and number(wanted) > number(most) else None
        bound = least if least and number(wanted) < number(least) else bound
        if bound:
            word = "up to" if bound == most else "from"
            sentence = f"LimitRange {name} allows claims {word} {bound}, and {claim.name} asks for {wanted}."
            yield Finding(CHECK, Mark.FAILED, sentence, f"Set {place} to {bound}.", DOCS, place)
