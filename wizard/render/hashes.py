"""Pods roll when, and only when, what they read at start has changed: a hash of it in the pod template.

What a pod reads of a ConfigMap is worked out key by key: an environment variable from one key, the files that are
mounted, or all of it. A ConfigMap that is re-read while its readers run (annotation `airflow-wizard/re-read`) counts
for nothing.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
Reads = dict[str, set[str] | None]
"""By name, the keys that are read; None for all of them."""

CONFIG_HASH = "airflow-wizard/config-hash"
SECRET_HASH = "airflow-wizard/secret-hash"  # noqa: S105  the name of an annotation
RE_READ = "airflow-wizard/re-read"

_KINDS = {
    "ConfigMap": ("configMapRef", "configMapKeyRef", "configMap", "name"),
    "Secret": ("secretRef", "secretKeyRef", "secret", "secretName"),
}


def reads(template: Object, kind: str) -> Reads:
    """What a pod reads at start of the ConfigMaps, or the Secrets, that its template names."""
    from_ref, key_ref, volume_type, name_key = _KINDS[kind]
    found: Reads = {}

    def add(name: str, wanted: set[str] | None) -> None:
        known = found.get(name, set())
        found[name] = None if wanted is None or known is None else known | wanted

    for container in _containers(template):
        for source in container.get("envFrom", []):
            if from_ref in source:
                add(source[from_ref]["name"], None)
        for variable in container.get("env", []):
            ref = variable.get("valueFrom", {}).get(key_ref)
            if ref:
                add(ref["name"], {ref["key"]})
    for volume in template["spec"].get("volumes", []):
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            if volume_type in source:
                name = source[volume_type].get(name_key) or source[volume_type]["name"]
                add(name, _mounted_keys(template, volume["name"], source[volume_type]))
    return found


def _containers(template: Object) -> Iterator[Object]:
    yield from template["spec"].get("initContainers", [])
    yield from template["spec"]["containers"]


def _mounted_keys(template: Object, volume: str, source: Object) -> set[str] | None:
    if "items" in source:
        return {item["key"] for item in source["items"]}
    mounts = [mount for each in _containers(template) for mount in each.get("volumeMounts", [])]
    paths = [mount.get("subPath") for mount in mounts if mount["name"] == volume]
    return {str(path) for path in paths} if all(paths) else None


def content(wanted: Reads, maps: dict[str, dict[str, str]]) -> bytes:
    """The read keys and their values as canonical bytes; a map or a key that isn't there counts as such."""
    seen = {}
    for name, names in wanted.items():
        data = maps.get(name, {})
        seen[name] = {key: data.get(key) for key in (data if names is None else names)}
    return json.dumps(seen, sort_keys=True).encode()


def config_hash(template: Object, config_maps: dict[str, Object]) -> str:
    """The hash of the ConfigMaps that a pod reads at start: 16 hexadecimal digits of SHA-256."""
    data = {
        name: body.get("data", {})
        for name, body in config_maps.items()
        if RE_READ not in body["metadata"].get("annotations", {})
    }
    wanted = {name: keys for name, keys in reads(template, "ConfigMap").items() if name in data}
    return hashlib.sha256(content(wanted, data)).hexdigest()[:16]
