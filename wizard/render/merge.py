"""Strategic merge, as kustomize does it: mappings are merged, lists with a merge key by that key, other lists replaced.

The patch's items come first, in its own order, then what the patch doesn't name. `null` takes a key away. The test
beside it holds this against `kubectl kustomize`.
"""

from typing import Any

from wizard.render.trace import MergeKey, Origin, Path, Trace, item_name, merge_key


def merge(base: Any, patch: Any, trace: Trace, origin: Origin, path: Path = ()) -> Any:
    """`base` with `patch` over it; what the patch says gets `origin` in `trace`."""
    if isinstance(base, dict) and isinstance(patch, dict):
        return _mappings(base, patch, trace, origin, path)
    if isinstance(base, list) and isinstance(patch, list):
        keys = merge_key(path, [*base, *patch])
        if keys:
            return _lists(base, patch, trace, origin, path, keys)
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


def _lists(base: list[Any], patch: list[Any], trace: Trace, origin: Origin, path: Path, keys: MergeKey) -> list[Any]:
    merged = {item_name(item, keys): item for item in base}
    patched = [item_name(item, keys) for item in patch]
    new = [name for name in patched if name not in merged]
    # With two keys, what is there already keeps its place.
    order = [*(patched if len(keys) == 1 else new), *merged]
    for name, item in zip(patched, patch, strict=True):
        if name in merged:
            merged[name] = merge(merged[name], item, trace, origin, (*path, name))
        else:
            merged[name] = without_nulls(item)
            trace.set((*path, name), origin)
    return [merged[name] for name in dict.fromkeys(order)]


def without_nulls(value: Any) -> Any:
    """A patch's new part: a `null` in it means "not there"."""
    if isinstance(value, dict):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
