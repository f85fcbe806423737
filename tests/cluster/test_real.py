"""What only a real API server, and a real node, can show."""

import http.client
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wizard.cluster.interface import Cluster, ClusterError, Forbidden, Invalid, Missing, Object
from wizard.cluster.real import connect

pytestmark = pytest.mark.cluster

IMAGE = "docker.io/apache/airflow:3.3.2"
PORT = 8080


def config_map(namespace: str, name: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def test_nothing_is_left_in_the_temporary_directory(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = connect(os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"])
    mine.get("v1", "ConfigMap", "nothing", "default")
    assert list(tmp_path.iterdir()) == []  # neither discovery nor private keys


def test_an_unknown_field(cluster: Cluster, namespace: str) -> None:
    wrong = {**config_map(namespace, "a"), "datas": {}}
    with pytest.raises(Invalid, match="datas"):
        cluster.apply(wrong)
    with pytest.raises(Invalid, match="datas"):
        cluster.create(wrong)


def test_a_secret_that_is_not_taken_is_not_quoted(cluster: Cluster, namespace: str) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": namespace}}
    with pytest.raises(Invalid, match=r"stringData\.a") as caught:
        cluster.apply({**secret, "stringData": {"a": 4711}})
    assert "4711" not in str(caught.value)
    with pytest.raises(Invalid) as caught:
        cluster.apply({**secret, "data": {"a": "hunter2!"}})
    assert "hunter2" not in str(caught.value)


def test_a_pod_that_is_not_restricted(cluster: Cluster, namespace: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": namespace}}
    with pytest.raises(Forbidden, match="PodSecurity"):
        cluster.create({**pod, "spec": {"containers": [{"name": "a", "image": "a"}]}})


def test_into_a_namespace_that_is_going(cluster: Cluster, namespace: str) -> None:
    # A finalizer keeps the namespace until we are done.
    holding = config_map(namespace, "holding")
    holding["metadata"]["finalizers"] = ["example.org/hold"]
    cluster.apply(holding)
    cluster.delete("v1", "Namespace", namespace)
    try:
        with pytest.raises(Forbidden, match="being terminated") as caught:
            cluster.apply(config_map(namespace, "late"))
        assert "wait until it is gone" in caught.value.way_out
    finally:
        cluster.apply(config_map(namespace, "holding"))


def test_eight_threads(cluster: Cluster, namespace: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: cluster.apply(config_map(namespace, f"a{number}", a="1")), range(80)))
    found = cluster.list("v1", "ConfigMap", namespace)
    assert len([item for item in found if item["metadata"]["name"].startswith("a")]) == 80


def test_eight_threads_apply_one_object(cluster: Cluster, namespace: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: cluster.apply(config_map(namespace, "one", a=str(number))), range(40)))
    assert cluster.get("v1", "ConfigMap", "one", namespace)


def test_discovery_from_several_threads(cluster: Cluster) -> None:
    mine = connect(os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"])
    kinds = [("apps/v1", "Deployment"), ("v1", "Pod"), ("batch/v1", "Job"), ("v1", "Secret")] * 4
    with ThreadPoolExecutor(8) as pool:
        assert all(found is not None for found in pool.map(lambda kind: mine.list(kind[0], kind[1], "nothing"), kinds))


def test_names_that_need_quoting(cluster: Cluster) -> None:
    found = cluster.get("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node")
    assert found and found["metadata"]["name"] == "system:node"


def test_events_are_in_order(cluster: Cluster) -> None:
    (node, *_) = cluster.list("v1", "Node")
    events = cluster.events("default", "Node", node["metadata"]["name"])
    times = [(event["lastTimestamp"] or event["eventTime"])[:19] for event in events]
    assert times == sorted(times)


@pytest.fixture(scope="module")
def pod(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Namespace and name of a running pod with a web server on PORT."""
    from tests.conftest import RESTRICTED

    namespace = f"wizard-test-pod-{os.getpid()}"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": RESTRICTED}})
    try:
        _until(lambda: cluster.get("v1", "ServiceAccount", "default", namespace) is not None, 20)
        cluster.create(_web_server(namespace))
        _until(lambda: _ready(cluster, namespace), 180)
        yield namespace, "web"
    finally:
        cluster.delete("v1", "Namespace", namespace)


@pytest.mark.node
def test_exec(cluster: Cluster, pod: tuple[str, str]) -> None:
    script = "echo out; echo err >&2; exit 3"
    assert cluster.exec(*pod, "web", ["sh", "-c", script]) == (3, "out\n", "err\n")
    assert cluster.exec(*pod, "web", ["echo", "a b", "ü&?"]) == (0, "a b ü&?\n", "")
    code, out, _ = cluster.exec(*pod, "web", ["sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x"])
    assert (code, len(out)) == (0, 300_000)


@pytest.mark.node
def test_exec_that_can_not_be(cluster: Cluster, pod: tuple[str, str]) -> None:
    with pytest.raises(ClusterError, match="no-such-program"):
        cluster.exec(*pod, "web", ["no-such-program"])
    with pytest.raises(ClusterError, match="no-such-container"):
        cluster.exec(*pod, "no-such-container", ["true"])
    with pytest.raises(Missing, match="nothing"):
        cluster.exec(pod[0], "nothing", "web", ["true"])


@pytest.mark.node
def test_logs(cluster: Cluster, pod: tuple[str, str]) -> None:
    _get(cluster, pod, "/")
    _get(cluster, pod, "/nothing-here")
    _until(lambda: "nothing-here" in cluster.logs(*pod, "web"), 10)
    assert len(cluster.logs(*pod, "web", tail=1).splitlines()) == 1
    assert cluster.logs(*pod, "web", previous=True) == ""
    with pytest.raises(Invalid, match="not valid"):
        cluster.logs(*pod, "no-such-container")


@pytest.mark.node
def test_events_of_a_pod(cluster: Cluster, pod: tuple[str, str]) -> None:
    reasons = [event["reason"] for event in cluster.events(pod[0], "Pod", pod[1])]
    assert reasons[0] == "Scheduled" and "Started" in reasons


@pytest.mark.node
def test_forward(cluster: Cluster, pod: tuple[str, str]) -> None:
    """http.server speaks HTTP/1.0: http.client closes its socket before it reads the body."""
    for _ in range(3):
        status, body = _get(cluster, pod, "/")
        assert status == 200 and b"Directory listing" in body


@pytest.mark.node
def test_forward_of_much(cluster: Cluster, pod: tuple[str, str]) -> None:
    cluster.exec(*pod, "web", ["sh", "-c", "head -c 5000000 /dev/urandom > /tmp/much"])
    assert len(_get(cluster, pod, "/much")[1]) == 5_000_000


@pytest.mark.node
def test_forward_from_several_threads(cluster: Cluster, pod: tuple[str, str]) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert {status for status, _ in pool.map(lambda _: _get(cluster, pod, "/"), range(12))} == {200}


@pytest.mark.node
def test_forward_to_a_port_on_which_nobody_listens(cluster: Cluster, pod: tuple[str, str]) -> None:
    began = time.monotonic()
    with pytest.raises(ClusterError, match=r"port 9999 of Pod web.*refused"):
        _get(cluster, pod, "/", port=9999)
    assert time.monotonic() - began < 10


@pytest.mark.node
def test_forward_to_who_does_not_answer(pod: tuple[str, str]) -> None:
    """A connection on which nothing is sent gets no answer: reading ends in time."""
    mine = connect(os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"], timeout=1)
    stream = mine.forward(*pod, PORT)
    with pytest.raises(ClusterError, match="did not answer within 1 s"):
        stream.makefile("rb").read(1)
    stream.close()


@pytest.mark.node
def test_forward_leaves_no_threads_and_no_sockets(cluster: Cluster, pod: tuple[str, str]) -> None:
    _get(cluster, pod, "/")
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        _get(cluster, pod, "/")
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= files


def _get(cluster: Cluster, pod: tuple[str, str], path: str, port: int = PORT) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("pod")
    connection.sock = cluster.forward(*pod, port)
    connection.request("GET", path)
    response = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


def _web_server(namespace: str) -> Object:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {
        "name": "web",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-u", "-m", "http.server", str(PORT), "--directory", "/tmp"],
        "securityContext": security,
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
    }
    identity = {"runAsNonRoot": True, "runAsUser": 50000, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {
        "containers": [container],
        "securityContext": identity,
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": namespace}, "spec": spec}


def _ready(cluster: Cluster, namespace: str) -> bool:
    found = cluster.get("v1", "Pod", "web", namespace) or {}
    conditions = found.get("status", {}).get("conditions", [])
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def _until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.2)
