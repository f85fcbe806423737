"""A cluster in memory: nothing real runs, everything looks as if.

For trying the wizard out without a cluster, and for tests. It has no threads: what its controllers would have done is
worked out from the time that has passed, whenever somebody asks.
"""

import random
import string
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import deepcopy
from uuid import uuid4

from wizard.cluster.interface import (
    FIELD_MANAGER,
    ClusterError,
    Conflict,
    Exists,
    Invalid,
    Keep,
    Missing,
    Object,
    Objects,
    Stream,
)
from wizard.cluster.sandbox_airflow import AirflowStream, SandboxAirflow
from wizard.cluster.sandbox_fields import Manager, Record, merged, wanted_fields
from wizard.cluster.sandbox_kinds import (
    KINDS,
    NAMESPACED,
    bind,
    claim_status,
    defaulted,
    may_become,
    mounted_claims,
    secret_data,
    seeds,
)
from wizard.cluster.sandbox_pains import UNBOUND, Pain, Said
from wizard.cluster.sandbox_pods import NODE, SCHEDULE, WORKLOADS, Kubelet, new_pod, owned_by, template_hash
from wizard.cluster.sandbox_status import keep_transitions, pod_events, pod_status, timestamp, workload_status
from wizard.cluster.selectors import by_fields, by_labels

_Key = tuple[str, str, str, str]
"""apiVersion, kind, namespace (empty for none), name."""


