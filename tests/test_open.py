"""The day after: a component's log, and the way to the page, as far as the sandbox can show it."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wizard.apply import apply, prepare
from wizard.cluster.interface import ClusterError, Missing
from wizard.cluster.sandbox import Sandbox
from wizard.errors import Exit, UserError
from wizard.logs import Line, Note, Source, _lines, follow, read, sources
from wizard.page import page, show
from wizard.plan.file import parse
from wizard.port_forward import HOST, PortForward

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
GIT_SYNC = "dags: {type: git-sync, repository: 'https://example.com/dags.git', credentials: {type: none}}\n"
PUBLIC = "https://example.com:8443/airflow"
BEHIND_A_PROXY = f"access: {{type: service, publicUrl: '{PUBLIC}'}}\n"


class Installed:
    """A sandbox with a plan in it, ready; nothing moves there but by `wait`."""

    def __init__(self, answers: str = "") -> None:
        self.now = 0.0
        self.cluster = Sandbox(pace=1, clock=lambda: self.now)
        plan = parse(HEAD + answers)
        self.namespace = plan.namespace
        list(apply(self.cluster, prepare(self.cluster, plan)))
        self.wait()

    def wait(self) -> None:
        """Until all is ready."""
        self.now += 1000

    def pod(self) -> str:
        """The api-server's."""
        (pod,) = self.cluster.list("v1", "Pod", self.namespace, labels="component=api-server")
        return str(pod["metadata"]["name"])

    def sources(self, component: str, container: str = "") -> list[Source]:
        return sources(self.cluster, self.namespace, component, container)


@pytest.fixture(scope="module")
def laptop() -> Installed:
    return Installed()


@pytest.mark.parametrize(
    ("component", "code", "sentence"),
    [
        ("webserver", Exit.USAGE, "Airflow has no webserver."),
        ("redis", Exit.FAILED, "There is no redis in namespace airflow."),
        ("worker", Exit.FAILED, "There is no worker in namespace airflow."),
    ],
)
def test_a_component_that_is_not_there_is_told_with_those_that_are(
    laptop: Installed, component: str, code: Exit, sentence: str
) -> None:
    with pytest.raises(UserError) as caught:
        laptop.sources(component)
    assert (caught.value.code, caught.value.message) == (code, sentence)
    assert "There are: api-server, scheduler, dag-processor, triggerer, database." in caught.value.way_out


def test_without_any_airflow_the_way_out_is_another_namespace() -> None:
    with pytest.raises(UserError, match=r"There is no scheduler in namespace nothing, and no other pod") as caught:
        sources(Sandbox(pace=0), "nothing", "scheduler")
    assert caught.value.code == Exit.FAILED and "-n" in caught.value.way_out


def test_the_main_container_is_read_unless_another_is_named() -> None:
    git_sync = Installed(GIT_SYNC)
    assert [each.container for each in git_sync.sources("scheduler")] == ["scheduler"]
    assert [each.container for each in git_sync.sources("scheduler", "git-sync")] == ["git-sync"]
    with pytest.raises(UserError, match="no container web") as caught:
        git_sync.sources("scheduler", "web")
    assert caught.value.way_out == "They have: scheduler, git-sync, migrations, git-sync-init."


def test_the_migration_is_read_from_the_init_container(laptop: Installed) -> None:
    found = laptop.sources("api-server", "migrations")
    every = list(read(laptop.cluster, found, None))
    assert len(every) > 3 and all(isinstance(each, Line) for each in every)
    assert list(read(laptop.cluster, found, 2)) == every[-2:]


def test_a_pod_that_has_gone_is_told_and_the_others_are_read(laptop: Installed) -> None:
    gone = Source(laptop.namespace, "gone", "migrations")
    (there,) = laptop.sources("api-server", "migrations")
    assert [type(each) for each in read(laptop.cluster, [gone, there], 1)] == [Line, Note]
    with pytest.raises(Missing, match="gone"):
        list(read(laptop.cluster, [gone], 1))


def test_nothing_grows_in_the_sandbox(laptop: Installed) -> None:
    found = laptop.sources("scheduler")
    with pytest.raises(ClusterError, match="The sandbox runs nothing"):
        next(follow(laptop.cluster, found, 1))


