"""What of a report comes from Kubernetes' own objects: they themselves, their events, the logs of their containers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from wizard.cluster.events import in_order, last_seen
from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.record import LABELS, Kind
from wizard.threads import in_parallel

LOG_LINES = 200
LONGEST = 200_000
"""Bytes that are kept of a log, those at its end."""
_LOG_LIMIT = 1_000_000
"""Bytes from which on the API server may have cut a log in the middle of a line."""

ROLE = "airflow-wizard/role"
"""The label of our pods, those of tasks too."""
KINDS = frozenset({("apps/v1", "Deployment"), ("v1", "ConfigMap"), ("v1", "Service"), ("v1", "Pod")})
"""What there is of every plan; the record knows of more."""


@dataclass(frozen=True)
class Ask:
    """A part of the report: its name, and how to get its files. What is to be YAML or JSON is data still."""

    what: str
    work: Callable[[], dict[str, Any]]


def asked(asks: Iterable[Ask]) -> tuple[dict[str, Any], list[str]]:
    """The files of all of them, and what could not be asked."""

    def one(ask: Ask) -> dict[str, Any] | str:
        try:
            return ask.work()
        except UserError as error:
            return f"{ask.what}: {in_one_line(error)}"

    found = in_parallel(one, asks)
    files = {name: content for each in found if isinstance(each, dict) for name, content in each.items()}
    return files, [each for each in found if isinstance(each, str)]


def in_one_line(error: UserError) -> str:
    """Its sentence and its way out. Spaces stay as they are, so that a secret in it is still found."""
    return str(error).replace("\n", " ")


def list_ours(cluster: Cluster, namespace: str, kind: Kind) -> dict[str, Object]:
    """Ours of one kind, by file name."""
    labels = ROLE if kind[1] == "Pod" else LABELS
    bodies = cluster.list(*kind, namespace, labels=labels)
    return {f"objects/{kind[1].lower()}-{body['metadata']['name']}.yaml": body for body in bodies}


def bare(body: Object) -> Object:
    """Without the books about who owns which field, which are longer than the object."""
    metadata = {key: value for key, value in body["metadata"].items() if key != "managedFields"}
    return {**body, "metadata": metadata}


def logs(cluster: Cluster, namespace: str, objects: Iterable[Object]) -> Iterator[Ask]:
    """Of each container that has run, and of the one before where it was started again."""
    for pod in [body for body in objects if body["kind"] == "Pod" and body["spec"].get("nodeName")]:
        name, state = pod["metadata"]["name"], pod.get("status", {})
        for each in [*state.get("initContainerStatuses", []), *state.get("containerStatuses", [])]:
            container = f"{name}.{each['name']}"
            yield Ask(f"log of {container}", partial(_log, cluster, namespace, pod, each["name"], previous=False))
            if each.get("restartCount"):
                yield Ask(
                    f"log before {container}", partial(_log, cluster, namespace, pod, each["name"], previous=True)
                )


def _log(cluster: Cluster, namespace: str, pod: Object, container: str, *, previous: bool) -> dict[str, str]:
    name = pod["metadata"]["name"]
    text = cluster.logs(namespace, name, container, tail=LOG_LINES, previous=previous)
    if len(text.encode()) >= _LOG_LIMIT:
        text = text[: text.rfind("\n") + 1]
    return {f"logs/{name}.{container}{'.previous' if previous else ''}.txt": text} if text else {}


def events(found: list[Object], objects: Iterable[Object]) -> str:
    """A line each, oldest first. What a Deployment makes has its name and more, and may be gone already."""
    ours = {(body["kind"], body["metadata"]["name"]) for body in objects}
    made = tuple(f"{name}-" for kind, name in ours if kind == "Deployment")
    lines = []
    for event in sorted(found, key=in_order):
        about = event["involvedObject"]
        kind, name = about.get("kind", ""), about.get("name", "")
        if (kind, name) in ours or (kind in ("Pod", "ReplicaSet") and name.startswith(made)):
            lines.append(f"{last_seen(event)} {event.get('type', '')} {kind}/{name} {_told(event)}\n")
    return "".join(lines)


def _told(event: Object) -> str:
    count = (event.get("series") or {}).get("count") or event.get("count") or 1
    message = str(event.get("message", "")).replace("\n", "\n    ")
    return f"{event.get('reason', '')}{f' ({count} times)' if count > 1 else ''}: {message}"


def cut(text: str) -> str:
    """The end of a long log, from a line's beginning."""
    if len(text.encode()) <= LONGEST:
        return text
    kept = text.encode()[-LONGEST:].decode(errors="ignore")
    return "(its beginning is cut off)\n" + kept.partition("\n")[2]
