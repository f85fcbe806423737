"""Strategic merge, as kustomize does it: mappings are merged, lists with a merge key by that key, other lists replaced.

The patch's items come first, in its own order, then what the patch doesn't name. `null` takes a key away. The test
beside it holds this against `kubectl kustomize`.
"""

from typing import Any

from wizard.render.trace import Origin, Path, Trace, merge_key


def merge(base: Any, patch: Any, trace: Trace, origin: Origin, path: Path = ()) -> Any:
    """`base` with `patch` over it; what the patch says gets `origin` in `trace`."""
    if isinstance(base, dict) and isinstance(patch, dict):
        return _mappings(base, patch, trace, origin, path)
    if isinstance(base, list) and isinstance(patch, list):
        key = merge_key(path, [*base, *patch])
        if key:
            return _lists(base, patch, trace, origin, path, key)
    if base != patch:
        trace.set(path, origin)
    return without_nulls(patch)


def _mappings(base: dict[str, Any], patch: dict[str, Any], trace: Trace, origin: Origin, path: Path) -> dict[str, Any]:
    merged = dict(base)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif key in base:
            merged[key] = merge(base[key], value, trace, origin, (*path, key))
        else:
            merged[key] = without_nulls(value)
            trace.set((*path, key), origin)
    return merged


def _lists(base: list[Any], patch: list[Any], trace: Trace, origin: Origin, path: Path, key: str) -> list[Any]:
    left = {item[key]: item for item in base}
    merged = []
    for item in patch:
        place = (*path, str(item[key]))
        if item[key] in left:
            merged.append(merge(left.pop(item[key]), item, trace, origin, place))
        else:
            merged.append(without_nulls(item))
            trace.set(place, origin)
    return merged + list(left.values())


def without_nulls(value: Any) -> Any:
    """A patch's new part: a `null` in it means "not there"."""
    if isinstance(value, dict):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
