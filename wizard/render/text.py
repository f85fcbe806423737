"""Manifests as text: Kubernetes' usual order of keys, and YAML that kubectl reads back unchanged."""

from collections.abc import Iterable
from typing import Any

from wizard.yaml_files import write_all, write_yaml

_FIRST = (
    "apiVersion kind metadata name namespace labels annotations type "
    "replicas revisionHistoryLimit strategy selector template data stringData "
    "spec serviceAccountName automountServiceAccountToken enableServiceLinks nodeSelector affinity tolerations "
    "terminationGracePeriodSeconds imagePullSecrets "
    "image imagePullPolicy command args workingDir ports envFrom env resources startupProbe readinessProbe "
    "livenessProbe securityContext volumeMounts initContainers containers volumes"
).split()
_RANK = {key: rank for rank, key in enumerate(_FIRST)}
_OPAQUE = {"data", "stringData", "labels", "annotations", "matchLabels", "nodeSelector"}


def ordered(value: Any) -> Any:
    """The value with the keys of Kubernetes' own fields in their usual order; a user's keys stay as they are."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: _RANK.get(key, len(_FIRST)))
    return {key: value[key] if key in _OPAQUE else ordered(value[key]) for key in keys}


def text_of_manifest(body: dict[str, Any]) -> str:
    """One object as YAML."""
    return write_yaml(ordered(body))


def text_of_manifests(bodies: Iterable[dict[str, Any]]) -> str:
    """Objects as one stream of YAML documents."""
    return write_all(ordered(body) for body in bodies)
