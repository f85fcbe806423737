"""What the pods of one of Airflow's components say: the end of their logs, and what they say from now on.

Pieces of a log become whole lines here, so that those of several pods can't mix.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Queue

from wizard.cluster.interface import Cluster, ClusterError, Missing, Object
from wizard.errors import Exit, UserError

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker", "database", "redis")
"""Airflow's own, and what it needs: the label `component` of their pods."""

FOLLOWED = 20
"""Pods that are followed at once, each on a connection of its own."""

INTERVAL = 1.0
"""Seconds between two looks at a container that hasn't started."""

_OURS = "airflow-wizard/role"
_MAIN = "kubectl.kubernetes.io/default-container"
"""The annotation by which kubectl, too, knows a pod's main container; without it that is the first."""
_NO_WORKER = (
    "Without Celery, tasks run in the scheduler's pod, or in pods that go when they have ended: see Airflow's page."
)


@dataclass(frozen=True)
class Source:
    """One container of one pod, whose log is read."""

    namespace: str
    pod: str
    container: str

    @property
    def prefix(self) -> str:
        """What `kubectl logs --prefix` writes before each line."""
        return f"[pod/{self.pod}/{self.container}] "


@dataclass(frozen=True)
class Line:
    """One line of a log as its container wrote it, with its newline."""

    source: Source
    data: bytes


@dataclass(frozen=True)
class Note:
    """What is to be said of a log, and is no line of it."""

    text: str


@dataclass(frozen=True)
class _Ended:
    source: Source
    error: Exception | None = None


def sources(cluster: Cluster, namespace: str, component: str, container: str = "") -> list[Source]:
    """The main container, or the one that is named, of each pod of a component, oldest first.

    Raises UserError where the component or the container is not there, with those that are.
    """
    every = cluster.list("v1", "Pod", namespace, labels=_OURS)
    pods = [pod for pod in every if _component(pod) == component]
    if not pods:
        raise _no_component(component, namespace, {_component(pod) for pod in every} & set(COMPONENTS))
    pods.sort(key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]))
    found = [
        Source(namespace, pod["metadata"]["name"], container or _main(pod))
        for pod in pods
        if not container or container in _containers(pod)
    ]
    if not found:
        there = ", ".join(dict.fromkeys(name for pod in pods for name in _containers(pod)))
        raise UserError(f"The pods of {component} have no container {container}.", f"They have: {there}.")
    return found


def read(
    cluster: Cluster, found: Iterable[Source], tail: int | None, *, previous: bool = False
) -> Iterator[Line | Note]:
    """The last `tail` lines of each (None for all), one after the other. Raises Missing where none has a log."""
    missing: list[Missing] = []
    logs = 0
    for source in found:
        said = False
        try:
            for data in _lines(_pieces(cluster, source, tail, previous=previous)):
                said = True
                yield Line(source, data)
            logs += 1
            if not said and tail != 0:
                yield Note(f"{source.pod}: container {source.container} has said nothing.")
        except Missing as error:
            missing.append(error)
    if missing and not logs:
        raise missing[0]
    yield from (Note(error.message) for error in missing)


def follow(cluster: Cluster, found: list[Source], tail: int | None) -> Iterator[Line | Note]:
    """The same of all at once, and what they say from then on, until all containers have ended.

    One that hasn't started is waited for. Raises what went wrong where that is so of all. Whoever stops reading leaves
    threads behind that end with the process.
    """
    if len(found) > FOLLOWED:
        raise UserError(
            f"There are {len(found)} pods, and {FOLLOWED} are followed at once at most.",
            f"Without --follow all are read; kubectl logs -f -n {found[0].namespace} {found[-1].pod} follows one.",
        )
    come: Queue[Line | Note | _Ended] = Queue(maxsize=1000)
    for source in found:
        threading.Thread(target=_follow_one, args=(cluster, source, tail, come.put), daemon=True).start()
    left, failed = len(found), 0
    while left:
        match come.get():
            case _Ended(source, error):
                left -= 1
                failed += error is not None
                if error is not None and (failed == len(found) or not isinstance(error, ClusterError)):
                    raise error
                yield Note(f"{source.pod}: {error.message if error else f'container {source.container} has ended.'}")
            case one:
                yield one


def _follow_one(
    cluster: Cluster, source: Source, tail: int | None, put: Callable[[Line | Note | _Ended], None]
) -> None:
    said = False
    try:
        while True:
            try:
                for data in _lines(_pieces(cluster, source, tail, follow=True)):
                    put(Line(source, data))
                return put(_Ended(source))
            except Missing as error:
                if cluster.get("v1", "Pod", source.pod, source.namespace) is None:
                    raise
                if not said:
                    put(Note(f"{error.message} It is waited for."))
                said = True
                time.sleep(INTERVAL)
    except Exception as error:  # noqa: BLE001  # raised again in the thread that reads
        put(_Ended(source, error))


def _pieces(
    cluster: Cluster, source: Source, tail: int | None, *, previous: bool = False, follow: bool = False
) -> Iterator[bytes]:
    return cluster.read_log(source.namespace, source.pod, source.container, tail=tail, previous=previous, follow=follow)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines; the last one gets the newline that it hasn't."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest + b"\n"


def _component(pod: Object) -> str:
    return str(pod["metadata"]["labels"].get("component", ""))


def _containers(pod: Object) -> list[str]:
    spec = pod["spec"]
    return [each["name"] for each in [*spec.get("containers", []), *(spec.get("initContainers") or [])]]


def _main(pod: Object) -> str:
    named = (pod["metadata"].get("annotations") or {}).get(_MAIN)
    return str(named or pod["spec"]["containers"][0]["name"])


def _no_component(component: str, namespace: str, there: set[str]) -> UserError:
    known = component in COMPONENTS
    code = Exit.FAILED if known else Exit.USAGE
    sentence = f"There is no {component} in namespace {namespace}." if known else f"Airflow has no {component}."
    if not there:
        nothing = f"{sentence[:-1]}, and no other pod of Airflow" if known else sentence[:-1]
        way_out = f"Airflow's are {', '.join(COMPONENTS)}; name the namespace with -n, the cluster with --context."
        return UserError(f"{nothing}.", way_out, code)
    way_out = f"There are: {', '.join(name for name in COMPONENTS if name in there)}."
    return UserError(sentence, f"{way_out} {_NO_WORKER}" if component == "worker" else way_out, code)
