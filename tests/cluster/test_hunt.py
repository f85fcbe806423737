"""A hunt for planted secrets on an API server: in what commands say and write, and in all objects but Secrets."""

import os
from pathlib import Path

import pytest

from tests.conftest import KUBECONFIG
from tests.hunt import VALUES, answers, files, plant, told, watched
from tests.kubectl import kubectl
from wizard.cluster.interface import Cluster
from wizard.yaml_files import write_yaml

pytestmark = pytest.mark.cluster

COMMANDS = [
    ["check"],
    ["diff"],
    ["apply", "--yes", "--wait=false"],
    ["status"],
    ["history"],
    ["report", "-o", "report.tar.gz"],
    ["rotate", "jwt", "--yes", "--timeout=1s"],
    ["logs"],
]


@pytest.mark.parametrize("source", ["file", pytest.param("environment", marks=pytest.mark.long)])
def test_only_secrets_have_what_is_secret(source: str, cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    secrets, folder = tmp_path / "secrets", tmp_path / "work"
    secrets.mkdir()
    folder.mkdir()
    variables = plant(secrets)
    (folder / "airflow-plan.yaml").write_text(write_yaml({**answers(source, secrets), "namespace": namespace}))
    variables = variables if source == "environment" else {}
    variables["KUBECONFIG"] = os.environ[KUBECONFIG]
    values = list(VALUES.values())
    for command in COMMANDS:
        said, arguments, environments = watched(*command, folder=folder, variables=variables)
        assert not told(said + arguments, values), command
        assert source == "environment" or not told(environments, values), command
    made = _objects(namespace, "secrets")
    assert len(told(made, values)) >= 4, "they have arrived"
    others = _objects(namespace, ",".join(sorted(_kinds() - {"secrets"})))
    assert "airflow-scheduler" in others
    assert not told(others, values)
    assert not [name for name, text in files(folder).items() if told(text, values)]


def _kinds() -> set[str]:
    listed = kubectl(
        "api-resources", "--namespaced", "--verbs=list", "-o", "name", kubeconfig=os.environ[KUBECONFIG]
    ).stdout.split()
    return {name for name in listed if not name.startswith("metrics") and not name.endswith("metrics.k8s.io")}


def _objects(namespace: str, kinds: str) -> str:
    done = kubectl(
        "get", kinds, "-n", namespace, "-o", "yaml", "--show-managed-fields", kubeconfig=os.environ[KUBECONFIG]
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
