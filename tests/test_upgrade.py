"""To another version of Airflow: the plan, the pod that migrates, and what is refused."""

from typing import Any

import pytest

from wizard.errors import Exit, UserError
from wizard.plan.file import complete
from wizard.plan.model import Plan
from wizard.record import is_ours
from wizard.render import render
from wizard.upgrade import backup, plan_for, pod_of


def plan(**answers: Any) -> Plan:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": "airflow"}
    return complete({**head, **answers})


def test_the_version_changes_and_nothing_else() -> None:
    before = plan(airflow={"version": "3.3.1", "instanceName": "ours"}, executor={"type": "kubernetes"})
    after = plan_for(before, "3.3.2")
    assert after == plan(airflow={"version": "3.3.2", "instanceName": "ours"}, executor={"type": "kubernetes"})
    own = plan_for(before, "3.3.2", "registry.example.com/airflow:7")
    assert (own.airflow.version, own.airflow.image) == ("3.3.2", "registry.example.com/airflow:7")


@pytest.mark.parametrize(
    ("airflow", "version", "says"),
    [
        ({}, "3.3.1", "3.3.1 is older: its database is not migrated back"),
        ({"version": "3.3.1", "image": "registry.example.com/airflow:7"}, "3.3.2", "which one has Airflow 3.3.2"),
        ({}, "3.4.0", "airflow.version: must be a version of Airflow 3.3"),
        ({}, "latest", "latest is no version of Airflow"),
    ],
)
def test_what_is_no_upgrade(airflow: dict[str, str], version: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        plan_for(plan(airflow=airflow), version)
    assert says in str(refused.value) and refused.value.code == Exit.USAGE


def test_the_pod_is_the_init_container_of_the_new_image_and_of_no_deployment() -> None:
    body = pod_of(plan(airflow={"image": "registry.example.com/airflow:7", "pullSecret": "registry"}))
    (main,), (settings,) = body["spec"]["containers"], body["spec"]["initContainers"]
    assert settings == {**main, "name": "settings", "command": settings["command"]}
    assert main["image"] == "registry.example.com/airflow:7"
    assert main["command"] == ["python", "/opt/airflow/scripts/migrate.py"]
    assert body["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert body["spec"]["securityContext"]["runAsNonRoot"] is True
    assert {volume["name"] for volume in body["spec"]["volumes"]} == {m["name"] for m in main["volumeMounts"]}
    assert is_ours(body)
    rendered = render(plan()).manifests
    selectors = [each.body["spec"]["selector"]["matchLabels"] for each in rendered if each.kind == "Deployment"]
    assert not [each for each in selectors if each.items() <= body["metadata"]["labels"].items()]


def test_a_backup_is_spoken_of() -> None:
    assert "pg_dump" in backup(plan()) and "-n airflow" in backup(plan())
    server = {"type": "existing", "host": "db", "name": "airflow", "user": "airflow"}
    secret = {"type": "secret", "name": "db", "key": "password"}
    assert "somebody else's" in backup(plan(database={**server, "password": secret, "tls": {"type": "disable"}}))
