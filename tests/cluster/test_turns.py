"""Two applies at once: one wins whole, the other says so. The pods find no node, so nothing runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.test_apply import plan, send
from wizard import apply as applying
from wizard import delete as deleting
from wizard import record
from wizard.cluster.interface import Cluster
from wizard.commands import run
from wizard.errors import Exit, UserError
from wizard.plan.file import text_of
from wizard.plan.model import Plan

pytestmark = pytest.mark.cluster

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"


def two_plans(namespace: str) -> tuple[Plan, Plan]:
    """That differ in what is there, and in what it says."""
    return plan(namespace, executor={"type": "kubernetes"}), plan(namespace, availability={"type": "redundant"})


def is_whole(cluster: Cluster, wanted: Plan) -> bool:
    """Whether all is there as this plan has it, and nothing of another one; the record too."""
    known = record.read(cluster, wanted.namespace)
    assert known is not None and known.applying is None
    return known.plan == text_of(wanted) and applying.prepare(cluster, wanted, judge=False).changes_nothing


def prepared(cluster: Cluster, wanted: Plan) -> applying.Prepared:
    return applying.prepare(cluster, wanted, judge=False)


@pytest.mark.parametrize("there", [False, True], ids=["into nothing", "over an installation"])
def test_who_looked_before_somebody_began_writes_nothing(cluster: Cluster, namespace: str, there: bool) -> None:
    if there:
        send(cluster, plan(namespace))
    mine, other = two_plans(namespace)
    late = prepared(cluster, other)
    list(applying.apply(cluster, prepared(cluster, mine)))
    with pytest.raises(UserError, match=r"Somebody else has begun to apply or delete in namespace .* since you looked"):
        list(applying.apply(cluster, late))
    assert is_whole(cluster, mine)


@pytest.mark.parametrize("after", [2, 8, 20])
def test_who_comes_later_takes_over_and_the_other_says_so(cluster: Cluster, namespace: str, after: int) -> None:
    send(cluster, plan(namespace))
    mine, other = two_plans(namespace)
    going = applying.apply(cluster, prepared(cluster, mine))
    for _ in range(after):
        next(going)
    later = prepared(cluster, other)
    told = [finding.sentence for finding in later.findings if finding.check == "leftovers"]
    assert "An apply that began just now has not ended: it was cut off, or is still at work." in told
    taking_over = applying.apply(cluster, later)
    next(taking_over)
    with pytest.raises(UserError, match="Somebody else applies or deletes in namespace"):
        list(going)
    list(taking_over)
    assert is_whole(cluster, other)


def test_what_the_other_sent_meanwhile_is_found(cluster: Cluster, namespace: str) -> None:
    send(cluster, plan(namespace))
    mine, other = two_plans(namespace)
    going = applying.apply(cluster, prepared(cluster, mine))
    next(going)
    later = prepared(cluster, other)  # looks before the other has sent anything
    for _ in range(20):
        next(going)
    going.close()
    list(applying.apply(cluster, later))
    assert is_whole(cluster, other)


def test_two_processes_at_once(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    send(cluster, plan(namespace))
    plans = two_plans(namespace)
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file, wanted in zip(files, plans, strict=True):
        file.write_text(text_of(wanted), "utf-8")
    kubeconfig = ("--kubeconfig", os.environ[KUBECONFIG])
    command = [sys.executable, "-m", "wizard", "apply", "--yes", "--wait=false", *kubeconfig]
    going = [subprocess.Popen([*command, "-f", file], stderr=subprocess.PIPE, text=True) for file in files]
    said = [process.communicate(timeout=120)[1] for process in going]
    codes = [process.returncode for process in going]
    print(codes, *(text.splitlines()[-1] for text in said), sep="\n")
    assert 0 in codes, said
    if codes == [0, 0]:  # one after the other, after all
        assert is_whole(cluster, plans[0]) or is_whole(cluster, plans[1])
    else:
        assert "Somebody else" in said[codes.index(1)]
        assert is_whole(cluster, plans[codes.index(0)])


def test_one_that_was_killed_is_gone_on_with(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    wanted, _ = two_plans(namespace)
    going = applying.apply(cluster, prepared(cluster, wanted))
    for _ in range(9):
        next(going)
    going.close()
    file = tmp_path / "plan.yaml"
    file.write_text(text_of(wanted), "utf-8")
    command = ["apply", "--yes", "--wait=false", "-f", str(file), "--kubeconfig", os.environ[KUBECONFIG]]
    assert run(command) == Exit.OK
    assert is_whole(cluster, wanted)


def test_a_delete_ends_an_apply(cluster: Cluster, namespace: str) -> None:
    mine, _ = two_plans(namespace)
    send(cluster, mine)
    going = applying.apply(cluster, prepared(cluster, plan(namespace)))
    next(going)
    list(deleting.delete(cluster, deleting.prepare(cluster, namespace), 60))
    with pytest.raises(UserError, match="Somebody else applies or deletes in namespace"):
        list(going)
    assert not cluster.list("apps/v1", "Deployment", namespace)
    send(cluster, mine)
    assert is_whole(cluster, mine)
