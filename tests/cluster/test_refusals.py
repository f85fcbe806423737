"""No answer, or an answer that is a no: one sentence and the way out, in time, and nothing on stderr."""

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.api_servers import DISCOVERY, Answer, canned, free_port, mute, self_signed, status
from tests.cluster.test_kubeconfig import config, write
from wizard.cluster.interface import (
    ClusterError,
    Conflict,
    Exists,
    Forbidden,
    Invalid,
    Missing,
    Object,
    Owned,
    Unreachable,
)
from wizard.cluster.real import RealCluster, connect

CONFIG_MAP: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}
SECRET: Object = {**CONFIG_MAP, "kind": "Secret", "stringData": {"password": "hunter2"}}
VERSION = Answer(200, {"gitVersion": "v1.34.0"})


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str]) -> Any:
    """No test here may leave a word on stdout or stderr."""
    yield
    assert capfd.readouterr() == ("", "")


def to(url: str, folder: Path, timeout: float = 5, cluster: Object | None = None) -> RealCluster:
    content = config("a", server=url, token="abc")
    content["clusters"][0]["cluster"].update(cluster or {})
    connected = connect(write(folder / "config", content), "a", timeout)
    assert isinstance(connected, RealCluster)
    return connected


def test_refused(tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port} refused") as caught:
        to(f"https://127.0.0.1:{port}", tmp_path).version()
    assert caught.value.way_out


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"no-such-host\.invalid"):
        to("https://no-such-host.invalid:6443", tmp_path).version()


def test_no_answer(tmp_path: Path) -> None:
    with mute() as url:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="did not answer within 1 s"):
            to(url, tmp_path, timeout=1).version()
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("verb", ["exec", "forward"])
def test_no_answer_to_a_stream(tmp_path: Path, verb: str) -> None:
    with canned(VERSION) as server:
        cluster = to(server.url, tmp_path, timeout=0.5)
        cluster.get("v1", "Pod", "a", "b")
    with mute() as url:
        cluster._api.server = url
        began = time.monotonic()
        with pytest.raises(Unreachable):
            cluster.exec("b", "a", "c", ["true"]) if verb == "exec" else cluster.forward("b", "a", 80)
        assert time.monotonic() - began < 3


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    with canned(VERSION, certificate=self_signed(tmp_path)) as server:
        with pytest.raises(Unreachable, match="not to be trusted: self-signed certificate") as caught:
            to(server.url, tmp_path).version()
        assert server.url in caught.value.message


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    with canned(VERSION, certificate=pair) as server:
        with pytest.raises(Unreachable, match=r"certificate is not valid for '127\.0\.0\.1'"):
            to(server.url, tmp_path, cluster={"certificate-authority": str(pair[0])}).version()
        named = {"certificate-authority": str(pair[0]), "tls-server-name": "somebody.else"}
        assert to(server.url, tmp_path, cluster=named).version() == "v1.34.0"


def test_an_insecure_kubeconfig_says_so(tmp_path: Path) -> None:
    with canned(VERSION, certificate=self_signed(tmp_path)) as server:
        cluster = to(server.url, tmp_path, cluster={"insecure-skip-tls-verify": True})
        assert cluster.insecure is True
        assert cluster.version() == "v1.34.0"


def test_https_to_a_server_without_tls(tmp_path: Path) -> None:
    with canned(VERSION) as server, pytest.raises(Unreachable, match="does not speak TLS"):
        to(server.url.replace("http", "https"), tmp_path).version()


def test_another_program_on_the_port(tmp_path: Path) -> None:
    for answer in (Answer(200, "<html>hi</html>"), Answer(200, []), Answer(404, "<html>"), Answer(502, "<html>")):
        with canned(answer) as server, pytest.raises(ClusterError) as caught:
            to(server.url, tmp_path).version()
        assert "not a Kubernetes API server" in caught.value.message and "<html>" not in str(caught.value)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with canned(VERSION) as other, canned(Answer(302, "", {"Location": f"{other.url}/version"})) as server:
        with pytest.raises(Unreachable, match="not a Kubernetes API server: it answered 302"):
            to(server.url, tmp_path).version()
        with pytest.raises(Unreachable):
            to(server.url, tmp_path).forward("b", "a", 80)
    assert not other.seen  # our token would have gone there


def test_401(tmp_path: Path) -> None:
    with canned(status(401, "Unauthorized", "Unauthorized")) as server:
        with pytest.raises(Forbidden, match="does not know who we are"):
            to(server.url, tmp_path).get("v1", "ConfigMap", "a", "b")
        with pytest.raises(Forbidden, match="does not know who we are"):
            to(server.url, tmp_path).forward("b", "a", 80)


