"""Label and field selectors as the API server understands them, for the sandbox."""

import re
from collections.abc import Callable
from typing import Any

from wizard.cluster.interface import Invalid, Object

_Match = Callable[[str | None], bool]

_SET = re.compile(r"^(?P<key>[^\s!=(),]+)\s+(?P<how>in|notin)\s*\((?P<values>[^)]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^\s!=(),]+)\s*(?P<how>==|=|!=)\s*(?P<value>[^\s!=(),]*)$")
_THERE = re.compile(r"^(?P<not>!?)\s*(?P<key>[^\s!=(),]+)$")
_COMMA = re.compile(r",(?![^(]*\))")


def by_labels(selector: str) -> Callable[[Object], bool]:
    """Whether an object has the labels: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas."""
    terms = [_label_term(part.strip()) for part in _COMMA.split(selector) if part.strip()]

    def matches(body: Object) -> bool:
        labels = body.get("metadata", {}).get("labels") or {}
        return all(match(labels.get(key)) for key, match in terms)

    return matches


def by_fields(selector: str) -> Callable[[Object], bool]:
    """Whether an object has the values: `metadata.name=a`, `status.phase!=Running`, joined by commas."""
    terms = []
    for part in filter(None, (part.strip() for part in selector.split(","))):
        if not (found := _EQUAL.match(part)):
            raise Invalid(f"Unable to parse the field selector {part}.", "It should look like metadata.name=a.")
        terms.append((found["key"].split("."), found["how"] != "!=", found["value"]))

    def matches(body: Object) -> bool:
        return all((_field(body, path) == value) is wanted for path, wanted, value in terms)

    return matches


def _label_term(part: str) -> tuple[str, _Match]:
    if found := _SET.match(part):
        values = {value.strip() for value in found["values"].split(",")}
        wanted = found["how"] == "in"
        return found["key"], lambda value: (value in values) is wanted
    if found := _EQUAL.match(part):
        equal, value = found["how"] != "!=", found["value"]
        return found["key"], lambda have: (have == value) is equal
    if found := _THERE.match(part):
        there = not found["not"]
        return found["key"], lambda value: (value is not None) is there
    raise Invalid(f"Unable to parse the label selector {part}.", "It should look like app=web,tier in (a, b).")


def _field(body: Object, path: list[str]) -> str:
    value: Any = body
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)
