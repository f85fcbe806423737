"""Server-side apply in small: who owns which field, and how what is applied is merged into what is there.

Fields are owned leaf by leaf. Lists whose items all have a `name` are merged by it; all others are one field, where
the API server knows more keys (ports by number, for example).
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wizard.cluster.interface import Conflict, Object, Owned


class Item(NamedTuple):
    """A step into a list: the item of this name."""

    name: str


class Manager(NamedTuple):
    """Who owns a field, and by what; as in the API, `create` and `apply` of one manager are two owners."""

    name: str
    operation: str


Path = tuple[str | Item, ...]
_IDENTITY = ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")


@dataclass
class Record:
    """One object of the sandbox, and who owns its fields."""

    body: Object
    owners: dict[Path, set[Manager]] = field(default_factory=dict)


def wanted_fields(body: Object) -> Object:
    """What a body asks for: without nulls, identity and status; `stringData` as the `data` it will be."""
    wanted: Object = _without_nulls({key: value for key, value in body.items() if key not in ("kind", "apiVersion")})
    wanted.pop("status", None)
    metadata = {key: value for key, value in wanted.pop("metadata", {}).items() if key not in _IDENTITY}
    return {**wanted, **({"metadata": metadata} if metadata else {})}


def merged(record: Record, wanted: Object, manager: Manager, *, force: bool, what: str) -> Record:
    """A new record with `wanted` applied by `manager`. Raises Conflict where others own what it would change."""
    fields = leaves(wanted)
    live = leaves(record.body)
    owned = _conflicts(record, fields, live, manager)
    if owned and not force:
        managers = ", ".join(sorted({owner.manager for owner in owned}))
        names = ", ".join(owner.field for owner in owned)
        raise Conflict(
            f"{what}: {names} was set by {managers}.",
            "Take it out of the other tool's hands, or take it over with --force-conflicts.",
            owned,
        )
    body, owners = deepcopy(record.body), {path: set(of) for path, of in record.owners.items()}
    for path in [path for path, of in owners.items() if manager in of and path not in fields]:
        owners[path].discard(manager)
        if not owners[path]:
            del owners[path]
            _remove(body, path)
    for path, value in fields.items():
        if path in owners and not _same(live.get(path), value):
            owners[path] = set()
        owners.setdefault(path, set()).add(manager)
    return Record(_merge(body, wanted), owners)


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Every leaf with its path; empty mappings and lists without names are leaves."""
    if isinstance(value, dict) and value:
        steps: list[tuple[str | Item, Any]] = list(value.items())
    elif _by_name(value):
        steps = [(Item(item["name"]), item) for item in value]
    else:
        return {path: value}
    return {leaf: content for step, inner in steps for leaf, content in leaves(inner, (*path, step)).items()}


def path_text(path: Path) -> str:
    """As the API server writes it: `.spec.containers[name="web"].image`."""
    return "".join(f'[name="{step.name}"]' if isinstance(step, Item) else f".{step}" for step in path)


def _conflicts(record: Record, fields: dict[Path, Any], live: dict[Path, Any], manager: Manager) -> tuple[Owned, ...]:
    return tuple(
        Owned(owner.name, path_text(path))
        for path, value in fields.items()
        if not _same(live.get(path), value)
        for owner in sorted(record.owners.get(path, ()))
        if owner.name != manager.name
    )


def _same(live: Any, wanted: Any) -> bool:
    return bool(live == wanted) and isinstance(live, bool) == isinstance(wanted, bool)


def _by_name(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _merge(live: Any, wanted: Any) -> Any:
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {**live, **{key: _merge(live.get(key), value) for key, value in wanted.items()}}
    if _by_name(live) and _by_name(wanted):
        known = {item["name"]: item for item in live}
        named = {item["name"]: _merge(known.get(item["name"]), item) for item in wanted}
        return [*named.values(), *(item for item in live if item["name"] not in named)]
    return deepcopy(wanted)


def _remove(body: Any, path: Path) -> None:
    """Take a leaf away, and what it leaves empty; the name of a list's item takes the item."""
    if len(path) >= 2 and path[-1] == "name" and isinstance(path[-2], Item):
        path = path[:-1]
    trail = [body]
    for step in path[:-1]:
        trail.append(_child(trail[-1], step))
        if trail[-1] is None:
            return
    _drop(trail[-1], path[-1])
    for depth in range(len(trail) - 1, 0, -1):
        if trail[depth]:
            return
        _drop(trail[depth - 1], path[depth - 1])


def _child(value: Any, step: str | Item) -> Any:
    if isinstance(step, Item):
        items = value if isinstance(value, list) else []
        return next((item for item in items if isinstance(item, dict) and item.get("name") == step.name), None)
    return value.get(step) if isinstance(value, dict) else None


def _drop(value: Any, step: str | Item) -> None:
    if isinstance(step, Item) and isinstance(value, list):
        value[:] = [item for item in value if not (isinstance(item, dict) and item.get("name") == step.name)]
    elif isinstance(value, dict):
        value.pop(step, None)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
