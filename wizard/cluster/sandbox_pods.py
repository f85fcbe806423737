"""The sandbox's pretended kubelet: pods that start step by step.

Nothing runs by itself: each look says how far things have come since the last one. All times are seconds of the
sandbox's clock; all durations are times `pace`.
"""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from wizard.cluster.interface import Object

SCHEDULE, START, PROBE = 0.3, 0.5, 1.5
"""Until a pod has a node, from its init containers to running, and from running to ready."""
INIT, MIGRATE, SIDECAR = 0.6, 3.0, 0.3
"""How long init containers take."""
NODE = "sandbox-node"
WORKLOADS = ("Deployment", "StatefulSet")

MIGRATE_ROLE, WAIT_ROLE = "migrate", "wait-for-migrations"
LOGS = {
    MIGRATE_ROLE: [
        "to do: make the database's tables",
        "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.",
        "INFO  [alembic.runtime.migration] Will assume transactional DDL.",
        "INFO  [alembic.runtime.migration] Running upgrade  -> 2.6.2",
        "INFO  [alembic.runtime.migration] Running upgrade 2.6.2 -> 2.10.3",
        "INFO  [alembic.runtime.migration] Running upgrade 2.10.3 -> 3.0.0",
        "INFO  [alembic.runtime.migration] Running upgrade 3.0.0 -> 3.2.0",
        "INFO  [alembic.runtime.migration] Running upgrade 3.2.0 -> 3.3.0",
        "the database has the schema of this image: 3.3.0",
    ],
    WAIT_ROLE: ["waiting for the api-server to make the database's tables"],
}
"""What these init containers have said in the end; the migration's lines are spread over the time that it takes."""
WAITING = {MIGRATE_ROLE: "waiting for the database: connection refused", WAIT_ROLE: LOGS[WAIT_ROLE][0]}
"""And until what they wait for is there."""


@dataclass
class Life:
    """How far one pod has come."""

    pod: Object
    born: float
    ends: list[float] = field(default_factory=list)
    """When each init container that is past was past."""
    begun: float = 0
    """When the current init container (or what comes after the last) began."""
    opened: float = math.inf
    """When what the current init container waits for was there."""
    reported: int = 0
    """How many of its events have been told."""

    @property
    def namespace(self) -> str:
        """Namespace of the pod."""
        return str(self.pod["metadata"]["namespace"])

    @property
    def inits(self) -> list[Object]:
        """Its init containers, in order."""
        return list(self.pod["spec"].get("initContainers") or [])

    def past(self, wanted: str) -> float:
        """When the init container of this role was past; infinity where it is not yet, or not there."""
        roles = [role(container) for container in self.inits[: len(self.ends)]]
        return self.ends[roles.index(wanted)] if wanted in roles else math.inf

    def initialized(self) -> float:
        """When all init containers were past, or infinity."""
        return self.begun if len(self.ends) == len(self.inits) else math.inf


class Kubelet:
    """Moves pods on. Others' progress counts: see `_gate`."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self.lives: dict[str, Life] = {}
        """By uid of the pod."""

    def advance(self, pods: Iterable[Object], workloads: Iterable[Object], now: float) -> None:
        """Bring every pod to where it is at `now`; pods that are no more are forgotten."""
        there = {pod["metadata"]["uid"]: pod for pod in pods}
        self.lives = {uid: life for uid, life in self.lives.items() if uid in there}
        for uid, pod in there.items():
            self.lives.setdefault(uid, Life(pod, now)).pod = pod
        database = {item["metadata"]["namespace"]: item for item in workloads if _name(item) == "postgres-db"}
        moved = True
        while moved:  # one pod's progress may let another go on
            moved = any([self._move(life, database.get(life.namespace), now) for life in self.lives.values()])

    def running(self, life: Life) -> float:
        """When the containers run, or infinity."""
        return life.initialized() + START * self.pace

    def ready(self, life: Life) -> float:
        """When the pod is ready, or infinity."""
        return self.running(life) + PROBE * self.pace

    def log(self, life: Life, container: str, now: float) -> list[str]:
        """The lines of a container up to now."""
        names = [init["name"] for init in life.inits]
        if container not in names or now < life.begun:
            return []
        index = names.index(container)
        lines = LOGS.get(role(life.inits[index]), [])
        if index < len(life.ends):
            return lines
        if index > len(life.ends):
            return []
        if now < life.opened:
            return [WAITING[role(life.inits[index])]]
        share = (now - life.opened) / (MIGRATE * self.pace) if self.pace else 0
        return lines[: max(1, min(1 + int(share * len(lines)), len(lines) - 1))]

    def _move(self, life: Life, database: Object | None, now: float) -> bool:
        before = len(life.ends)
        life.begun = life.begun or life.born + SCHEDULE * self.pace
        for container in life.inits[before:]:
            does = role(container)
            usual = SIDECAR if is_sidecar(container) else MIGRATE if does == MIGRATE_ROLE else INIT
            life.opened = max(life.begun, self._gate(life, does, database))
            end = life.opened + usual * self.pace
            if end > now:
                break
            life.ends.append(end)
            life.begun = end
        return len(life.ends) > before

    def _gate(self, life: Life, does: str, database: Object | None) -> float:
        """When an init container could go on at last: migrations wait for the database, others for migrations."""
        if does == WAIT_ROLE:
            mates = (mate for mate in self.lives.values() if mate.namespace == life.namespace)
            return min((mate.past(MIGRATE_ROLE) for mate in mates), default=math.inf)
        if does == MIGRATE_ROLE and database is not None:
            uid = database["metadata"]["uid"]
            return min((self.ready(mate) for mate in self.lives.values() if owned_by(mate.pod, uid)), default=math.inf)
        return -math.inf


def role(container: Object) -> str:
    """What an init container does for Airflow, by its name or the script that it runs; else empty."""
    words = [container.get("name", ""), *(container.get("command") or []), *(container.get("args") or [])]
    stems = [PurePosixPath(str(word)).stem.replace("_", "-") for word in words]
    return next((stem for stem in stems if stem in LOGS), "")


def owned_by(body: Object, uid: str) -> bool:
    """Whether an object belongs to another one."""
    return any(owner.get("uid") == uid for owner in body["metadata"].get("ownerReferences") or [])


def template_hash(workload: Object) -> str:
    """Changes with the pod template."""
    text = json.dumps(workload["spec"].get("template"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def new_pod(workload: Object, number: int, letters: str) -> Object:
    """One pod of a Deployment or StatefulSet; `letters` make its name new."""
    metadata, spec = workload["metadata"], workload["spec"]
    template = spec.get("template") or {}
    given = template.get("metadata") or {}
    digest = template_hash(workload)
    stateful = workload["kind"] == "StatefulSet"
    owner = {
        "apiVersion": workload["apiVersion"],
        "kind": workload["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{metadata['name']}-{number}" if stateful else f"{metadata['name']}-{digest}-{letters}",
            "namespace": metadata["namespace"],
            "labels": {**(given.get("labels") or {}), "pod-template-hash": digest},
            "annotations": dict(given.get("annotations") or {}),
            "ownerReferences": [owner],
        },
        "spec": json.loads(json.dumps(template.get("spec") or {})),
    }


def is_sidecar(container: Object) -> bool:
    """Whether an init container keeps running (a sidecar of Kubernetes' own kind)."""
    return container.get("restartPolicy") == "Always"


def _name(body: Object) -> str:
    return str(body["metadata"]["name"])
