"""The end of a workshop: the namespaces of its seats go, all at once."""

import time
from collections import Counter
from collections.abc import Iterator

from wizard import record
from wizard.cluster.interface import Cluster
from wizard.progress import Mark, Row
from wizard.threads import as_they_end, in_parallel
from wizard.watch import INTERVAL, MIGRATIONS, TASK_PODS
from wizard.workshop.seats import LABEL

_OURS = "airflow-wizard/role"
"""The label of every pod of an Airflow."""


def end(cluster: Cluster, names: list[str], timeout: float) -> Iterator[Row]:
    """Delete these namespaces with all that is in them; a row whenever the state of one has changed.

    The pods go first: of one that still ends, Kubernetes waits for half of its grace before it looks at the namespace
    again. After `timeout` seconds FAILED for those that are still there; deleting goes on in the cluster.
    """
    started, said = time.monotonic(), dict[str, str]()
    list(as_they_end(lambda name: _stop(cluster, name), names))
    told: set[str] = set()
    while True:
        late = (seconds := time.monotonic() - started) > timeout
        pods = Counter(
            pod["metadata"]["namespace"] for pod in cluster.list("v1", "Pod", labels=_OURS, metadata_only=True)
        )
        empty = [name for name in names if name not in told and (late or not pods[name])]
        in_parallel(lambda name: cluster.delete("v1", "Namespace", name), empty)
        told |= {*empty}
        there = {space["metadata"]["name"] for space in cluster.list("v1", "Namespace", labels=LABEL)}
        for name in names:
            row = _row(name, name in there, pods[name], seconds, late)
            if said.get(name) != row.text:
                said[name] = row.text
                yield row
        if late or not there & {*names}:
            return
        time.sleep(INTERVAL)


def _stop(cluster: Cluster, name: str) -> None:
    for deployment in cluster.list("apps/v1", "Deployment", name, labels=record.LABELS, metadata_only=True):
        cluster.delete("apps/v1", "Deployment", deployment["metadata"]["name"], name)
    for labels in (TASK_PODS, MIGRATIONS):
        for pod in cluster.list("v1", "Pod", name, labels=labels, metadata_only=True):
            cluster.delete("v1", "Pod", pod["metadata"]["name"], name)


def _row(name: str, there: bool, pods: int, seconds: float, late: bool) -> Row:
    if not there:
        return Row(name, Mark.DONE, "gone", seconds)
    text = f"waits for {pods} pods to end" if pods else "is being deleted"
    way_out = f"It goes on in the cluster: kubectl get namespace {name} -o yaml tells what holds it." if late else ""
    return Row(name, Mark.FAILED if late else Mark.WAITING, text, seconds, way_out)
