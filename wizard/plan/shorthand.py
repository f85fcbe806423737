"""Labels, annotations and taints in one line, as kubectl writes them: `pool=airflow,disk=ssd`,
`dedicated=airflow:NoSchedule`. And the groups that give roles, one a line."""

import re
from collections.abc import Callable
from typing import Any

from wizard.plan.fields import CONTROL, DNS_LABEL

_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_KEY = rf"((?=[^/]{{1,253}}/){DNS_LABEL}(\.{DNS_LABEL})*/)?{_NAME}"
_LABEL = re.compile(rf"(?P<key>{_KEY})=(?P<value>({_NAME})?)")
_ANNOTATION = re.compile(rf"(?P<key>{_KEY})=(?P<value>[^{CONTROL}]*)")
_TAINT = re.compile(rf"(?P<key>{_KEY})(=(?P<value>({_NAME})?))?(:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute))?")


def _mapping(value: Any, read: Callable[[str], tuple[str, str]]) -> Any:
    """Anything but text and texts by text is left for the plan's model to judge."""
    if isinstance(value, str):
        return dict(read(part) for part in _parts(value))
    if isinstance(value, dict):
        return dict(read(f"{key}={text}") if isinstance(text, str) else (key, text) for key, text in value.items())
    return value


def labels_of(value: Any) -> Any:
    """A mapping of labels, which may be written `a=b,c=d`. Raises ValueError."""
    return _mapping(value, _label)


def _label(part: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(part)
    if match is None:
        raise ValueError(f"has {part!r}, which is not a label such as pool=airflow")
    return match["key"], match["value"]


def annotations_of(value: Any) -> Any:
    """A mapping of annotations, which may be written `a=b,c=d` where no value has a comma. Raises ValueError."""
    return _mapping(value, _annotation)


def _annotation(part: str) -> tuple[str, str]:
    match = _ANNOTATION.fullmatch(part)
    if match is None:
        raise ValueError(f"has {part!r}, which is not an annotation such as eks.amazonaws.com/role-arn=ROLE")
    return match["key"], match["value"]


def tolerations_of(value: Any) -> Any:
    """Tolerations from taints: `key=value:Effect`, `key:Effect`, `key`. Raises ValueError."""
    return [_toleration(part) for part in _parts(value)] if isinstance(value, str) else value


def _toleration(part: str) -> dict[str, str]:
    match = _TAINT.fullmatch(part)
    if match is None:
        raise ValueError(f"has {part!r}, which is not a taint such as dedicated=airflow:NoSchedule")
    known = {name: text for name, text in match.groupdict().items() if text is not None and not name.isdigit()}
    return {"operator": "Equal" if "value" in known else "Exists", **known}


def groups_of(value: Any) -> Any:
    """Groups by role from lines `Role: group`, since a group's DN has commas and equals signs. Raises ValueError."""
    if isinstance(value, dict):
        return {role: [groups] if isinstance(groups, str) else groups for role, groups in value.items()}
    if not isinstance(value, str):
        return value
    found: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, value.splitlines())):
        role, colon, group = (part.strip() for part in line.partition(":"))
        if not (role and colon and group):
            raise ValueError(f"has {line[:60]!r}, which is not a role and a group, such as Admin: cn=admins,dc=example")
        found.setdefault(role, []).append(group)
    return found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def in_a_line(value: Any) -> str:
    """The shorthand of a mapping of labels or a list of tolerations, the lines of groups; other values as text."""
    if isinstance(value, dict) and any(isinstance(texts, list) for texts in value.values()):
        return "\n".join(f"{key}: {text}" for key, texts in groups_of(value).items() for text in texts)
    if isinstance(value, dict):
        return ",".join(f"{key}={text}" for key, text in value.items())
    if isinstance(value, list):
        return ",".join(_taint(each) for each in value)
    return "" if value is None else str(value)


def _taint(toleration: Any) -> str:
    fields = toleration if isinstance(toleration, dict) else toleration.model_dump(exclude_none=True)
    value = f"={fields['value']}" if "value" in fields else ""
    effect = f":{fields['effect']}" if "effect" in fields else ""
    return f"{fields.get('key', '')}{value}{effect}"
