"""What happens to an installation afterwards: its pods go away, one by one and all at once, and come back."""

import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from tests.kubectl import kubectl
from tests.node.command_line import CommandLine, Said, api, secret_values, variable
from wizard.cluster.interface import Cluster
from wizard.verify import DAG

pytestmark = [pytest.mark.cluster, pytest.mark.node, pytest.mark.long]

PLAN = Path(__file__).parent.parent / "plans" / "laptop.yaml"
TOLD, BACK = 60, 300
"""Seconds until `status` says that something is amiss, and until all is well again."""


def test_what_goes_away_comes_back(cluster: Cluster, wizard: CommandLine) -> None:
    restart = variable("NODE_RESTART")
    namespace = wizard.namespace
    wizard.plan.write_text(PLAN.read_text("utf-8"))
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    values, runs = secret_values(cluster, namespace), runs_of(cluster, namespace)

    for component, deployment in (("scheduler", "airflow-scheduler"), ("database", "postgres-db")):
        gone(cluster, namespace, component)
        said = until(wizard, 1, TOLD)
        assert deployment in said.out, "status names what is away"
        until(wizard, 0, BACK)
        wizard.ok("verify")
        runs = still(cluster, namespace, runs, f"the {component}'s pod was deleted")

    subprocess.run(shlex.split(restart), check=True)
    until(wizard, 0, BACK)
    wizard.ok("verify")
    still(cluster, namespace, runs, "every process of the node was started again")
    assert secret_values(cluster, namespace) == values
    assert "unchanged" in wizard.ok("apply", "--yes").err


def gone(cluster: Cluster, namespace: str, component: str) -> None:
    """Take a pod away at once, without a word to what runs in it."""
    (pod,) = cluster.list("v1", "Pod", namespace, labels=f"component={component}")
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    name = pod["metadata"]["name"]
    done = kubectl("delete", "pod", name, "-n", namespace, "--grace-period=0", "--force", kubeconfig=kubeconfig)
    print(done.stdout + done.stderr)
    assert done.returncode == 0


def until(wizard: CommandLine, code: int, seconds: int) -> Said:
    """Ask for the status until it ends with this code."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        said = wizard.run("status")
        if said.code == code:
            print(f"exit code {code} after {time.monotonic() - begun:.0f} s")
            return said
    raise AssertionError(f"status did not end with {code} within {seconds} s; the last:\n{said.err}{said.out}")


def runs_of(cluster: Cluster, namespace: str) -> set[str]:
    """The runs of the DAG that proves, asked with the admin's login."""
    found = api(cluster, namespace).call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]
    return {run["dag_run_id"] for run in found}


def still(cluster: Cluster, namespace: str, before: set[str], after: str) -> set[str]:
    """Whether the runs from before are there; all that are there now."""
    found = runs_of(cluster, namespace)
    assert before and before <= found, f"after {after}: {before - found} are gone"
    print(f"after {after}: {len(found)} runs of {DAG} and the login are there")
    return found
