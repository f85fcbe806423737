"""What the tests on an API server share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.test_nodes import NODE_LABEL, Pools
from tests.conftest import KUBECONFIG
from tests.kubectl import kubectl
from wizard.cluster.interface import Cluster
from wizard.yaml_files import read_yaml, write_yaml


@pytest.fixture
def pools(cluster: Cluster) -> Iterator[Pools]:
    """To be named before `namespace`, so that the nodes go after the pods."""
    label = os.environ.get(NODE_LABEL)
    if not label:
        pytest.skip(f"{NODE_LABEL} names no label that makes a Node of an object")
    pools = Pools(cluster, label)
    yield pools
    pools.remove()


@pytest.fixture
def nobody(cluster: Cluster, namespace: str, tmp_path: Path) -> Iterator[Path]:
    """The kubeconfig of an account that may do nothing."""
    admin = os.environ[KUBECONFIG]
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nobody", "namespace": namespace}}
    cluster.create(account)
    token = kubectl("create", "token", "nobody", "-n", namespace, kubeconfig=admin).stdout.strip()
    config = read_yaml(Path(admin).read_text())
    config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
    file = tmp_path / "kubeconfig"
    file.write_text(write_yaml(config))
    file.chmod(0o600)
    yield file
