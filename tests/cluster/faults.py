"""A proxy on loopback before the cluster for tests: it does to requests what networks and API servers do on bad days.

It logs in by the kubeconfig of the cluster for tests; who talks to it needs no credentials, and no TLS.
"""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.cluster.api_servers import status
from tests.cluster.test_kubeconfig import config, write
from wizard.cluster.kubeconfig import choose
from wizard.cluster.login import Login

_OWN_WORDS = ("connection", "transfer-encoding", "content-length", "host", "authorization")
"""Headers that are about one connection, or ours to say."""


@dataclass(frozen=True)
class Request:
    """One that has arrived."""

    method: str
    path: str
    """With the query."""
    number: int
    """From 1, of all."""
    write: int
    """From 1, of those that write; 0 for one that doesn't."""


@dataclass(frozen=True)
class Reply:
    """What goes back; `whole` is false for one whose connection ends in the middle of the body."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True


Ask = Callable[[], Reply]
"""Passes the request on; what the API server says to it."""
Fault = Callable[[Request, Ask], Reply | None]
"""What becomes of a request; None for a connection that breaks without an answer."""


def none(request: Request, ask: Ask) -> Reply | None:
    """A good day."""
    return ask()


def answers(which: Callable[[Request], bool], code: int, retry_after: int | None = None) -> Fault:
    """To these requests this status, and nothing is done."""
    said = status(code, "etcdserver: leader changed" if code == 500 else "busy", "Busy")
    headers = {"Content-Type": "application/json"} | ({"Retry-After": str(retry_after)} if retry_after else {})

    def fault(request: Request, ask: Ask) -> Reply | None:
        if not which(request):
            return ask()
        return Reply(code, headers, json.dumps(said.body).encode())

    return fault


def loses(which: Callable[[Request], bool]) -> Fault:
    """These requests are carried out, and the connection breaks before anything is heard of it."""

    def fault(request: Request, ask: Ask) -> Reply | None:
        reply = ask()
        return None if which(request) else reply

    return fault


def cuts(which: Callable[[Request], bool]) -> Fault:
    """These requests are carried out, and the connection breaks in the middle of the answer."""

    def fault(request: Request, ask: Ask) -> Reply | None:
        reply = ask()
        return Reply(reply.status, reply.headers, reply.body, whole=not which(request))

    return fault


def slow(seconds: float) -> Fault:
    """Each request waits for so long before it is passed on."""

    def fault(request: Request, ask: Ask) -> Reply | None:
        time.sleep(seconds)
        return ask()

    return fault


def before(write: int, act: Callable[[], object]) -> Fault:
    """Something happens just before the n-th write, which never arrives."""

    def fault(request: Request, ask: Ask) -> Reply | None:
        if request.write != write:
            return ask()
        act()
        return None

    return fault


def after(write: int, act: Callable[[], object]) -> Fault:
    """Something happens just after the n-th write was carried out, and of that nobody hears."""

    def fault(request: Request, ask: Ask) -> Reply | None:
        reply = ask()
        if request.write != write:
            return reply
        act()
        return None

    return fault


@dataclass
class Proxy:
    """The proxy; `fault` may be changed at any time."""

    url: str
    kubeconfig: Path
    fault: Fault = none
    seen: list[Request] = field(default_factory=list)
    under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    start: Callable[[], None] = lambda: None
    stop: Callable[[], None] = lambda: None

    @property
    def writes(self) -> int:
        """How many have arrived."""
        return max((each.write for each in self.seen), default=0)

    def reset(self, fault: Fault = none, seconds: float = 30) -> None:
        """Begin to count anew, once all that is under way has ended."""
        end = time.monotonic() + seconds
        while self.under_way:
            assert time.monotonic() < end, f"{self.under_way} requests are still under way"
            time.sleep(0.02)
        self.seen.clear()
        self.fault = fault

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens, and the connections that were there are broken."""
        self.stop()
        try:
            yield
        finally:
            self.start()


def is_write(method: str, path: str) -> bool:
    """Whether it changes what is stored: no dry run, and no question that is asked by POST."""
    asks = "dryRun=All" in path or path.startswith("/apis/authorization.k8s.io/")
    return method in ("POST", "PUT", "PATCH", "DELETE") and not asks


@contextmanager
def proxy(kubeconfig: str, folder: Path) -> Iterator[Proxy]:
    """Run one before the cluster of a kubeconfig."""
    entry = choose(kubeconfig)
    login, upstream = Login(entry), urlsplit(entry.server)

    def ask(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        connection = http.client.HTTPSConnection(
            str(upstream.hostname), upstream.port or 443, timeout=60, context=login.tls
        )
        try:
            connection.request(method, path, body, headers | login.headers())
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    state = Proxy("", Path())
    connections: set[socket.socket] = set()
    handler = _handler(state, ask, connections)
    server: list[ThreadingHTTPServer] = []

    def start() -> None:
        port = urlsplit(state.url).port or 0
        server.append(ThreadingHTTPServer(("127.0.0.1", port), handler))
        server[0].handle_error = lambda *_: None  # type: ignore[method-assign]
        state.url = f"http://127.0.0.1:{server[0].server_port}"
        threading.Thread(target=server[0].serve_forever, args=(0.02,), daemon=True).start()

    def stop() -> None:
        listening = server.pop()
        listening.shutdown()
        listening.socket.close()
        for connection in list(connections):
            _break(connection)

    state.start, state.stop = start, stop
    start()
    state.kubeconfig = Path(write(folder / "faults.kubeconfig", config("faults", current="faults", server=state.url)))
    try:
        yield state
    finally:
        stop()


def _break(connection: socket.socket) -> None:
    with suppress(OSError):  # the other end may have been faster
        connection.shutdown(socket.SHUT_RDWR)


def _handler(
    state: Proxy, ask: Callable[[str, str, dict[str, str], bytes], Reply], connections: set[socket.socket]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            connections.add(self.connection)

        def finish(self) -> None:
            connections.discard(self.connection)
            super().finish()

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key: value for key, value in self.headers.items() if key.lower() not in _OWN_WORDS}
            with state.lock:
                write = state.writes + 1 if is_write(self.command, self.path) else 0
                request = Request(self.command, self.path, len(state.seen) + 1, write)
                state.seen.append(request)
                state.under_way += 1
                fault = state.fault
            try:
                reply = fault(request, lambda: ask(self.command, self.path, headers, body))
            finally:
                with state.lock:
                    state.under_way -= 1
            if reply is None:
                self._end()
                return
            self.send_response_only(reply.status)
            for key, value in reply.headers.items():
                if key.lower() not in _OWN_WORDS:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body if reply.whole else reply.body[: len(reply.body) // 2])
            if not reply.whole:
                self._end()

        def _end(self) -> None:
            self.close_connection = True
            _break(self.connection)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _respond

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
