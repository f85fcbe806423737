"""Where each line of a manifest comes from.

A path names a place in an object: keys, and for an item of a list its merge key's value where it has one (so that a
path stays right when a patch moves the item), else its index.
"""

from dataclasses import dataclass, replace
from typing import Any

Part = str | int
Path = tuple[Part, ...]


@dataclass(frozen=True)
class Origin:
    """The file below `blueprints/` that says a line, and the plan's field that is the reason; empty: every Airflow."""

    file: str
    answer: str = ""


class Trace:
    """Origins by path. A path without one of its own has that of the nearest path above it."""

    def __init__(self, root: Origin) -> None:
        self._origins: dict[Path, Origin] = {(): root}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self._origins == other._origins

    def set(self, path: Path, origin: Origin) -> None:
        """From here on down, this is the origin; finer ones of before are forgotten."""
        for finer in [known for known in self._origins if known[: len(path)] == path]:
            del self._origins[finer]
        self._origins[path] = origin

    def answered(self, path: Path, answer: str) -> None:
        """The value at this path is what was answered in `answer`."""
        self._origins[path] = replace(self.of(path), answer=answer)

    def of(self, path: Path) -> Origin:
        """The origin of a place, such as `("spec", "template", "spec", "containers", "api-server", "image")`."""
        while path not in self._origins:
            path = path[:-1]
        return self._origins[path]


MergeKey = tuple[str, ...]

_MERGE_KEYS: dict[str, tuple[MergeKey, ...]] = {
    "containers": (("name",),),
    "initContainers": (("name",),),
    "volumes": (("name",),),
    "env": (("name",),),
    "imagePullSecrets": (("name",),),
    "volumeMounts": (("mountPath",),),
    "volumeDevices": (("devicePath",),),
    # A container's, then a Service's; the protocol counts where every item says it.
    "ports": (("containerPort", "protocol"), ("containerPort",), ("port", "protocol"), ("port",)),
    "hostAliases": (("ip",),),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
}
_REPLACED: Path = ("imagePullSecrets",)
"""A ServiceAccount's; a pod's are merged."""


def merge_key(path: Path, items: list[Any]) -> MergeKey | None:
    """By which keys Kubernetes merges this list; None for one that a patch replaces as a whole (`x-kubernetes-
    patch-merge-key` and `x-kubernetes-list-map-keys` in the API's OpenAPI document)."""
    if not path or path == _REPLACED or not items or not all(isinstance(item, dict) for item in items):
        return None
    for keys in _MERGE_KEYS.get(str(path[-1]), ()):
        if all(key in item for item in items for key in keys):
            return keys
    return None


def item_name(item: dict[str, Any], keys: MergeKey) -> str:
    """What tells an item of a merged list from the others: `scheduler`, `53/UDP`."""
    return "/".join(str(item[key]) for key in keys)


def item_part(path: Path, items: list[Any], index: int) -> Part:
    """How a path names the item of a list."""
    keys = merge_key(path, items)
    return item_name(items[index], keys) if keys else index
