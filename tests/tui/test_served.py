"""The demo in a browser: one for each page, for pages of its own address alone."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websocket import WebSocket, WebSocketBadStatusException, create_connection

from wizard.commands import run
from wizard.errors import Exit

Served = tuple[str, int, Path]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that runs: its host, its port, its folder."""
    command = [sys.executable, "-m", "wizard", "demo", "--serve", "--port", "0"]
    folder = tmp_path_factory.mktemp("served")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as server:
        assert server.stdout is not None
        address = urlsplit(server.stdout.readline())
        assert address.hostname == "127.0.0.1" and address.port
        yield address.hostname, address.port, folder
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        assert server.stdout.read() == "", "stdout is data"


def page(served: Served, origin: str) -> WebSocket:
    """What a browser that shows a page of this origin opens."""
    host, port, _ = served
    return create_connection(f"ws://{host}:{port}/ws?width=80&height=24", origin=origin, timeout=30)


def test_a_page_shows_the_wizard_and_gets_the_plan_as_a_download(served: Served) -> None:
    host, port, folder = served
    with closing(page(served, f"http://{host}:{port}")) as socket:
        read_until(socket, "SANDBOX: nothing real runs")
        socket.send(json.dumps(["stdin", "\x13"]))
        read_until(socket, '"deliver_file_start"', "open_url")
    assert not list(folder.iterdir()), "nobody writes files through a page"
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", "/")
    assert "airflow-wizard demo" in connection.getresponse().read().decode()


def test_a_page_of_another_address_is_refused(served: Served) -> None:
    with pytest.raises(WebSocketBadStatusException) as refused:
        page(served, "http://elsewhere.example.com")
    assert refused.value.status_code == 403


def test_a_port_that_is_taken_is_told(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--serve", "--port", str(served[1])]) == Exit.USAGE
    assert "0 picks a free one" in capsys.readouterr().err


def read_until(socket: WebSocket, *texts: str, seconds: float = 30) -> None:
    """Read on until one of the texts has come."""
    end, seen = time.monotonic() + seconds, ""
    while not any(text in seen for text in texts):
        assert time.monotonic() < end, seen[-2000:]
        seen += socket.recv_data()[1].decode(errors="replace")
