"""One installation on a real node through all that happens to it later, and what must be the same throughout."""

import json
from typing import Any

import pytest

from tests.node.command_line import CommandLine, api, secret_values, variable
from tests.node.rotations import (
    the_admins_password,
    the_databases_password,
    the_key_that_encrypts,
    the_secret_that_signs,
)
from tests.node.upgrades import OLDER, an_upgrade
from wizard.airflow_api import ready_pod
from wizard.cluster.interface import Cluster
from wizard.verify import DAG
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

CONNECTION, PASSWORD = "kept", "p@ss/w:rd%1#x"
HEAD = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}


class Kept:
    """What was there at the beginning, and each run of the DAG since."""

    def __init__(self, cluster: Cluster, wizard: CommandLine) -> None:
        self._cluster, self._wizard = cluster, wizard
        self._runs: set[str] = set()
        body = {"connection_id": CONNECTION, "conn_type": "http", "host": "h", "password": PASSWORD}
        api(cluster, wizard.namespace).call("POST", "/api/v2/connections", body)

    def still(self, after: str) -> None:
        """The login, the runs and the connection, for which Airflow answers 500 where it can't decrypt it."""
        airflow = api(self._cluster, self._wizard.namespace)
        found = {run["dag_run_id"] for run in airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]}
        assert found and self._runs <= found, f"after {after}: {self._runs - found} are gone"
        self._runs = found
        assert airflow.call("GET", f"/api/v2/connections/{CONNECTION}")["host"] == "h", after
        print(f"after {after}: {len(found)} runs of {DAG}, the connection and the login are there")

    def password(self) -> str:
        """The connection's, as Airflow itself decrypts it."""
        namespace = self._wizard.namespace
        command = ["airflow", "connections", "get", CONNECTION, "-o", "json"]
        pod = ready_pod(self._cluster, namespace, "scheduler")
        code, out, err = self._cluster.exec(namespace, pod, "scheduler", command)
        assert code == 0, err[-1000:]
        return str(json.loads(out[out.index("[") :])[0]["password"])


def test_one_installation_through_its_days(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    has(wizard, airflow=OLDER)
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    kept = Kept(cluster, wizard)
    kept.still("install")

    logs = {"type": "volume", "size": "1Gi", "storageClass": variable("RWX_CLASS")}
    has(wizard, airflow=OLDER, executor={"type": "kubernetes"}, logs=logs)
    wizard.ok("apply", "--yes")
    kept.still("change")

    an_upgrade(cluster, wizard)
    wizard.ok("verify")
    kept.still("upgrade")

    the_key_that_encrypts(cluster, wizard, CONNECTION)
    kept.still("rotation of the key that encrypts")
    the_admins_password(cluster, wizard)
    the_secret_that_signs(cluster, wizard)
    the_databases_password(cluster, wizard)
    kept.still("rotations")

    values = secret_values(cluster, namespace)
    airflow = {"version": "3.3.2", "image": variable("DAGS_IMAGE")}
    has(wizard, airflow=airflow, executor={"type": "local"}, logs={"type": "none"})
    wizard.ok("apply", "--yes", "--wait=false")
    back = wizard.ok("rollback", "--yes")
    assert "  executor: local → kubernetes" in back.err
    kept.still("rollback")

    wizard.plan.write_text(wizard.ok("history", "--plan", "5").out)
    wizard.ok("delete", "--yes")
    assert not cluster.list("apps/v1", "Deployment", namespace)
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    kept.still("delete and apply")
    assert kept.password() == PASSWORD
    assert secret_values(cluster, namespace) == values
    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def has(wizard: CommandLine, **answers: Any) -> None:
    """Write the plan's file."""
    wizard.plan.write_text(write_yaml({**HEAD, **answers}))
