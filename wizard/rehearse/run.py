"""A rehearsal itself: make, wait for the pods, tell what they came to, and remove all of it, whatever happens."""

import time
from collections.abc import Generator, Iterator
from functools import partial

from wizard import record
from wizard.apply import namespace_exists
from wizard.cluster.interface import Cluster, ClusterError, Exists, Object
from wizard.delete import strangers
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.redact import masked
from wizard.rehearse.last_words import in_a_line, is_running, last_words, no_image
from wizard.rehearse.pods import LABEL
from wizard.rehearse.prepare import Outcome, Pod, Prepared
from wizard.rehearse.tries import answer
from wizard.short_pods import INTERVAL, has_ended, is_over, surely
from wizard.threads import in_parallel
from wizard.watch import pod_state

PATIENCE = 60
"""Seconds that removed pods, and a namespace of ours, are waited for."""

KINDS = ("Pod", "Secret", "ConfigMap", "ServiceAccount")
"""What a rehearsal makes in a namespace."""


def rehearse(cluster: Cluster, prepared: Prepared, timeout: float) -> Generator[Row]:
    """A row for each look at each pod, until all have ended; what a try came to is an `Outcome` that is not waiting.

    Whoever stops reading closes the iterator: then, too, all that was made is removed. Raises `UserError` where
    something can't be made or removed. `timeout` is in seconds, for all pods together.
    """
    yield from prepared.known
    if not prepared.pods:
        return
    try:
        yield from _leftovers(cluster, prepared)
        refused = surely(partial(_make, cluster, prepared))  # what came after the removal would stay
        yield from refused.values()
        yield from _tried(cluster, prepared, set(refused), timeout)
    finally:
        removing = time.monotonic()
        surely(partial(_remove, cluster, prepared))
    yield Row("removal", Mark.DONE, "all that was made for it is gone", time.monotonic() - removing)


