"""Channels of bytes over one WebSocket (v4.channel.k8s.io, as kubelets speak it): exec and port-forward stand on them.

Not `kubernetes.stream.ws_client`: connecting has no timeout there, and its port-forward runs in a thread that prints a
traceback and leaves its reader waiting when the pod's end fails.
"""

import json
import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from wizard.cluster.api import Api, needed
from wizard.cluster.interface import ClusterError
from wizard.cluster.refusals import About, Gone, refused, unreachable

EXEC_SECONDS = 300.0
"""How long a command in a pod may take: a start of Airflow on a busy node takes a minute."""
_STDIN, _STDOUT, _STDERR, _STATUS = 0, 1, 2, 3
_PROTOCOL = "v4.channel.k8s.io"
NOTHING = -1, b""
"""No channel and no bytes: a ping, or no whole frame yet."""


class Channels:
    """The channels of one connection. `about` and `server` are for the errors."""

    def __init__(self, websocket: Any, server: str, timeout: float) -> None:
        self._websocket = websocket
        self._server = server
        self.timeout = timeout

    def receive(self, deadline: float, *, patient: bool = True) -> tuple[int, bytes] | None:
        """The next channel and its bytes, until `deadline` (monotonic seconds); None at the end.

        Who isn't `patient` gets `NOTHING` where there were none; they aren't lost but come next time.
        """
        from websocket import (
            ABNF,
            WebSocketConnectionClosedException,
            WebSocketException,
            WebSocketTimeoutException,
        )

        try:
            while True:
                self._websocket.settimeout(max(deadline - time.monotonic(), 0.01))
                opcode, frame = self._websocket.recv_data_frame(True)
                if opcode == ABNF.OPCODE_CLOSE:
                    return None
                if opcode in (ABNF.OPCODE_BINARY, ABNF.OPCODE_TEXT) and frame.data:
                    return frame.data[0], bytes(frame.data[1:])
                if not patient:
                    return NOTHING
        except (WebSocketConnectionClosedException, ConnectionError, ssl.SSLEOFError):
            return None
        except (WebSocketException, OSError, ValueError) as error:
            if isinstance(error, WebSocketTimeoutException) and not patient:
                return NOTHING
            raise unreachable(self._server, error, self.timeout) from None

    def turns(self, other: socket.socket) -> Iterator[bool]:
        """Whose bytes are next, as often as that is asked: ours (True) or those of `other`. Waits for them.

        So one thread does for both ways; two on one TLS connection are not safe before Python 3.13.
        """
        ours = self._websocket.sock
        with selectors.DefaultSelector() as both:
            for each in (ours, other):
                both.register(each, selectors.EVENT_READ)
            while True:
                decrypted = isinstance(ours, ssl.SSLSocket) and ours.pending() > 0
                yield decrypted or any(key.fileobj is ours for key, _ in both.select())

    def send(self, channel: int, data: bytes) -> bool:
        """Send bytes; False where the other end is gone."""
        from websocket import ABNF, WebSocketException

        try:
            self._websocket.settimeout(self.timeout)
            self._websocket.send(bytes([channel]) + data, opcode=ABNF.OPCODE_BINARY)
        except (WebSocketException, OSError):
            return False
        return True

    def close(self) -> None:
        """Close without waiting for the other end."""
        from websocket import WebSocketException

        with suppress(WebSocketException, OSError):
            self._websocket.settimeout(1)
            self._websocket.send_close()
        self._websocket.shutdown()


def open_channels(api: Api, path: str, query: list[tuple[str, str]], about: About) -> Channels:
    """Connect; with renewed credentials once more where ours were not taken (401)."""
    from websocket import WebSocket, WebSocketBadStatusException

    insecure = {"cert_reqs": ssl.CERT_NONE, "check_hostname": False} if api.login.insecure else {}
    named = {"server_hostname": api.configuration.tls_server_name} if api.configuration.tls_server_name else {}
    url = f"{api.server.replace('http', 'ws', 1)}{path}?{urlencode(query)}"
    for last in (False, True):
        websocket: Any = WebSocket(sslopt={"context": api.login.tls, **insecure, **named})
        headers = [f"{name}: {value}" for name, value in api.login.headers().items()]
        try:
            with _failures(api):
                websocket.connect(
                    url,
                    header=headers,
                    subprotocols=[_PROTOCOL],
                    suppress_origin=True,
                    redirect_limit=0,  # else our token would go wherever a redirect points
                    timeout=api.timeout,
                    **_proxy(api.configuration),
                )
            return Channels(websocket, api.server, api.timeout)
        except WebSocketBadStatusException as error:
            if error.status_code == 401 and not last and api.login.renew():
                continue
            refusal = refused(error.status_code, error.resp_body or b"", about, api.server)
            raise needed(refusal, about) if isinstance(refusal, Gone) else refusal from None
    raise AssertionError("unreachable: the second turn returns or raises")


def run(channels: Channels, about: About, stdin: str = "") -> tuple[int, str, str]:
    """What a command in a pod gave: exit code, stdout, stderr. Raises ClusterError where it could not be run."""
    output = {_STDOUT: bytearray(), _STDERR: bytearray()}
    status = bytearray()
    channels.timeout = EXEC_SECONDS
    deadline = time.monotonic() + EXEC_SECONDS
    try:
        if stdin:
            channels.send(_STDIN, stdin.encode())
        while received := channels.receive(deadline):
            channel, data = received
            if channel in output:
                output[channel] += data
            elif channel == _STATUS:
                status += data
    finally:
        channels.close()
    if not status:
        raise ClusterError(f"The connection to {about} broke before the command ended.", "Try again.")
    stdout, stderr = (bytes(output[channel]).decode(errors="replace") for channel in (_STDOUT, _STDERR))
    return _exit_code(bytes(status), about), stdout, stderr


def _exit_code(status: bytes, about: About) -> int:
    try:
        said = json.loads(status)
    except ValueError:
        said = {"message": status.decode(errors="replace")}
    if said.get("status") == "Success":
        return 0
    for cause in (said.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "ExitCode" and str(cause.get("message")).isdigit():
            return int(cause["message"])
    raise ClusterError(f"The command could not be run in {about}: {said.get('message')}", "Is the container running?")


@contextmanager
def _failures(api: Api) -> Iterator[None]:
    """What goes wrong on the way, as errors of ours; an answer with a bad status is for the caller."""
    from websocket import WebSocketBadStatusException, WebSocketException
    from websocket._http import ProxyError  # type: ignore[attr-defined]  # from python_socks, if that is installed

    try:
        yield
    except WebSocketBadStatusException:
        raise
    except (WebSocketException, ProxyError, OSError, ValueError) as error:
        raise unreachable(api.server, error, api.timeout) from None


def _proxy(configuration: Any) -> dict[str, Any]:
    """The same proxy as for requests; without one, none from the environment either."""
    from kubernetes.client.rest import should_bypass_proxies

    if not configuration.proxy or should_bypass_proxies(configuration.host, configuration.no_proxy or ""):
        return {"http_no_proxy": ["*"]}
    proxy = urlsplit(configuration.proxy)
    options = {"http_proxy_host": proxy.hostname, "http_proxy_port": proxy.port or 80, "http_no_proxy": ["-"]}
    if proxy.scheme.startswith("socks"):
        options["proxy_type"] = proxy.scheme
    if proxy.username:
        options["http_proxy_auth"] = (unquote(proxy.username), unquote(proxy.password or ""))
    return options
