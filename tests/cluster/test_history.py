"""`history` and `rollback` against an API server. The pods find no node, so nothing runs."""

import json
import os
from pathlib import Path

import pytest

from tests.cluster.test_apply import ours, plan, send
from wizard import apply as applying
from wizard import record
from wizard.cluster.interface import Cluster
from wizard.commands import run
from wizard.errors import Exit
from wizard.plan.file import text_of

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


def test_a_file_that_would_undo_it_is_told(
    cluster: Cluster, namespace: str, capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "airflow-plan.yaml"
    send(cluster, plan(namespace))
    changed = plan(namespace, airflow={"instanceName": "Changed"})
    send(cluster, changed)
    file.write_text(text_of(changed), "utf-8")
    assert command("rollback", "--yes", "--wait=false") == Exit.OK
    said = capsys.readouterr().err
    assert "‼ airflow-plan.yaml says otherwise, and the next apply would go back to that. Take over:\n" in said
    assert "    airflow.instanceName: Changed → nothing\n" in said
    assert f"airflow-wizard history -n {namespace} --plan 3 prints it" in said
    assert command("history", "--plan", "3") == Exit.OK
    file.write_text(capsys.readouterr().out, "utf-8")
    assert command("rollback", "3", "--yes", "--wait=false") == Exit.OK
    assert "says otherwise" not in capsys.readouterr().err

    file.write_text(text_of(plan(namespace, airflow={"version": "3.3.1"})), "utf-8")
    assert command("apply", "--yes", "--wait=false") != Exit.OK
    assert "3.3.1 stops at a database that 3.3.2 has migrated" in capsys.readouterr().err
