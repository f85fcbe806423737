"""How long a seat of a workshop takes: 30 at once, against 30 that are applied one after the other.

At once: `workshop start`. One after the other: `apply` with the same plan and a namespace of its own, a process each,
as a loop in a shell would do it. Both wait until all is Ready. The pods are on nodes that only pretend to run them and
are Ready within a second: so what is measured is what the wizard and the API server do, without the start of Airflow,
which the seats of a workshop have at the same time too, as far as the nodes have room. In each round first one way,
then the other; what was made is deleted in between. Needs AIRFLOW_WIZARD_TEST_KUBECONFIG, a cluster for tests, and
AIRFLOW_WIZARD_TEST_NODE_LABEL.

    .venv/bin/python benchmarks/workshop.py [--seats 30] [--rounds 1]
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from wizard.cluster.interface import Cluster
from wizard.cluster.real import connect
from wizard.threads import in_parallel
from wizard.yaml_files import write_yaml

KUBECONFIG, LABEL = "AIRFLOW_WIZARD_TEST_KUBECONFIG", "AIRFLOW_WIZARD_TEST_NODE_LABEL"
OWN = "airflow-wizard-benchmark"
"""The key of the label and the taint that keep the nodes for these seats."""
SEATS_A_NODE = 20


def command(*arguments: str) -> None:
    """One command of the wizard, in a process of its own; it must end well."""
    line = [sys.executable, "-m", "wizard", *arguments, "--yes", "--kubeconfig", os.environ[KUBECONFIG]]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")


def at_once(plan: Path, owner: str, seats: int) -> None:
    """All by one command."""
    command("workshop", "start", "--seats", str(seats), "--name", owner, "-f", str(plan))


def one_by_one(plan: Path, owner: str, seats: int) -> None:
    """A command for each."""
    for number in range(seats):
        command("apply", "-f", str(plan), "-n", f"{owner}-{number + 1:02d}")


WAYS = {"at once": at_once, "one by one": one_by_one}


def add_nodes(cluster: Cluster, owner: str, seats: int) -> list[str]:
    """Enough for all seats; returns when they take pods."""
    names = [f"{owner}-{number}" for number in range(-(-seats // SEATS_A_NODE))]
    for name in names:
        labels = {os.environ[LABEL]: "true", "kubernetes.io/hostname": name, OWN: owner}
        taints = [{"key": OWN, "value": owner, "effect": "NoSchedule"}]
        metadata = {"name": name, "labels": labels}
        cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}})
    until(lambda: all(len(body["spec"]["taints"]) == 1 for body in cluster.list("v1", "Node", labels=f"{OWN}={owner}")))
    return names


def until(holds: Any, seconds: float = 180) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"not within {seconds:.0f} s")
        time.sleep(0.3)


def empty(cluster: Cluster, owner: str) -> None:
    """Delete the namespaces, and wait until they are gone."""

    def left() -> list[str]:
        names = [body["metadata"]["name"] for body in cluster.list("v1", "Namespace", metadata_only=True)]
        return [name for name in names if name.startswith(f"{owner}-")]

    in_parallel(lambda name: cluster.delete("v1", "Namespace", name), left())
    until(lambda: not left())


def main() -> None:
    """Measure, print, and take all away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    cluster, owner = connect(os.environ[KUBECONFIG]), f"benchmark-{secrets.token_hex(3)}"
    place = {"nodeSelector": f"{OWN}={owner}", "tolerations": f"{OWN}={owner}:NoSchedule"}
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    answers = {"database": {"storage": {"type": "ephemeral"}}, "nodes": {"controlPlane": place, "tasks": place}}
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    nodes = add_nodes(cluster, owner, options.seats)
    try:
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder, "plan.yaml")
            plan.write_text(write_yaml({**head, **answers}))
            for _ in range(options.rounds):
                for way, work in WAYS.items():
                    started = time.monotonic()
                    work(plan, owner, options.seats)
                    took[way].append(time.monotonic() - started)
                    empty(cluster, owner)
    finally:
        empty(cluster, owner)
        for name in nodes:
            cluster.delete("v1", "Node", name)
    print(f"{options.seats} seats, {options.rounds} rounds; medians")
    print(f"{'':<12} {'seconds':>8} {'per seat':>9}")
    for way, seconds in took.items():
        median = statistics.median(seconds)
        print(f"{way:<12} {median:>8.1f} {median / options.seats:>9.2f}")
    print(f"{'ratio':<12} {statistics.median(a / b for a, b in zip(*took.values(), strict=True)):>8.2f}")


if __name__ == "__main__":
    main()
