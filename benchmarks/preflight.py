"""How long preflight takes on a big cluster, and how much memory: 1,000 Nodes and 5,000 Pods that are only objects.

Each round asks twice, in processes of their own and in turn: once as the wizard does (in parallel, in pages, keeping
of each object what a check reads), once as a plain client would (one question after the other, everything kept). Needs
AIRFLOW_WIZARD_TEST_KUBECONFIG, a cluster for tests; what it makes there, it deletes again.

    .venv/bin/python benchmarks/preflight.py [--nodes 1000] [--pods 5000] [--rounds 5]
"""

import argparse
import json
import os
import resource
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from wizard.check import check, every_right, look
from wizard.check.facts import THERE
from wizard.cluster.interface import Cluster
from wizard.cluster.real import connect
from wizard.cluster.sandbox import Sandbox
from wizard.questions import Draft
from wizard.render import render
from wizard.threads import in_parallel

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"
OWN = "airflow-wizard/benchmark"


def cluster() -> Cluster:
    """The cluster for tests."""
    return connect(os.environ[KUBECONFIG], timeout=120)


def as_the_wizard() -> None:
    """Look and check."""
    check(render(Draft().plan()), look(cluster(), "airflow", every_right()))


def plainly() -> None:
    """The same objects and rights one after the other, and all of each object."""
    asked, rights = cluster(), every_right()
    kept: list[Any] = [asked.version(), *(asked.list(*kind) for kind in OF_THE_CLUSTER)]
    kept += [asked.list(*kind, "airflow") for kind in OF_THE_NAMESPACE]
    kept += [asked.may(each.verb, each.resource, group=each.group, namespace="airflow") for each in rights]
    check(render(Draft().plan()), look(Sandbox(pace=0), "airflow", rights))


OF_THE_CLUSTER = (
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "PersistentVolume"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("networking.k8s.io/v1", "IngressClass"),
)
OF_THE_NAMESPACE = (("v1", "ResourceQuota"), ("v1", "LimitRange"), ("v1", "PersistentVolumeClaim"), *THERE)
WAYS: dict[str, Callable[[], None]] = {"wizard": as_the_wizard, "plain": plainly}


def measured(way: str) -> tuple[float, float]:
    """Seconds and the largest resident size in MiB of one way, in a process of its own; imports are not counted."""
    done = subprocess.run([sys.executable, __file__, "--one", way], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["seconds"], found["mib"]


def one(way: str) -> None:
    """What the process of its own does."""
    cluster().version()  # connected, and everything imported
    started = time.perf_counter()
    WAYS[way]()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def fill(owner: str, nodes: int, pods: int) -> None:
    """Make the objects; the Nodes are Ready as far as their status says so."""
    made = cluster()
    ready = [{"type": "Ready", "status": "True", "reason": "Benchmark"}]
    size = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    status = {"allocatable": size, "capacity": size, "conditions": ready}
    images = [{"names": [f"registry.example.com/image-{number}:1"], "sizeBytes": 1 << 28} for number in range(40)]

    def node(number: int) -> None:
        metadata = {"name": f"{owner}-{number}", "labels": {OWN: owner, "pool": f"pool-{number % 7}"}}
        body = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {**status, "images": images}}
        made.create(body)

    def pod(number: int) -> None:
        resources = {"requests": {"cpu": "250m", "memory": "512Mi"}}
        env = [{"name": f"VARIABLE_{each}", "value": "a value of some length"} for each in range(20)]
        container = {"name": "main", "image": "registry.example.com/a:1", "resources": resources, "env": env}
        spec = {"nodeName": f"{owner}-{number % nodes}", "containers": [container]}
        metadata = {"name": f"pod-{number}", "namespace": owner}
        made.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})

    made.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": owner}})
    end = time.monotonic() + 30
    while made.get("v1", "ServiceAccount", "default", owner) is None and time.monotonic() < end:
        time.sleep(0.1)
    in_parallel(node, range(nodes))
    in_parallel(pod, range(pods))


def empty(owner: str) -> None:
    """Delete them."""
    made = cluster()
    names = [body["metadata"]["name"] for body in made.list("v1", "Pod", owner, metadata_only=True)]
    in_parallel(lambda name: made.delete("v1", "Pod", name, owner), names)
    made.delete("v1", "Namespace", owner)
    nodes = [body["metadata"]["name"] for body in made.list("v1", "Node", labels=f"{OWN}={owner}", metadata_only=True)]
    in_parallel(lambda name: made.delete("v1", "Node", name), nodes)


def main() -> None:
    """Fill, measure, print, empty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--pods", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return
    owner = f"benchmark-{secrets.token_hex(3)}"
    try:
        fill(owner, options.nodes, options.pods)
        rounds = [{way: measured(way) for way in WAYS} for _ in range(options.rounds)]
    finally:
        empty(owner)
    print(f"{options.nodes} nodes, {options.pods} pods, {options.rounds} rounds; medians")
    print(f"{'':<8} {'seconds':>8} {'MiB':>8}")
    medians = {way: [statistics.median(each[way][index] for each in rounds) for index in (0, 1)] for way in WAYS}
    for way, (seconds, mib) in medians.items():
        print(f"{way:<8} {seconds:>8.2f} {mib:>8.0f}")
    ratios = [statistics.median(each["wizard"][index] / each["plain"][index] for each in rounds) for index in (0, 1)]
    print(f"{'ratio':<8} {ratios[0]:>8.2f} {ratios[1]:>8.2f}")


if __name__ == "__main__":
    main()