def _leftovers(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """Remove what a rehearsal left that was killed."""
    started = time.monotonic()
    left = _labelled(cluster, prepared, f"{LABEL},{LABEL}!={prepared.run.id}")
    if left:
        in_parallel(partial(_delete, cluster), left)
        text = f"{len(left)} things of a rehearsal that was killed were removed"
        yield Row("leftovers", Mark.DONE, text, time.monotonic() - started)


def _make(cluster: Cluster, prepared: Prepared) -> dict[str, Outcome]:
    """Make all of it; by question, the pods that the cluster refused."""
    run = prepared.run
    if prepared.namespace == "made":
        metadata = {"name": run.namespace, "labels": {LABEL: run.id}}
        _create(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    secrets = [secret for pod in prepared.pods for secret in pod.secrets]
    in_parallel(partial(_create, cluster), [*prepared.objects, *secrets])

    def pod_of(pod: Pod) -> Outcome | None:
        try:
            cluster.create(pod.body)
        except ClusterError as error:
            text = f"The cluster does not take the pod: {error.message}"
            return Outcome(pod.attempt.question, Mark.FAILED, text, 0.0, change=pod.attempt.place, said=error.message)
        return None

    return {found.thing: found for found in in_parallel(pod_of, prepared.pods) if found is not None}


def _create(cluster: Cluster, body: Object) -> None:
    """One that somebody else has made in this moment is theirs, and as good."""
    try:
        cluster.create(body)
    except Exists:
        if body["kind"] not in ("Namespace", "ServiceAccount"):
            raise


def _tried(cluster: Cluster, prepared: Prepared, refused: set[str], timeout: float) -> Iterator[Row]:
    started = time.monotonic()
    left = [pod for pod in prepared.pods if pod.attempt.question not in refused]
    while left:
        there = {
            body["metadata"]["name"]: body for body in _list(cluster, prepared, "Pod", f"{LABEL}={prepared.run.id}")
        }
        seconds = time.monotonic() - started
        for pod in list(left):
            outcome = _outcome(cluster, prepared, pod, there.get(pod.body["metadata"]["name"]), seconds)
            if outcome.mark is Mark.WAITING and seconds > timeout:
                outcome = _too_late(prepared, outcome, timeout)
            yield outcome
            if outcome.mark is not Mark.WAITING:
                left.remove(pod)
        if left:
            time.sleep(INTERVAL)


def _outcome(cluster: Cluster, prepared: Prepared, pod: Pod, body: Object | None, seconds: float) -> Outcome:
    attempt = pod.attempt
    if body is None:
        text = "Its pod was deleted by somebody else; run again."
        return Outcome(attempt.question, Mark.FAILED, text, seconds, change=attempt.place)
    missing = no_image(body)
    if missing:
        return _failed(prepared, pod, missing.sentence, missing.change, in_a_line(missing.said), seconds)
    if not has_ended(body):
        return Outcome(attempt.question, Mark.WAITING, masked(_doing(cluster, body), pod.hidden), seconds)
    well, said = last_words(body)
    said = masked(said, pod.hidden)
    if well:
        return Outcome(attempt.question, Mark.DONE, said, seconds, said=said)
    text, change = attempt.explained(said)
    return _failed(prepared, pod, in_a_line(text), change, in_a_line(said), seconds)


def _doing(cluster: Cluster, body: Object) -> str:
    """What a pod waits for, where that is no good sign; else how far it is."""
    mark, text = pod_state(cluster, body)
    if mark is Mark.WARNING and not is_over(body):
        return text
    return "trying" if is_over(body) or is_running(body) else "its pod starts"


def _failed(prepared: Prepared, pod: Pod, text: str, change: str, said: str, seconds: float) -> Outcome:
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
    sentence += f" Change {answer(prepared.plan, change)}."
    return Outcome(pod.attempt.question, Mark.FAILED, sentence, seconds, change=change, said=said)


def _too_late(prepared: Prepared, outcome: Outcome, timeout: float) -> Outcome:
    nodes = outcome.text.startswith("no node takes it")
    way_out = f"Change {answer(prepared.plan, 'nodes')}." if nodes else "Give it longer with --timeout."
    text = f"It did not end within {timeout:.0f} s: {outcome.text.rstrip('.')}. {way_out}"
    change = "nodes" if nodes else ""
    return Outcome(outcome.thing, Mark.FAILED, text, outcome.seconds, change=change, said=outcome.text)


def _remove(cluster: Cluster, prepared: Prepared) -> None:
    """Remove all of it, and wait until it is gone: what comes next may want the room, or the namespace."""
    end = time.monotonic() + PATIENCE
    wanted = f"{LABEL}={prepared.run.id}"
    try:
        while left := _labelled(cluster, prepared, wanted):
            in_parallel(partial(_delete, cluster), left)
            if time.monotonic() > end:
                raise ClusterError(f"{left[0]['kind']} {left[0]['metadata']['name']} does not go.")
            time.sleep(INTERVAL)
        if prepared.namespace != "there":
            _remove_namespace(cluster, prepared, end)
    except ClusterError as error:
        raise UserError(
            f"What the rehearsal made could not be removed: {error.message}",
            f"Rehearse again, or: kubectl delete pods,secrets,configmaps,serviceaccounts "
            f"-n {prepared.run.namespace} -l {LABEL}",
        ) from None


def _remove_namespace(cluster: Cluster, prepared: Prepared, end: float) -> None:
    """Only one that a rehearsal made, and that holds nothing of anybody else's, another rehearsal's included."""
    name, id = prepared.run.namespace, prepared.run.id

    def goes(body: Object) -> bool:
        return "deletionTimestamp" in body["metadata"] or (body["metadata"].get("labels") or {}).get(LABEL) == id

    body = cluster.get("v1", "Namespace", name)
    if body is None or not _is_of_a_rehearsal(body) or strangers(cluster, name, goes):
        return
    cluster.delete("v1", "Namespace", name)
    while namespace_exists(cluster, name) and time.monotonic() < end:
        time.sleep(INTERVAL)


def _is_of_a_rehearsal(body: Object) -> bool:
    """By our label; what `apply` has taken over since is Airflow's."""
    return LABEL in (body["metadata"].get("labels") or {}) and not record.is_ours(body)


def _labelled(cluster: Cluster, prepared: Prepared, labels: str) -> list[Object]:
    found = in_parallel(lambda kind: _list(cluster, prepared, kind, labels), KINDS)
    return [body for bodies in found for body in bodies if _is_of_a_rehearsal(body)]


def _list(cluster: Cluster, prepared: Prepared, kind: str, labels: str) -> list[Object]:
    return cluster.list("v1", kind, prepared.run.namespace, labels=labels)


def _delete(cluster: Cluster, body: Object) -> None:
    metadata = body["metadata"]
    cluster.delete(body["apiVersion"], body["kind"], metadata["name"], metadata["namespace"])
