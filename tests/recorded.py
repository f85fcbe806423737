"""Recordings of things that were stuck on a real cluster: made from one, and read as a cluster.

    python -m tests.recorded NAMESPACE FILE

writes what a namespace shows now, of the cluster that AIRFLOW_WIZARD_TEST_KUBECONFIG names, without all that doesn't
matter; which of its Deployments stay in it, and that no name of a real place does, is up to whoever records.
"""

import os
import sys
from pathlib import Path
from typing import Any

from wizard.cluster.interface import Cluster, Keep, Object, Objects, UserError
from wizard.cluster.selectors import by_labels
from wizard.picks import PASSING
from wizard.record import NAME as RECORD
from wizard.seen import TAIL
from wizard.yaml_files import read_yaml, write_yaml

KEPT = {
    "Deployment": {"spec": {"replicas": ..., "selector": ...}, "status": ...},
    "Pod": {"spec": {"nodeName": ..., "nodeSelector": ..., "tolerations": ..., "volumes": ...}, "status": ...},
    "PersistentVolumeClaim": {"spec": {"storageClassName": ..., "accessModes": ...}, "status": ...},
    "ConfigMap": {"data": ...},
    "Node": {"spec": {"taints": ...}},
}
"""Of each kind, what a recording has of it, besides its name and labels."""
CONDITIONS = ("PodScheduled", "Ready", "ReplicaFailure")
ADDRESSES = ("hostIP", "hostIPs", "podIP", "podIPs", "startTime", "qosClass")
KINDS = {"Deployment": "apps/v1", "Pod": "v1", "PersistentVolumeClaim": "v1", "ConfigMap": "v1", "Node": "v1"}


class Recorded:
    """What `watch` may ask of a cluster, answered from a recording."""

    def __init__(self, file: Path) -> None:
        self.read: Object = read_yaml(file.read_text("utf-8"))
        self.namespace: str = self.read["namespace"]

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None."""
        found = (each for each in self.read["objects"] if each["kind"] == kind)
        return next((each for each in found if each["metadata"]["name"] == name), None)

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
        keep: Keep | None = None,
    ) -> Objects:
        """All of a kind."""
        matches = by_labels(labels)
        found = [each for each in self.read["objects"] if each["kind"] == kind and matches(each)]
        return [keep(each) for each in found] if keep else found

    def events(self, namespace: str, kind: str, name: str) -> Objects:
        """Those about one object."""
        about = {"kind": kind, "name": name}
        return [each for each in self.read["events"] if about.items() <= each["involvedObject"].items()]

    def logs(self, namespace: str, pod: str, container: str, *, tail: int = 20, previous: bool = False) -> str:
        """The end of a log."""
        text = self.read["logs"].get(f"{pod}/{container}" + ("/previous" if previous else ""), "")
        return "".join(text.splitlines(keepends=True)[-tail:])


def recording(cluster: Cluster, namespace: str) -> Object:
    """What a namespace shows now."""
    objects = [body for kind, api in KINDS.items() for body in cluster.list(api, kind, namespace)]
    objects = [body for body in objects if body["kind"] != "ConfigMap" or body["metadata"]["name"] == RECORD]
    kinds = {"Pod", "PersistentVolumeClaim"}
    events = [event for event in cluster.list("v1", "Event", namespace) if event["involvedObject"]["kind"] in kinds]
    return {
        "namespace": namespace,
        "objects": [trimmed(body) for body in objects],
        "events": [_event(event) for event in events],
        "logs": {place: text for body in objects for place, text in _logs(cluster, body)},
    }


def trimmed(body: Object) -> Object:
    """An object without what nobody looks at."""
    metadata = body["metadata"]
    kept = {key: metadata[key] for key in ("name", "namespace", "labels", "creationTimestamp") if key in metadata}
    short = {"apiVersion": KINDS[body["kind"]], "kind": body["kind"], "metadata": kept}
    short |= _part(body, KEPT[body["kind"]])
    if body["kind"] == "Deployment":
        kept["generation"] = metadata["generation"]
        short["spec"]["template"] = {"metadata": {"labels": body["spec"]["template"]["metadata"]["labels"]}}
    if body["kind"] == "Pod":
        own = [each for each in body["spec"].get("tolerations", []) if not each.get("key", "").startswith(PASSING)]
        claims = [each for each in body["spec"].get("volumes", []) if "persistentVolumeClaim" in each]
        containers = [{"name": each["name"]} for each in body["spec"]["containers"]]
        short["spec"] |= {"tolerations": own, "volumes": claims, "containers": containers}
    if "status" in short:
        short["status"] = {key: _status(key, value) for key, value in body["status"].items() if key not in ADDRESSES}
    return short


def _part(body: Any, wanted: Any) -> Any:
    if wanted is ...:
        return body
    return {key: _part(body[key], below) for key, below in wanted.items() if key in body}


def _status(key: str, value: Any) -> Any:
    """Of conditions, those that are looked at; of containers, what they are at and what they were at before."""
    if key == "conditions":
        looked_at = [each for each in value if each["type"] in CONDITIONS]
        return [
            {key: each[key] for key in ("type", "status", "reason", "message") if key in each} for each in looked_at
        ]
    if not key.lower().endswith("containerstatuses"):
        return value
    short = [{key: each[key] for key in ("name", "ready", "restartCount", "state", "lastState")} for each in value]
    for ended in [each[state].get("terminated", {}) for each in short for state in ("state", "lastState")]:
        ended.pop("containerID", None)
    return short


def _event(event: Object) -> Object:
    about = {key: event["involvedObject"].get(key, "") for key in ("kind", "name", "fieldPath")}
    return {"involvedObject": about, "reason": event["reason"], "message": event["message"]}


def _logs(cluster: Cluster, body: Object) -> list[tuple[str, str]]:
    if body["kind"] != "Pod":
        return []
    found, (name, namespace) = [], (body["metadata"]["name"], body["metadata"]["namespace"])
    statuses = [*body["status"].get("initContainerStatuses", []), *body["status"].get("containerStatuses", [])]
    for container in [each["name"] for each in statuses]:
        for previous in (False, True):
            try:
                text = cluster.logs(namespace, name, container, tail=TAIL, previous=previous)
            except UserError:
                continue
            place = f"{name}/{container}" + ("/previous" if previous else "")
            found += [(place, text)] if text else []
    return found


if __name__ == "__main__":
    from wizard.cluster.real import connect

    connected = connect(os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"])
    Path(sys.argv[2]).write_text(write_yaml(recording(connected, sys.argv[1])))
