"""`${path.of.a.plan.value}`: filled in the parsed tree, so that no quoting can go wrong.

A placeholder that is the whole scalar keeps the value's type, and takes its key (or item) with it where the value is
absent: None, or an empty list or mapping. Inside a longer text, the value must be there. There are no expressions.
"""

import re
from typing import Any

from wizard.render.merge import without_nulls
from wizard.render.trace import Path, item_part

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9_.]+)\}")
_ABSENT = object()


def fill(tree: Any, values: dict[str, Any]) -> tuple[Any, dict[Path, str]]:
    """The filled tree, and by path which value was put there. Raises KeyError for a path that no plan has."""
    answers: dict[Path, str] = {}
    return _fill(tree, values, (), answers), answers


def _fill(tree: Any, values: dict[str, Any], path: Path, answers: dict[Path, str]) -> Any:
    if isinstance(tree, dict):
        filled = {key: _fill(value, values, (*path, key), answers) for key, value in tree.items()}
        return {key: value for key, value in filled.items() if value is not _ABSENT}
    if isinstance(tree, list):
        return _fill_list(tree, values, path, answers)
    if isinstance(tree, str):
        return _fill_text(tree, values, path, answers)
    return tree


def _fill_list(items: list[Any], values: dict[str, Any], path: Path, answers: dict[Path, str]) -> list[Any]:
    kept = []
    for item in items:
        found: dict[Path, str] = {}
        filled = _fill(item, values, (), found)
        if filled is _ABSENT:
            continue
        kept.append((filled, found))
    result = [filled for filled, _ in kept]
    for index, (_, found) in enumerate(kept):
        part = item_part(path, result, index)
        answers.update({(*path, part, *below): answer for below, answer in found.items()})
    return result


def _fill_text(text: str, values: dict[str, Any], path: Path, answers: dict[Path, str]) -> Any:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        value = without_nulls(_value(values, whole[1]))
        if value is None or value == {} or value == []:
            return _ABSENT
        answers[path] = whole[1]
        return value
    for name in _PLACEHOLDER.findall(text):
        if _value(values, name) is None:
            raise ValueError(f"{text!r} needs a value for {name}, and this plan has none")
        answers[path] = name
    return _PLACEHOLDER.sub(lambda match: str(_value(values, match[1])), text)


def _value(values: dict[str, Any], dotted: str) -> Any:
    value: Any = values
    for part in dotted.split("."):
        if value is None:
            return None
        value = value[part]
    return value
