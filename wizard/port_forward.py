"""A port of this machine that leads to Airflow's page, by whichever api-server pod is ready."""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from html import escape

from wizard.airflow_api import PORT, NotReady, ready_pod
from wizard.cluster.interface import Cluster, ClusterError
from wizard.errors import Exit, UserError

HOST = "127.0.0.1"
AT_ONCE = 64
"""Connections; one more waits until another has ended."""

PATIENCE = 60.0
"""Seconds for a browser to say the first thing, and to take what it asked for."""

_PAGE = """\
<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Airflow</title>
<p>Airflow can't be reached: {}.<p>This page asks again every two seconds.
"""
_HEAD = (
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nRetry-After: 2\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: {}\r\n\r\n"
)


class PortForward:
    """Listens from when it is made, and carries each connection to a pod of its own choice: `serve` until `close`."""

    def __init__(self, cluster: Cluster, namespace: str, port: int, say: Callable[[str], None]) -> None:
        """Port 0 takes a free one. `say` is told what changes. Raises UserError where the port can't be had."""
        self._cluster, self._namespace, self._say = cluster, namespace, say
        self._listener = _listener(port)
        self.port = int(self._listener.getsockname()[1])
        self._free = threading.Semaphore(AT_ONCE)
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        self._pod = ""
        self._troubled = False
        self._refused = 0
        self._closed = False

    def serve(self) -> None:
        """Take connections, a thread for each, until `close` is called or KeyboardInterrupt raised."""
        while True:
            self._free.acquire()
            try:
                client, _ = self._listener.accept()
            except OSError:
                if self._closed:
                    return
                raise
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def close(self, seconds: float = 2) -> None:
        """Listen no more and end what is open; waits no longer than `seconds` for that."""
        self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else who waits in `accept` would wait on
        self._listener.close()
        with self._lock:
            left = dict(self._open)
        for client in left.values():
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + seconds
        for thread in left:
            thread.join(max(deadline - time.monotonic(), 0))

    def _carry(self, client: socket.socket) -> None:
        with self._lock:
            self._open[threading.current_thread()] = client
        try:
            with client, suppress(OSError):  # a browser may go whenever it likes
                client.settimeout(PATIENCE)
                # Browsers connect ahead of time; such a connection needs no pod yet.
                if client.recv(1, socket.MSG_PEEK):
                    self._to_a_pod(client)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread(), None)
            self._free.release()

    def _to_a_pod(self, client: socket.socket) -> None:
        before = self._refused
        try:
            pod = ready_pod(self._cluster, self._namespace)
            stream = self._cluster.forward(self._namespace, pod, PORT)
        except (NotReady, ClusterError) as error:
            return self._refuse(client, error.message.rstrip("."))
        with closing(stream):
            self._tell_pod(pod)
            try:
                stream.relay(client)
                if self._refused == before:  # else what was well is over
                    self._troubled = False
            except ClusterError:  # the kubelet's reason is long, and about addresses that nobody knows
                self._refuse(client, f"{pod} does not answer")

    def _tell_pod(self, pod: str) -> None:
        with self._lock:
            if pod != self._pod:
                self._say(f"connected to {pod}")
                self._pod, self._troubled = pod, False

    def _refuse(self, client: socket.socket, why: str) -> None:
        """Say why, once to the user and each time in HTTP."""
        with self._lock:
            if not self._troubled:
                self._say(f"{why}; each new connection looks again")
            self._troubled = True
            self._refused += 1
        client.settimeout(0.2)
        with suppress(TimeoutError):
            client.recv(1 << 16)  # else closing would take the answer away from who has more to say
        page = _PAGE.format(escape(why)).encode()
        client.sendall(_HEAD.format(len(page)).encode() + page)
        client.shutdown(socket.SHUT_WR)


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=AT_ONCE)
    except PermissionError:
        raise UserError(f"You may not listen on port {port}.", "Choose another with --port.", Exit.FAILED) from None
    except OSError as error:
        raise UserError(
            f"Port {port} of this machine can't be had: {os.strerror(error.errno or 0)}.",
            "Something else listens there: end it, or take another with --port; --port 0 picks a free one.",
        ) from None
