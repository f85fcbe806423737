"""Before the first write: what is shown, what is asked, and what happens without an answer. The pods find no node."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from wizard.cluster.interface import Cluster

pytestmark = pytest.mark.cluster

PLAN = """\
apiVersion: airflow-wizard/v1
kind: Plan
profile: laptop
nodes:
  controlPlane: {nodeSelector: {no-such: node}}
"""


@pytest.fixture
def name(cluster: Cluster) -> Iterator[str]:
    """A namespace that doesn't exist yet."""
    name = f"wizard-consent-{secrets.token_hex(3)}"
    yield name
    cluster.delete("v1", "Namespace", name)


DATABASE = """\
database:
  type: existing
  host: db.invalid
  password: {type: environment, variable: HOME}
"""
"""An answer about what somebody else runs."""


def start(
    tmp_path: Path, namespace: str, *arguments: str, plan: str = PLAN, command: str = "apply", term: str = "xterm"
) -> "pexpect.spawn[str]":
    (tmp_path / "airflow-plan.yaml").write_text(plan)
    options = ["-n", namespace, "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"], *arguments]
    return pexpect.spawn(
        sys.executable,
        ["-m", "wizard", command, *options],
        cwd=tmp_path,
        env={**os.environ, "TERM": term},
        encoding="utf-8",
        timeout=30,
        dimensions=(50, 150),
    )


def test_it_shows_where_and_what_then_asks(cluster: Cluster, name: str, tmp_path: Path) -> None:
    asked = start(tmp_path, name)
    asked.expect_exact(cluster.server)
    asked.expect_exact(f"{name} (will be created)")
    asked.expect_exact("+ Deployment airflow-scheduler")
    asked.expect_exact("Apply this?")
    assert cluster.get("v1", "Namespace", name) is None
    asked.send("n\r")
    asked.expect_exact("nothing was changed")
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 1
    assert cluster.get("v1", "Namespace", name) is None


def test_a_rehearsal_is_offered_where_answers_name_what_others_run(cluster: Cluster, name: str, tmp_path: Path) -> None:
    asked = start(tmp_path, name, plan=PLAN + DATABASE)
    asked.expect_exact("Rehearse it first, in pods that are removed again?")
    asked.send("y\r")
    asked.expect_exact("image, database: a pod each, removed again")
    asked.expect_exact("no node takes it")
    asked.kill(signal.SIGINT)
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 130
    assert not cluster.list("v1", "Pod", name) and not cluster.list("v1", "Secret", name)


def test_who_wants_no_rehearsal_is_asked_as_before(cluster: Cluster, name: str, tmp_path: Path) -> None:
    asked = start(tmp_path, name, plan=PLAN + DATABASE)
    asked.expect_exact("Rehearse it first")
    asked.send("n\r")
    asked.expect_exact("Apply this?")
    asked.send("n\r")
    asked.expect_exact("nothing was changed")
    asked.expect(pexpect.EOF)
    assert cluster.get("v1", "Namespace", name) is None


def test_yes_applies_and_an_interrupt_while_waiting_leaves_what_is_there(
    cluster: Cluster, name: str, tmp_path: Path
) -> None:
    applied = start(tmp_path, name)
    applied.expect_exact("Apply this?")
    applied.send("y\r")
    applied.expect_exact("no node has the labels that are asked for (nodes.controlPlane.nodeSelector)")
    applied.kill(signal.SIGINT)
    applied.expect(r"interrupted: \d+ of \d+ done; not done, or only just: [a-z-]+")
    applied.expect_exact("What is done goes on in the cluster.")
    applied.expect(pexpect.EOF)
    applied.close()
    assert applied.exitstatus == 130
    assert len(cluster.list("apps/v1", "Deployment", name)) == 5


def test_a_wait_that_is_too_long_says_what_it_waited_for(cluster: Cluster, name: str, tmp_path: Path) -> None:
    late = start(tmp_path, name, "--yes", "--timeout", "3s")
    started = time.monotonic()
    late.expect_exact("error: Not ready within 3 s")
    late.expect_exact("airflow-scheduler: 0/1 no node has the labels that are asked for")
    late.expect(pexpect.EOF)
    late.close()
    assert late.exitstatus == 1
    print(f"it said so after {time.monotonic() - started:.1f} s")


def test_ctrl_c_at_the_question_changes_nothing(cluster: Cluster, name: str, tmp_path: Path) -> None:
    asked = start(tmp_path, name)
    asked.expect_exact("Apply this?")
    asked.sendcontrol("c")
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 130
    assert cluster.get("v1", "Namespace", name) is None


def test_the_prompts_end_in_the_same_question(cluster: Cluster, name: str, tmp_path: Path) -> None:
    asked = start(tmp_path, name, command="ask", term="dumb")
    while asked.expect_exact(["What now? [1]:", "]: "]) == 1:
        asked.send("\n")
    asked.send("\n")
    asked.expect_exact("Save as")
    asked.send("other.yaml\n")
    asked.expect_exact("Apply it now")
    asked.send("y\n")
    asked.expect_exact(f"{name} (will be created)")
    asked.expect_exact("Apply this?")
    asked.send("n\n")
    asked.expect_exact("nothing was changed")
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 1
    assert cluster.get("v1", "Namespace", name) is None
    assert f"namespace: {name}" in (tmp_path / "other.yaml").read_text()
