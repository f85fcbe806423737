"""`history` and `rollback` against an API server. The pods find no node, so nothing runs."""

import json
import os

import pytest

from tests.cluster.test_apply import ours, plan, send
from wizard import apply as applying
from wizard import record
from wizard.cluster.interface import Cluster
from wizard.commands import run
from wizard.errors import Exit

pytestmark = pytest.mark.cluster

Output = pytest.CaptureFixture[str]


def command(*arguments: str) -> int:
    return run([*arguments, "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]])


def test_there_and_back(cluster: Cluster, namespace: str, capsys: Output) -> None:
    first = plan(namespace)
    send(cluster, first)
    made = {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)}
    send(cluster, plan(namespace, executor={"type": "kubernetes"}))
    assert "Role airflow-scheduler" in ours(cluster, namespace)
    before = record.read(cluster, namespace)
    send(cluster, plan(namespace, executor={"type": "kubernetes"}))
    assert record.read(cluster, namespace) == before, "nothing changed, so nothing is remembered"

    assert command("history", "-n", namespace) == Exit.OK
    text = capsys.readouterr().out
    print(text)
    assert text.splitlines()[0].split() == ["REVISION", "APPLIED", "AIRFLOW", "CHANGED"]
    assert "executor: local → kubernetes" in text
    assert command("rollback", "-n", namespace, "--dry-run", "server") == Exit.OK
    assert record.read(cluster, namespace) == before
    capsys.readouterr()

    assert command("rollback", "-n", namespace, "--yes", "--wait=false") == Exit.OK
    assert "  executor: kubernetes → local" in capsys.readouterr().err
    assert applying.prepare(cluster, first).changes_nothing
    assert not [label for label in ours(cluster, namespace) if label.startswith("Role")]
    assert {body["metadata"]["name"]: body["data"] for body in cluster.list("v1", "Secret", namespace)} == made

    assert command("history", "-n", namespace, "-o", "json") == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert [each["revision"] for each in told] == [1, 2, 3]
    assert told[2]["changed"][0] == "executor: kubernetes → local"
    assert command("history", "-n", namespace, "--plan", "2") == Exit.OK
    assert "type: kubernetes" in capsys.readouterr().out
    assert command("rollback", "9", "-n", namespace, "--yes") == Exit.USAGE
    assert "has no revision 9; there are: 1, 2, 3" in capsys.readouterr().err