def test_too_many_are_not_followed_at_once(laptop: Installed) -> None:
    many = [Source("airflow", f"worker-{number}", "base") for number in range(21)]
    with pytest.raises(UserError, match=r"21 pods, and 20") as caught:
        next(follow(laptop.cluster, many, 1))
    assert "kubectl logs -f -n airflow worker-20" in caught.value.way_out


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([], []),
        ([b""], []),
        ([b"a\nb\n"], [b"a\n", b"b\n"]),
        ([b"a", b"b\nc"], [b"ab\n", b"c\n"]),
        ([b"\xc3", b"\xa4\r\n\n"], ["ä\r\n".encode(), b"\n"]),
    ],
)
def test_pieces_become_whole_lines(pieces: list[bytes], lines: list[bytes]) -> None:
    assert list(_lines(pieces)) == lines


def test_the_page_of_a_public_url_needs_no_port_forward() -> None:
    behind = Installed(BEHIND_A_PROXY)
    found = page(behind.cluster, behind.namespace)
    assert (found.public_url, dict(found.who)["User"]) == (PUBLIC, "admin")
    behind.cluster.delete("v1", "ConfigMap", "airflow-wizard", behind.namespace)
    found = page(behind.cluster, behind.namespace)
    assert (found.public_url, found.prefix) == (PUBLIC, "/airflow"), "by the settings that the pods have"


def test_a_page_by_port_forward_names_the_context_in_its_commands(laptop: Installed) -> None:
    found = page(laptop.cluster, laptop.namespace, "kind-lab", "/tmp/config")
    assert found.public_url == found.prefix == ""
    assert "--context kind-lab --kubeconfig /tmp/config airflow-admin" in dict(found.who)["Password"]


def test_a_browser_is_opened_where_there_is_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not show(PUBLIC)
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    assert show(PUBLIC)
    deadline = time.monotonic() + 20
    while not opened.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert opened.read_text() == f"{PUBLIC}\n"


def test_no_airflow_is_told() -> None:
    with pytest.raises(UserError, match="There is no Airflow in namespace nothing"):
        page(Sandbox(pace=0), "nothing")


@contextmanager
def serving(place: Installed, said: list[str]) -> Iterator[int]:
    """A port-forward that serves; its port."""
    forward = PortForward(place.cluster, place.namespace, 0, said.append)

    thread = threading.Thread(target=forward.serve)
    thread.start()
    try:
        yield forward.port
    finally:
        forward.close()
        thread.join(5)
    assert not thread.is_alive()


def get(port: int, path: str = "/api/v2/version") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_the_page_is_served_on_a_port_of_this_machine(laptop: Installed) -> None:
    said: list[str] = []
    with serving(laptop, said) as port:
        for _ in range(2):
            assert get(port) == (200, b'{"version": "3.3.2", "git_version": null}')
    assert said == [f"connected to {laptop.pod()}"]


def test_a_pod_that_goes_away_ends_nothing() -> None:
    place, said = Installed(), list[str]()
    with serving(place, said) as port:
        get(port)
        place.cluster.delete("v1", "Pod", place.pod(), place.namespace)
        assert {get(port)[0] for _ in range(3)} == {503}
        assert b"reached: no api-server pod is ready." in get(port)[1]
        place.wait()
        assert get(port)[0] == 200
    assert [text.partition(" ")[0] for text in said] == ["connected", "no", "connected"]


def test_connections_are_bounded_and_none_is_left(laptop: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.port_forward.AT_ONCE", 2)
    threads = threading.active_count()
    with serving(laptop, []) as port:
        waiting = [socket.create_connection((HOST, port)) for _ in range(2)]
        late = socket.create_connection((HOST, port))
        late.sendall(b"GET /api/v2/version HTTP/1.1\r\n\r\n")
        late.settimeout(0.3)
        with pytest.raises(TimeoutError):
            late.recv(1)
        waiting[0].close()
        late.settimeout(10)
        assert late.recv(12) == b"HTTP/1.1 200"
    assert threading.active_count() == threads, "all are ended on both sides"
    for each in (*waiting, late):
        each.close()


def test_a_port_that_is_taken_is_told_with_the_way_out(laptop: Installed) -> None:
    with socket.create_server((HOST, 0)) as taken, pytest.raises(UserError) as caught:
        PortForward(laptop.cluster, laptop.namespace, taken.getsockname()[1], print)
    assert "can't be had: Address already in use." in caught.value.message
    assert "--port 0" in caught.value.way_out
