"""Take away what the cluster's own record says was applied; what holds data stays unless it is asked for."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from wizard import record
from wizard.apply import KEPT_KINDS, namespace_exists, owned
from wizard.cluster.interface import Cluster, Forbidden, Missing, Object
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.render.manifests import ORDER
from wizard.threads import in_parallel
from wizard.turn import Turn
from wizard.watch import MIGRATIONS, PODS, TASK_PODS, asked_again

_LOOKED_AT = (
    ("v1", "Pod"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
)
"""What a namespace is looked through for before it is deleted as a whole."""


_REASONS = {"PersistentVolumeClaim": "holds data", "Secret": "needed to read the data that stays"}


@dataclass(frozen=True)
class Prepared:
    """What goes and what stays."""

    namespace: str
    goes: list[Object]
    stays: list[str]
    """Labels with the reason."""
    purge: bool
    namespace_goes: bool
    known: record.Record
    """The record as it was."""


def prepare(cluster: Cluster, namespace: str, *, purge: bool = False) -> Prepared:
    """Look up what is ours. Reads only. Raises `UserError` where nothing is."""
    space = _our_namespace(cluster, namespace)
    if purge and space and "deletionTimestamp" in space["metadata"]:
        return Prepared(namespace, [], [], purge, namespace_goes=True, known=record.Record(frozenset(), ""))
    known = record.read(cluster, namespace) if space or namespace_exists(cluster, namespace) else None
    if known is None:
        raise record.nothing_applied(namespace)
    kinds = record.Record(known.kinds | {("v1", "ConfigMap"), ("v1", "Secret")}, "")
    found = [body for body in owned(cluster, namespace, kinds) if purge or not _is_record(body)]
    goes = [body for body in found if purge or body["kind"] not in KEPT_KINDS]
    goes += [pod for labels in (TASK_PODS, MIGRATIONS) for pod in cluster.list("v1", "Pod", namespace, labels=labels)]
    stays = [f"{_label(body)}: {_REASONS[body['kind']]}" for body in found if body["kind"] in _REASONS and not purge]
    if stays:
        stays.append(f"ConfigMap {record.NAME}: the record of what stays")
    ours = space is not None
    others = strangers(cluster, namespace, _goes_with_us) if purge and ours else []
    if not ours:
        stays.append(f"Namespace {namespace}: the wizard did not make it")
    elif not purge:
        stays.append(f"Namespace {namespace}: with what stays in it")
    elif others:
        stays.append(f"Namespace {namespace}: it also holds {', '.join(others[:5])}")
    goes.sort(key=_order)
    return Prepared(namespace, goes, stays, purge, purge and ours and not others, known)


def _order(body: Object) -> tuple[int, str]:
    """Last applied, first deleted: the scheduler before the task pods, which it would make again; the record at the
    very end, so that a run that was cut off can go on."""
    kind = "Deployment" if body["kind"] == "Pod" else body["kind"]
    return (1 if _is_record(body) else -ORDER.index(kind), f"{body['kind']} {body['metadata']['name']}")


def _is_record(body: Object) -> bool:
    return body["kind"] == "ConfigMap" and bool(body["metadata"]["name"] == record.NAME)


def _label(body: Object) -> str:
    return f"{body['kind']} {body['metadata']['name']}"


def _our_namespace(cluster: Cluster, namespace: str) -> Object | None:
    """The namespace, if the wizard made it."""
    try:
        body = cluster.get("v1", "Namespace", namespace)
    except Forbidden:
        return None
    return body if body is not None and record.is_ours(body) else None


def strangers(cluster: Cluster, namespace: str, is_ours: Callable[[Object], bool]) -> list[str]:
    """What would go with the namespace although it isn't ours, without what Kubernetes puts into each namespace."""
    found = in_parallel(lambda kind: cluster.list(*kind, namespace), _LOOKED_AT)
    return [
        _label(body)
        for bodies in found
        for body in bodies
        if not is_ours(body)
        and not body["metadata"].get("ownerReferences")
        and body["metadata"]["name"] != "kube-root-ca.crt"
    ]