def test_403_has_the_apis_own_sentence(tmp_path: Path) -> None:
    sentence = (
        'configmaps "a" is forbidden: User "me" cannot get resource "configmaps" in API group "" in namespace "b"'
    )
    with canned(status(403, sentence, "Forbidden")) as server, pytest.raises(Forbidden) as caught:
        to(server.url, tmp_path).get("v1", "ConfigMap", "a", "b")
    assert caught.value.message == f"{sentence}."
    assert "can-i" in caught.value.way_out


@pytest.mark.parametrize(
    ("message", "way_out"),
    [
        ('pods is forbidden: User "system:anonymous" cannot list resource "pods"', "no credentials"),
        ('pods "a" is forbidden: exceeded quota: small, requested: cpu=1', "quota"),
        ('pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot', "pod-security"),
        ('admission webhook "x.example" denied the request: no', "rule"),
    ],
)
def test_403_of_a_rule(tmp_path: Path, message: str, way_out: str) -> None:
    with canned(status(403, message, "Forbidden")) as server, pytest.raises(Forbidden) as caught:
        to(server.url, tmp_path).apply(CONFIG_MAP)
    assert way_out in caught.value.way_out


def test_403_of_a_namespace_that_goes(tmp_path: Path) -> None:
    causes = [{"reason": "NamespaceTerminating", "message": "", "field": "metadata.namespace"}]
    answer = status(403, "because it is being terminated", "Forbidden", causes=causes)
    with canned(answer) as server, pytest.raises(Forbidden) as caught:
        to(server.url, tmp_path).apply(CONFIG_MAP)
    assert "being deleted" in caught.value.way_out


def test_409_names_all_owners(tmp_path: Path) -> None:
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl" using v1', "field": ".data.a"},
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "hpa" with subresource "scale" using v1',
            "field": ".data.b",
        },
    ]
    answer = status(409, "Apply failed with 2 conflicts", "Conflict", causes=causes)
    with canned(answer) as server, pytest.raises(Conflict) as caught:
        to(server.url, tmp_path).apply(CONFIG_MAP)
    assert caught.value.owned == (Owned("kubectl", ".data.a"), Owned("hpa", ".data.b"))
    assert "--force" in caught.value.way_out


def test_409_of_a_race_is_tried_again(tmp_path: Path) -> None:
    race = status(409, "the object has been modified", "Conflict")
    with canned(race, Answer(200, CONFIG_MAP)) as server:
        assert to(server.url, tmp_path).apply(CONFIG_MAP) == CONFIG_MAP


def test_409_on_create(tmp_path: Path) -> None:
    answer = status(409, 'configmaps "a" already exists', "AlreadyExists")
    with canned(answer) as server, pytest.raises(Exists, match="ConfigMap a in namespace b exists already"):
        to(server.url, tmp_path).create(CONFIG_MAP)


@pytest.mark.parametrize(
    "answer",
    [
        status(400, "strict decoding error", "BadRequest"),
        status(422, "is invalid", "Invalid"),
        status(500, "failed to create typed patch object (b/a; /v1, Kind=X): .x: field not declared in schema"),
        status(500, "failed to convert new object (b/a; /v1, Kind=Secret) to proper version: illegal base64"),
    ],
)
def test_invalid(tmp_path: Path, answer: Answer) -> None:
    with canned(answer) as server, pytest.raises(Invalid):
        to(server.url, tmp_path).apply(CONFIG_MAP)


def test_500(tmp_path: Path) -> None:
    with canned(status(500, "etcdserver: no leader", "InternalError")) as server, pytest.raises(ClusterError) as caught:
        to(server.url, tmp_path).apply(CONFIG_MAP)
    assert type(caught.value) is ClusterError and "etcdserver: no leader" in caught.value.message


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (
            status(
                422, 'data: Invalid value: "hunter2"', "Invalid", causes=[{"field": "data[a b]", "message": "hunter2"}]
            ),
            "Invalid (data[a b])",
        ),
        (
            status(500, "failed to create typed patch object (b/a; ...): .stringData.p: expected string, got hunter2"),
            "(.stringData.p)",
        ),
        (status(403, 'admission webhook "x" denied the request: hunter2 is weak', "Forbidden"), "Forbidden"),
        (status(400, "hunter2", "BadRequest"), "BadRequest"),
        (status(500, "hunter2", "InternalError"), "InternalError"),
        (status(409, "hunter2", "Conflict"), "Conflict"),
        (status(404, "hunter2", "NotFound"), "NotFound"),
    ],
)
def test_nothing_of_a_secret_is_quoted(tmp_path: Path, answer: Answer, shown: str) -> None:
    with canned(answer) as server, pytest.raises(ClusterError) as caught:
        to(server.url, tmp_path).apply(SECRET)
    assert shown in caught.value.message
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__}"
    assert caught.value.__suppress_context__


