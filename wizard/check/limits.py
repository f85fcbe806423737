"""LimitRanges of the namespace, against what each container and each claim of the plan says."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.check.pods import containers, planned, says
from wizard.check.quantity import amount_of, number
from wizard.check.quota import WAY_OUT
from wizard.check.storage import made_claims, place_of, wanted_size
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
    """Of each rule, the first container that breaks it."""
    rules = ((_too_much, _bound(item, "max", resource)), (_too_little, _bound(item, "min", resource)))
    for rule, bound in (*rules, (_cut_short, _default(item, resource))):
        if bound is not None:
            told = (rule(said, resource, bound) for said in _said(resource, rendered))
            sentence = next(filter(None, told), "")
            if sentence:
                yield Finding(CHECK, Mark.FAILED, f"LimitRange {name} {sentence}.", WAY_OUT, DOCS)


def _too_much(said: Said, resource: str, most: Decimal) -> str:
    tell, has = partial(amount_of, resource), said.limit or said.request
    return f"allows {resource} up to {tell(most)}; {said.what} has {tell(has)}" if has and has > most else ""


def _too_little(said: Said, resource: str, least: Decimal) -> str:
    tell, asks = partial(amount_of, resource), said.request
    return f"wants {resource} from {tell(least)}; {said.what} asks for {tell(asks)}" if asks and asks < least else ""


def _cut_short(said: Said, resource: str, default: Decimal) -> str:
    tell, asks = partial(amount_of, resource), said.request
    cut = said.limit is None and asks and asks > default
    asked_for = f"less than the {tell(asks or default)} that it asks for"
    return f"gives {said.what} a {resource} limit of {tell(default)}, {asked_for}" if cut else ""


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


def _slow(name: str, item: Object, rendered: Rendered) -> Iterator[Finding]:
    """Containers of ours have no CPU limit, so that a start is as quick as the node allows."""
    default = _default(item, "cpu")
    silent = (each for pod in planned(rendered) for each in containers(pod.spec) if not says(each, "limits", "cpu"))
    if default is not None and default < SLOW and any(silent):
        given = amount_of("cpu", default)
        sentence = f"LimitRange {name} limits containers that say no limit to {given} CPU: Airflow starts slowly, and "
        sentence += "probes may end it before it has."
        yield Finding(CHECK, Mark.WARNING, sentence, f"Have the default raised to {SLOW} CPU or more.", DOCS)


def _claims(name: str, item: Object, rendered: Rendered) -> Iterator[Finding]:
    most, least = ((item.get(key) or {}).get("storage") for key in ("max", "min"))
    for claim in made_claims(rendered):
        wanted, place = wanted_size(claim), place_of(claim, "size")
        bound = most if most and number(wanted) > number(most) else None
        bound = least if least and number(wanted) < number(least) else bound
        if bound:
            word = "up to" if bound == most else "from"
            sentence = f"LimitRange {name} allows claims {word} {bound}, and {claim.name} asks for {wanted}."
            yield Finding(CHECK, Mark.FAILED, sentence, f"Set {place} to {bound}.", DOCS, place)