def _goes_with_us(body: Object) -> bool:
    return record.is_ours(body) or "airflow-wizard/role" in (body["metadata"].get("labels") or {})


def delete(cluster: Cluster, prepared: Prepared, timeout: float) -> Iterator[Row]:
    """Delete what was prepared, in order, and wait until the pods are gone.

    Raises `UserError` when they aren't after `timeout` seconds, and where somebody has begun to apply meanwhile.
    """
    if prepared.goes or prepared.known.applying:
        yield from _deleted(cluster, prepared)
    if prepared.namespace_goes:
        # Of a pod that still ends, Kubernetes waits for half of the grace that it has (300 s of a Celery worker's 600)
        # before it looks at the namespace again. The record is there meanwhile, so the same command can go on.
        yield from _until_gone("pods", partial(_pods, cluster, prepared), timeout, prepared.namespace)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": prepared.namespace}}
        yield _delete_one(cluster, namespace)
    yield from (_delete_one(cluster, body) for body in prepared.goes if _is_record(body))
    yield from _until_gone("leftovers", partial(_left, cluster, prepared), timeout, prepared.namespace)


def _deleted(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """All but the record and the namespace."""
    turn = Turn(cluster, prepared.namespace)
    turn.take(prepared.known, prepared.known)
    for body in prepared.goes:
        if not _is_record(body):
            turn.hold()
            yield _delete_one(cluster, body)
    if not prepared.purge:
        turn.end(prepared.known)


def _delete_one(cluster: Cluster, body: Object) -> Row:
    started, metadata = time.monotonic(), body["metadata"]
    try:
        there = cluster.delete(body["apiVersion"], body["kind"], metadata["name"], metadata.get("namespace", ""))
    except Missing:
        there = False
    return Row(_label(body), Mark.DONE, "deleted" if there else "gone already", time.monotonic() - started)


def _left(cluster: Cluster, prepared: Prepared) -> list[str]:
    """What is still there of what must go: with `purge` claims too, which stay as long as a pod mounts them; who
    applies again would get one that is on its way out."""
    if prepared.namespace_goes and not namespace_exists(cluster, prepared.namespace):
        return []
    space = [f"Namespace {prepared.namespace}"] if prepared.namespace_goes else []
    return _pods(cluster, prepared) or space or _claims(cluster, prepared)


def _claims(cluster: Cluster, prepared: Prepared) -> list[str]:
    kind = ("v1", "PersistentVolumeClaim")
    found = cluster.list(*kind, prepared.namespace, labels=record.LABELS) if prepared.purge else []
    return [_label(claim) for claim in found]


def _pods(cluster: Cluster, prepared: Prepared) -> list[str]:
    """Task pods too, where all is to go."""
    kinds = (PODS, TASK_PODS, MIGRATIONS) if prepared.purge else (PODS,)
    return [_label(pod) for labels in kinds for pod in cluster.list("v1", "Pod", prepared.namespace, labels=labels)]


def _until_gone(thing: str, left: "partial[list[str]]", timeout: float, namespace: str) -> Iterator[Row]:
    started, said = time.monotonic(), ""
    while True:
        names = yield from asked_again(left, started + timeout)
        seconds = time.monotonic() - started
        if not names:
            yield Row(thing, Mark.DONE, "none: all is gone that had to go", seconds)
            return
        text = f"waiting for {len(names)}: {names[0]}"
        if text != said:
            said = text
            yield Row(thing, Mark.WAITING, text, seconds)
        if seconds > timeout:
            raise UserError(
                f"{', '.join(names)} are not gone within {timeout:.0f} s.",
                f"It goes on in the cluster (kubectl get pods -n {namespace}); the same command takes away the rest.",
            )
        time.sleep(0.5)