def test_404_of_the_namespace(tmp_path: Path) -> None:
    answer = status(404, 'namespaces "b" not found', "NotFound", name="b", kind="namespaces")
    with canned(answer) as server, pytest.raises(Missing, match="no namespace b"):
        to(server.url, tmp_path).apply(CONFIG_MAP)


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("verb", ["get", "list", "apply", "delete"])
def test_busy_is_tried_again(tmp_path: Path, code: int, verb: str) -> None:
    busy = Answer(code, status(code, "busy").body, {"Retry-After": "0"})
    with canned(busy, Answer(200, {**CONFIG_MAP, "items": []})) as server:
        cluster = to(server.url, tmp_path)
        arguments = {"list": ("v1", "ConfigMap"), "apply": (CONFIG_MAP,)}
        getattr(cluster, verb)(*arguments.get(verb, ("v1", "ConfigMap", "a", "b")))
    assert len(server.seen) == 2


def test_busy_is_tried_again_as_long_as_there_is_time(tmp_path: Path) -> None:
    with canned(status(429, "busy")) as server, pytest.raises(Unreachable, match="too busy"):
        began = time.monotonic()
        try:
            to(server.url, tmp_path, timeout=1).get("v1", "ConfigMap", "a", "b")
        finally:
            assert time.monotonic() - began < 2
    assert len(server.seen) > 1


def test_asked_to_wait_too_long(tmp_path: Path) -> None:
    answer = Answer(503, status(503, "busy").body, {"Retry-After": "3600"})
    with canned(answer) as server, pytest.raises(Unreachable):
        to(server.url, tmp_path).get("v1", "ConfigMap", "a", "b")
    assert len(server.seen) == 1


def test_a_broken_connection_is_tried_again(tmp_path: Path) -> None:
    with canned(Answer(0), Answer(200, CONFIG_MAP)) as server:
        assert to(server.url, tmp_path).apply(CONFIG_MAP) == CONFIG_MAP


def test_but_not_for_ever(tmp_path: Path) -> None:
    with canned(Answer(0)) as server:
        with pytest.raises(Unreachable, match="broke"):
            to(server.url, tmp_path).version()  # has never answered
        assert len(server.seen) == 3
        with pytest.raises(Unreachable, match="broke"):
            to(server.url, tmp_path, timeout=2).get("v1", "ConfigMap", "a", "b")  # has answered to discovery
        assert len(server.seen) == 3 + 4


def test_an_error_of_the_moment_is_tried_again(tmp_path: Path) -> None:
    moment = status(500, "etcdserver: leader changed", "InternalError")
    with canned(moment, moment, moment, Answer(200, CONFIG_MAP)) as server:
        assert to(server.url, tmp_path).apply(CONFIG_MAP) == CONFIG_MAP
    with canned(moment) as server, pytest.raises(ClusterError, match="leader changed"):
        to(server.url, tmp_path).apply(CONFIG_MAP)
    assert len(server.seen) == 4


def test_a_load_balancer_without_a_server_is_asked_again(tmp_path: Path) -> None:
    with canned(Answer(502, "<html>"), Answer(200, CONFIG_MAP)) as server:
        assert to(server.url, tmp_path).get("v1", "ConfigMap", "a", "b") == CONFIG_MAP


@pytest.mark.parametrize("lost", [Answer(0), status(503, "busy")])
def test_what_create_made_by_a_lost_try_is_ours(tmp_path: Path, lost: Answer) -> None:
    exists = status(409, "already exists", "AlreadyExists")
    there = {**SECRET, "data": {"password": "eA=="}, "type": "Opaque"}
    with canned(lost, exists, Answer(200, there)) as server:
        sent = {**CONFIG_MAP, "kind": "Secret", "data": {"password": "eA=="}}
        assert to(server.url, tmp_path).create(sent) == there
        assert [method for method, *_ in server.seen] == ["POST", "POST", "GET"]
    with canned(lost, exists, Answer(200, there)) as server, pytest.raises(Exists):
        to(server.url, tmp_path).create({**sent, "data": {"password": "eQ=="}})
    with canned(exists) as server, pytest.raises(Exists):
        to(server.url, tmp_path).create(sent)
    assert len(server.seen) == 1


