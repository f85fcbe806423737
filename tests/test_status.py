"""How an installation is, read from the sandbox and from recordings of a real cluster."""

from pathlib import Path
from typing import Any

import pytest

from tests.recorded import Recorded
from wizard import apply as applying
from wizard.airflow_api import AirflowApi
from wizard.cluster.sandbox import Sandbox
from wizard.errors import UserError
from wizard.plan.file import complete
from wizard.plan.model import Plan
from wizard.status import Drift, airflow, drift, look, restarts
from wizard.watch import rollouts

CAUSES = Path(__file__).parent / "causes"


def plan(**answers: Any) -> Plan:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": "airflow"}
    return complete({**head, **answers})


@pytest.fixture
def installed() -> Sandbox:
    """A cluster in which a laptop's plan was applied."""
    cluster = Sandbox(pace=0)
    list(applying.apply(cluster, applying.prepare(cluster, plan())))
    list(rollouts(cluster, "airflow", 60))
    return cluster


def test_all_is_well(installed: Sandbox) -> None:
    status = look(installed, "airflow")
    assert status.well
    assert [each.state.text for each in status.components] == ["1/1 ready"] * 5
    assert {each.image.rpartition("/")[2] for each in status.components} == {"airflow:3.3.2", "postgres:17"}
    assert (status.airflow.version, status.airflow.dags, status.airflow.problem) == ("3.3.2", 1, "")
    assert status.drift == Drift()


def test_nothing_was_applied() -> None:
    with pytest.raises(UserError, match="applied nothing in namespace airflow"):
        look(Sandbox(pace=0), "airflow")


def test_what_a_plan_of_before_left_is_told(installed: Sandbox) -> None:
    wanted = plan(database={"type": "postgresql", "storage": {"type": "ephemeral"}})
    found = drift(installed, wanted)
    assert ("change", "Deployment postgres-db") in found.changes
    assert found.not_in_plan == ("PersistentVolumeClaim postgres-db",)
    list(applying.apply(installed, applying.prepare(installed, wanted)))
    status = look(installed, "airflow")
    assert status.drift == Drift((), ("PersistentVolumeClaim postgres-db",))
    assert any("The database has no claim" in text for text in status.warnings)


def test_an_airflow_that_does_not_answer_leaves_the_rest(installed: Sandbox) -> None:
    installed.delete("apps/v1", "Deployment", "airflow-api-server", "airflow")
    status = look(installed, "airflow")
    assert not status.well
    assert status.airflow.problem == "no api-server pod is ready" and status.airflow.version == ""
    assert ("create", "Deployment airflow-api-server") in status.drift.changes


def test_what_an_admin_may_not_is_said_beside_what_everybody_may(installed: Sandbox) -> None:
    installed.delete("v1", "Secret", "airflow-admin", "airflow")
    found = airflow(AirflowApi(installed, "airflow"))
    assert found.version == "3.3.2" and set(found.health.values()) == {"healthy"}
    assert found.dags is None and "There is no Secret airflow-admin" in found.problem


@pytest.mark.parametrize(
    ("recording", "container", "reason"),
    [("memory", "triggerer", "OOMKilled"), ("probe-liveness", "hung", "Error, exit code 137")],
)
def test_why_a_container_was_started_again(recording: str, container: str, reason: str) -> None:
    recorded = Recorded(CAUSES / f"{recording}.yaml")
    (found,) = restarts(recorded.list("v1", "Pod"))
    print(found)
    assert (found.container, found.reason) == (container, reason)
    assert found.count >= 1 and found.at.startswith("20")
