"""How long `apply` takes to send a team plan, without waiting for pods, against `kubectl apply --server-side`.

Both are processes of their own, on the same API server, into namespaces that are there already. kubectl gets what
`render` printed beforehand. `apply` also asks the cluster whether the plan can work there, shows what will change,
makes the Secrets and keeps the record; it may do less only than kubectl's one request after the other. In each round
first one way, then the other. Needs AIRFLOW_WIZARD_TEST_KUBECONFIG, a cluster for tests.

    .venv/bin/python -m benchmarks.apply [--rounds 7]
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

from tests.kubectl import KUBECTL
from wizard.cluster.real import connect
from wizard.yaml_files import write_yaml

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"
PLAN = {
    "apiVersion": "airflow-wizard/v1",
    "kind": "Plan",
    "profile": "team",
    "dags": {
        "type": "git-sync",
        "repository": "https://git.example/team/dags.git",
        "credentials": {"type": "none"},
    },
}


def run(*command: str) -> str:
    """What a command printed; it must end well."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def apply(plan: Path, namespace: str) -> None:
    """As the wizard does."""
    line = [sys.executable, "-m", "wizard", "apply", "--yes", "--wait=false", "-f", str(plan), "-n", namespace]
    run(*line, "--kubeconfig", os.environ[KUBECONFIG])


def kubectl(plan: Path, namespace: str) -> None:
    """As one would without it."""
    file = plan.with_name(f"{namespace}.yaml")
    run(KUBECTL, "apply", "--server-side", "-f", str(file), "--kubeconfig", os.environ[KUBECONFIG])


WAYS = {"kubectl apply --server-side": kubectl, "airflow-wizard apply": apply}


def main() -> None:
    """Measure, print, and take all away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    cluster, owner = connect(os.environ[KUBECONFIG], timeout=120), f"benchmark-{secrets.token_hex(3)}"
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    made: list[str] = []
    objects = 0
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.yaml"
        plan.write_text(write_yaml(PLAN))
        try:
            for number in range(rounds):
                for way, send in WAYS.items():
                    made.append(f"{owner}-{len(made)}")
                    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": made[-1]}})
                    text = run(sys.executable, "-m", "wizard", "render", "-f", str(plan), "-n", made[-1])
                    plan.with_name(f"{made[-1]}.yaml").write_text(text)
                    objects = text.count("\nkind: ")
                    begun = time.perf_counter()
                    send(plan, made[-1])
                    found[way].append(time.perf_counter() - begun)
                print(f"round {number + 1}: {', '.join(f'{way} {found[way][-1]:.2f} s' for way in WAYS)}", flush=True)
        finally:
            for name in made:
                cluster.delete("v1", "Namespace", name)
    print(f"{objects} objects, {rounds} rounds in turn; medians")
    for way, seconds in found.items():
        print(f"{way:<28} {statistics.median(seconds):>6.2f} s")
    ratios = [ours / theirs for theirs, ours in zip(*found.values(), strict=True)]
    print(f"{'ratio':<28} {statistics.median(ratios):>6.2f}")


if __name__ == "__main__":
    main()