def test_a_list_begins_again_where_a_page_has_expired(tmp_path: Path) -> None:
    page = Answer(200, {"metadata": {"continue": "more"}, "items": [{"metadata": {"name": "a"}}]})
    whole = Answer(200, {"metadata": {}, "items": [{"metadata": {"name": name}} for name in "ab"]})
    with canned(page, status(410, "too old", "Expired"), whole) as server:
        found = to(server.url, tmp_path).list("v1", "ConfigMap", "b", labels="x=y")
    assert [item["metadata"]["name"] for item in found] == ["a", "b"]
    paths = [path for _, path, _ in server.seen]
    assert "limit=500" in paths[0] and "continue=more" in paths[1] and "continue" not in paths[2]
    assert all("labelSelector=x%3Dy" in path for path in paths)


@pytest.mark.parametrize(
    ("answer", "log"),
    [
        (status(400, 'container "a" in pod "b" is waiting to start: PodInitializing', "BadRequest"), ""),
        (status(400, 'previous terminated container "a" in pod "b" not found', "BadRequest"), ""),
        (status(404, 'pods "b" not found', "NotFound"), ""),
        (Answer(200, "one\ntwo\n"), "one\ntwo\n"),
    ],
)
def test_logs(tmp_path: Path, answer: Answer, log: str) -> None:
    with canned(answer) as server:
        assert to(server.url, tmp_path).logs("b", "a", "c", tail=7) == log
    assert "tailLines=7" in server.seen[0][1]


def test_the_log_of_a_container_that_the_pod_has_not(tmp_path: Path) -> None:
    answer = status(400, "container c is not valid for pod a", "BadRequest")
    with canned(answer) as server, pytest.raises(Invalid, match="not valid"):
        to(server.url, tmp_path).logs("b", "a", "c")


def test_no_proxy_to_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with canned(VERSION) as server:
        assert to(server.url, tmp_path).version() == "v1.34.0"


def test_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="proxy"):
        to("https://example.invalid", tmp_path, cluster={"proxy-url": f"http://127.0.0.1:{free_port()}"}).version()


def test_several_threads(tmp_path: Path) -> None:
    """urllib3 would log a connection pool that is full: see `quiet`."""
    with canned(Answer(200, CONFIG_MAP)) as server:
        cluster = to(server.url, tmp_path)
        threads = [threading.Thread(target=cluster.get, args=("v1", "ConfigMap", "a", "b")) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.seen) == 40


def test_a_log_is_asked_for_again_only_until_it_begins(tmp_path: Path) -> None:
    busy = status(503, "later", "ServiceUnavailable")
    with canned(busy, Answer(200, "one\ntwo", {"Content-Type": "text/plain"})) as server:
        pieces = to(server.url, tmp_path).read_log("b", "a", "web", tail=2, follow=True)
        assert b"".join(pieces) == b"one\ntwo"
        path = "/api/v1/namespaces/b/pods/a/log?container=web&tailLines=2&follow=true"
        assert [seen[:2] for seen in server.seen] == [("GET", path)] * 2


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (status(403, 'User "bob" cannot get resource "pods/log"', "Forbidden"), Forbidden, "bob"),
        (status(404, 'pods "a" not found', "NotFound", kind="pods"), Missing, "not found"),
        (status(400, 'container "web" in pod "a" is waiting to start: PodInitializing'), Missing, "PodInitializing"),
        (status(400, "container nope is not valid for pod a"), Invalid, "nope"),
        (Answer(0), Unreachable, "broke"),
    ],
)
def test_a_log_that_can_not_be_read(tmp_path: Path, answer: Answer, error: type[ClusterError], sentence: str) -> None:
    with canned(answer) as server, pytest.raises(error, match=sentence):
        list(to(server.url, tmp_path).read_log("b", "a", "web"))


def test_a_log_that_breaks_off_is_told_after_what_came(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def answer(listener: socket.socket) -> None:
        for body in (json.dumps(DISCOVERY).encode(), b"one\n"):
            client, _ = listener.accept()
            with client:
                client.recv(1 << 16)
                end = b"0\r\n\r\n" if body != b"one\n" else b""
                client.sendall(head + b"%x\r\n%s\r\n%s" % (len(body), body, end))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        pieces = to(f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path).read_log("b", "a", "web", follow=True)
        assert next(pieces) == b"one\n"
        with pytest.raises(Unreachable, match="broke"):
            next(pieces)
        thread.join(5)
