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


_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
}


def merge_key(path: Path, items: list[Any]) -> str | None:
    """By which key Kubernetes merges this list; None for one that a patch replaces as a whole (`x-kubernetes-
    patch-merge-key` in the API's OpenAPI document). A Service's ports go by `port`."""
    if not path or not items or not all(isinstance(item, dict) for item in items):
        return None
    key = _MERGE_KEYS.get(str(path[-1]))
    if key == "containerPort" and "port" in items[0]:
        key = "port"
    return key if key and all(key in item for item in items) else None


def item_part(path: Path, items: list[Any], index: int) -> Part:
    """How a path names the item of a list."""
    key = merge_key(path, items)
    return str(items[index][key]) if key else index
