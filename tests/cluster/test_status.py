"""What `status` says of an installation whose pods find no node."""

import json
import os

import pytest

from tests.cluster.test_apply import plan, send
from tests.cluster.test_nodes import wait_until
from wizard.airflow_api import admin
from wizard.cluster.interface import Cluster
from wizard.commands import run
from wizard.errors import Exit
from wizard.status import components

pytestmark = pytest.mark.cluster

Output = pytest.CaptureFixture[str]


def status(namespace: str, *more: str) -> int:
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    return run(["status", "-n", namespace, "--kubeconfig", kubeconfig, *more])


def test_what_waits_is_told_with_its_cause(cluster: Cluster, namespace: str, capsys: Output) -> None:
    send(cluster, plan(namespace))
    wait_until(
        lambda: all(each.state.way_out for each in components(cluster, namespace)),
        lambda: components(cluster, namespace),
    )
    assert status(namespace) == Exit.FAILED
    text = capsys.readouterr().out
    assert text.count("0/1 no node has the labels that are asked for (nodes.controlPlane.nodeSelector)") == 5
    assert text.count("→ Mend nodes.controlPlane.nodeSelector") == 1, "the way out is told once"
    assert "Airflow      no answer (plan: 3.3.2)" in text
    assert "Not known    no api-server pod is ready" in text
    assert "Drift        none" in text
    assert f"Open         airflow-wizard open -n {namespace}" in text


def test_the_password_is_shown_to_who_asks_for_it_alone(cluster: Cluster, namespace: str, capsys: Output) -> None:
    send(cluster, plan(namespace))
    _, password = admin(cluster, namespace)
    assert status(namespace, "-o", "json") == Exit.FAILED
    said = capsys.readouterr()
    assert password not in said.out + said.err
    told = json.loads(said.out)
    assert not told["ready"] and told["airflow"]["dags"] is None
    assert [each["wanted"] for each in told["components"]] == [1] * 5
    status(namespace, "-o", "json", "--show-password")
    assert json.loads(capsys.readouterr().out)["access"]["password"] == password
    status(namespace, "--show-password")
    assert f"Password     {password}\n" in capsys.readouterr().out


def test_where_nothing_was_applied_it_says_so(cluster: Cluster, namespace: str, capsys: Output) -> None:
    assert status(namespace) == Exit.FAILED
    assert f"applied nothing in namespace {namespace}" in capsys.readouterr().err
