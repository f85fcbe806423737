"""What all tests share: no test sees the user's kubeconfig, and the cluster for tests is really one."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import on_this_machine

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"
SERVER = "AIRFLOW_WIZARD_TEST_SERVER"
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell starts what runs in the background so, and each process that a test starts would not hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}


@pytest.fixture(autouse=True)
def nobodys_kubeconfig(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home without a kubeconfig, and no service account of a pod."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KUBECONFIG", str(home / "no-kubeconfig"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    return home


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster for tests. One that is not on this machine must be named, lest it be somebody's own."""
    from wizard.cluster.real import connect

    kubeconfig = os.environ.get(KUBECONFIG)
    if not kubeconfig:
        pytest.skip(f"{KUBECONFIG} names no kubeconfig of a cluster for tests")
    cluster = connect(kubeconfig)
    if not on_this_machine(cluster.server) and os.environ.get(SERVER) != cluster.server:
        pytest.fail(f"{cluster.server} is not on this machine: set {SERVER} to this address if it is for tests")
    return cluster


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of its own, with the strictest pod security; it is deleted afterwards."""
    name = f"wizard-test-{secrets.token_hex(4)}"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": RESTRICTED}})
    deadline = time.monotonic() + 20
    while cluster.get("v1", "ServiceAccount", "default", name) is None and time.monotonic() < deadline:
        time.sleep(0.1)  # without it no pod is let in
    yield name
    cluster.delete("v1", "Namespace", name)


@pytest.fixture(scope="session")
def deploy_key() -> str:
    """A new SSH key pair's private half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