class Sandbox:
    """`Cluster` in memory; for several threads.

    `pace` stretches the time that things take: 1 is a few seconds for all of Airflow, 0 is ready at the next look.
    `denied` is what `may` says no to, as pairs of verb and resource. `pain` goes wrong, if there is one. `clock` gives
    seconds since 1970.
    """

    context = "sandbox"
    server = "in memory, nothing real runs"
    insecure = False

    def __init__(
        self,
        pace: float = 1.0,
        *,
        denied: Collection[tuple[str, str]] = (),
        pain: Pain | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.pace = pace
        self.denied = set(denied)
        self._clock = clock
        self._lock = threading.RLock()
        self._records: dict[_Key, Record] = {}
        self._version = 0
        self._kubelet = Kubelet(pace)
        self._airflows: dict[str, SandboxAirflow] = {}
        self._pain = pain
        self._told: set[str] = set()
        for body in [*map(pain.seed, seeds()), *pain.more] if pain else seeds():
            self._keep(Record(self._born(body)))

    def version(self) -> str:
        """What a cluster of the year would say."""
        return "v1.34.0"

    def may(self, verb: str, resource: str, *, group: str = "", namespace: str = "", subresource: str = "") -> bool:
        """Yes, unless `denied` holds it; of a subresource as `pods/exec`."""
        return (verb, f"{resource}/{subresource}" if subresource else resource) not in self.denied

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None."""
        with self._lock:
            self._look()
            record = self._records.get(_key(api_version, kind, name, namespace))
            return deepcopy(record.body) if record else None

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
        """All objects of a kind, by name; those in a namespace that is not there are none."""
        _known_kind(api_version, kind)
        matches = by_labels(labels), by_fields(fields)
        with self._lock:
            self._look()
            found = self._all(api_version, kind)
            here = [body for body in found if namespace in ("", body["metadata"].get("namespace"))]
            chosen = [deepcopy(body) for body in here if all(match(body) for match in matches)]
        if metadata_only:
            chosen = [{key: body[key] for key in ("apiVersion", "kind", "metadata")} for body in chosen]
        return list(map(keep, chosen)) if keep else chosen

    def create(self, body: Object) -> Object:
        """Create; raises Exists where the name is taken, Missing where the namespace is not there."""
        with self._lock:
            self._look()
            key = self._key_of(body)
            if key in self._records:
                raise Exists(f"{_text(key)} exists already.", "Use it, or delete it first.")
            return self._apply(key, body, Manager(FIELD_MANAGER, "Update"), dry_run=False, force=False)

    def apply(
        self, body: Object, *, dry_run: bool = False, force: bool = False, manager: str = FIELD_MANAGER
    ) -> Object:
        """Server-side apply; `manager` is ours unless a test plays somebody else. Raises Conflict."""
        with self._lock:
            self._look()
            return self._apply(self._key_of(body), body, Manager(manager, "Apply"), dry_run=dry_run, force=force)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, seen: Object | None = None
    ) -> bool:
        """Delete, with all that it owns, and of a namespace all that is in it; False where it was gone already.

        With `seen` raises Conflict where it is another one now.
        """
        with self._lock:
            self._look()
            key = _key(api_version, kind, name, namespace)
            if key not in self._records:
                return False
            there = self._records[key].body["metadata"]
            if seen and any(there[part] != seen["metadata"][part] for part in ("uid", "resourceVersion")):
                raise Conflict(f"{_text(key)} has been modified.", "Somebody else changes it: try again.")
            self._delete(key)
            return True

    def events(self, namespace: str, kind: str, name: str) -> Objects:
        """Events about one object, oldest first."""
        events = self.list("v1", "Event", namespace, fields=f"involvedObject.kind={kind},involvedObject.name={name}")
        return sorted(events, key=lambda event: int(event["metadata"]["resourceVersion"]))

    def logs(self, namespace: str, pod: str, container: str, *, tail: int = 20, previous: bool = False) -> str:
        """A few lines of the container `migrate`, as far as it has come; else empty."""
        with self._lock:
            self._look()
            record = self._records.get(_key("v1", "Pod", pod, namespace))
            if record is None or previous:
                return ""
            life = self._kubelet.lives.get(record.body["metadata"]["uid"])
            lines = self._kubelet.log(life, container, self._clock()) if life else []
        return "".join(f"{line}\n" for line in lines[-tail:])

    def read_log(
        self,
        namespace: str,
        pod: str,
        container: str,
        *,
        tail: int | None = None,
        previous: bool = False,
        follow: bool = False,
    ) -> Iterator[bytes]:
        """What `logs` gives; with `follow` raises ClusterError."""
        if follow:
            raise ClusterError("The sandbox runs nothing, so no log of it grows.", "Use a real cluster for that.")
        if self.get("v1", "Pod", pod, namespace) is None:
            raise Missing(f"There is no pod {pod} in namespace {namespace}.", "Look whether it is still there.")
        lines = sys.maxsize if tail is None else tail
        yield self.logs(namespace, pod, container, tail=lines, previous=previous).encode()

    def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, stdin: str = ""
    ) -> tuple[int, str, str]:
        """Not here: raises ClusterError."""
        raise ClusterError(
            f"The sandbox runs nothing, so there is no {container} in {pod} to run {command[0]} in.",
            "Use a real cluster for that.",
        )

    def forward(self, namespace: str, pod: str, port: int) -> Stream:
        """A connection to a pretended Airflow, one for each namespace. Raises ClusterError until the pod runs."""
        with self._lock:
            body = self.get("v1", "Pod", pod, namespace)
            if body is None:
                raise Missing(f"There is no pod {pod} in namespace {namespace}.", "Look whether it is still there.")
            if body["status"]["phase"] != "Running":
                raise ClusterError(f"Pod {pod} is not running yet.", "Wait until it is.")
            airflow = self._airflows.setdefault(namespace, SandboxAirflow(self.pace, self._clock))
        return AirflowStream(airflow)

    def _key_of(self, body: Object) -> _Key:
        metadata = body.get("metadata") or {}
        key = _key(body["apiVersion"], body["kind"], metadata.get("name", ""), metadata.get("namespace", ""))
        if key[2] and ("v1", "Namespace", "", key[2]) not in self._records:
            raise Missing(f"There is no namespace {key[2]}.", "Create it first.")
        return key

    def _apply(self, key: _Key, body: Object, manager: Manager, *, dry_run: bool, force: bool) -> Object:
        old = self._records.get(key)
        given = (body.get("metadata") or {}).get("resourceVersion")
        if given and given != (old.body["metadata"]["resourceVersion"] if old else ""):
            raise Conflict(f"{_text(key)} has been modified.", "Somebody else changes it at the same time: try again.")
        if old is None:
            space = {"namespace": key[2]} if key[2] else {}
            start = self._born({"apiVersion": key[0], "kind": key[1], "metadata": {"name": key[3], **space}})
        else:
            start = deepcopy(old.body)
        wanted = wanted_fields(secret_data(body))
        new = merged(Record(start, old.owners if old else {}), wanted, manager, force=force, what=_text(key))
        new.body = defaulted(new.body)
        if old and new == old:
            return deepcopy(old.body)
        if old and key[1] == "PersistentVolumeClaim" and not may_become(old.body, new.body):
            what = "spec is immutable after creation except resources.requests for bound claims"
            raise Invalid(f'PersistentVolumeClaim "{key[3]}" is invalid: spec: Forbidden: {what}.')
        if "spec" in new.body and (old is None or new.body["spec"] != old.body.get("spec")):
            new.body["metadata"]["generation"] = new.body["metadata"].get("generation", 0) + 1
        if dry_run:
            return new.body
        self._keep(new)
        answer = deepcopy(new.body)
        self._look()  # what follows from it begins now, not when somebody asks
        return answer

    def _born(self, body: Object) -> Object:
        made = {"uid": str(uuid4()), "creationTimestamp": timestamp(self._clock())}
        return defaulted({**body, "metadata": {**body["metadata"], **made}})

    def _keep(self, record: Record) -> None:
        self._version += 1
        body = record.body
        body["metadata"]["resourceVersion"] = str(self._version)
        metadata = body["metadata"]
        self._records[_key(body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", ""))] = record

    def _delete(self, key: _Key) -> None:
        record = self._records.pop(key, None)
        if record is None:
            return
        uid = record.body["metadata"]["uid"]
        for other, held in list(self._records.items()):
            if owned_by(held.body, uid) or (key[1] == "Namespace" and other[2] == key[3]):
                self._delete(other)
        if key[1] == "Namespace":
            self._airflows.pop(key[3], None)

    def _all(self, api_version: str, kind: str) -> Objects:
        keys = sorted(key for key in self._records if key[:2] == (api_version, kind))
        return [self._records[key].body for key in keys]

    def _look(self) -> None:
        """Let the controllers catch up with the clock."""
        now = self._clock()
        workloads = [body for kind in WORKLOADS for body in self._all("apps/v1", kind)]
        for workload in workloads:
            self._staff(workload)
        claims = self._all("v1", "PersistentVolumeClaim")
        waiting = {_identity(claim) for claim in claims if self._held(claim)}
        pods = self._all("v1", "Pod")
        going = [pod for pod in pods if not self._held(pod, waiting)]
        self._kubelet.advance(going, workloads, now)
        for pod in going:
            life = self._kubelet.lives[pod["metadata"]["uid"]]
            if now >= life.born + SCHEDULE * self.pace:
                pod["spec"]["nodeName"] = NODE
            self._say(pod, pod_status(self._kubelet, life, now))
            events = pod_events(self._kubelet, life, now)
            for when, reason, message in events[life.reported :]:
                self._keep(Record(self._event(pod, when, (reason, message))))
            life.reported = len(events)
        for workload in workloads:
            mine = [pod for pod in pods if owned_by(pod, workload["metadata"]["uid"])]
            self._say(workload, workload_status(workload, mine, now))
        classes = {body["metadata"]["name"] for body in self._all("storage.k8s.io/v1", "StorageClass")}
        for claim in claims:
            if _identity(claim) not in waiting:
                bind(claim, classes)
                self._say(claim, claim_status(claim))

    def _held(self, body: Object, waiting: Collection[tuple[str, str]] = ()) -> bool:
        """Whether the pain of this sandbox holds a pod or a claim up; then it says so of itself. `waiting` are claims
        that are held up, and hold up pods."""
        ask = self._pain and (self._pain.pod if body["kind"] == "Pod" else self._pain.claim)
        held = ask(body) if ask else None
        if any((body["metadata"]["namespace"], name) in waiting for name in mounted_claims(body)):
            held = UNBOUND
        if held is None:
            return False
        since = {"lastTransitionTime": timestamp(self._clock())}
        conditions = [{**each, **since} for each in held.status.get("conditions", [])]
        self._say(body, {**held.status, **({"conditions": conditions} if conditions else {})})
        for said in held.events if body["metadata"]["uid"] not in self._told else ():
            self._keep(Record(self._event(body, self._clock(), said)))
        self._told.add(body["metadata"]["uid"])
        return True

    def _staff(self, workload: Object) -> None:
        """As many pods of the current template as are wanted; others go."""
        metadata = workload["metadata"]
        digest = template_hash(workload)
        mine = [pod for pod in self._all("v1", "Pod") if owned_by(pod, metadata["uid"])]
        fitting = [pod for pod in mine if pod["metadata"]["labels"]["pod-template-hash"] == digest]
        wanted = fitting[: workload["spec"]["replicas"]]
        for pod in mine:
            if pod not in wanted:
                self._delete(_key("v1", "Pod", pod["metadata"]["name"], metadata["namespace"]))
        names = {pod["metadata"]["name"] for pod in wanted}
        number = 0
        while len(names) < workload["spec"]["replicas"]:
            letters = "".join(random.choices(string.ascii_lowercase + string.digits, k=5))
            pod = new_pod(workload, number, letters)
            number += 1
            if pod["metadata"]["name"] not in names:
                names.add(pod["metadata"]["name"])
                self._keep(Record(self._born(pod)))

    def _say(self, body: Object, status: Object) -> None:
        old = body.get("status") or {}
        if keep_transitions(old, status) != old:
            body["status"] = status
            self._version += 1
            body["metadata"]["resourceVersion"] = str(self._version)

    def _event(self, about: Object, when: float, said: Said) -> Object:
        name, namespace = about["metadata"]["name"], about["metadata"]["namespace"]
        reason, message = said
        event: Object = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{name}.{uuid4().hex[:16]}", "namespace": namespace},
            "involvedObject": {"apiVersion": "v1", "kind": about["kind"], "name": name, "namespace": namespace},
            "type": "Normal",
            "reason": reason,
            "message": message,
            "count": 1,
        }
        event["involvedObject"]["uid"] = about["metadata"]["uid"]
        event |= {"firstTimestamp": timestamp(when), "lastTimestamp": timestamp(when)}
        return self._born(event)


def _key(api_version: str, kind: str, name: str, namespace: str) -> _Key:
    _known_kind(api_version, kind)
    namespaced = (api_version, kind) in NAMESPACED
    if not name or (namespaced and not namespace):
        raise Invalid(f"{kind} {name} has no {'namespace' if name else 'name'}.", "Name both.")
    return api_version, kind, namespace if namespaced else "", name


def _identity(claim: Object) -> tuple[str, str]:
    return claim["metadata"]["namespace"], claim["metadata"]["name"]


def _known_kind(api_version: str, kind: str) -> None:
    if (api_version, kind) not in KINDS:
        raise Missing(
            f"This cluster does not know {kind} of {api_version}.",
            "Install what brings it (an operator, its CRDs), or choose what does not need it.",
        )


def _text(key: _Key) -> str:
    return f"{key[1]} {key[3]}" + (f" in namespace {key[2]}" if key[2] else "")
