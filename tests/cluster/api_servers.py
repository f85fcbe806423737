"""Pretended API servers on loopback: canned answers, a certificate of its own, one that never answers."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DISCOVERY = {
    "kind": "APIResourceList",
    "groupVersion": "v1",
    "resources": [
        {"name": plural, "kind": kind, "namespaced": True}
        for plural, kind in {"configmaps": "ConfigMap", "secrets": "Secret", "pods": "Pod", "pods/log": "Pod"}.items()
    ],
}


@dataclass(frozen=True)
class Answer:
    """What to answer; a status of 0 drops the connection."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class CannedServer:
    """Gives `answers` one after the other, the last one for ever; discovery is always answered."""

    answers: list[Answer]
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path with query, headers (lower case) of each request but discovery."""
    url: str = ""


def status(code: int, message: str, reason: str = "", **details: Any) -> Answer:
    """A Status as API servers send it."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return Answer(code, {**body, **({"reason": reason} if reason else {}), **({"details": details} if details else {})})


@contextmanager
def canned(*answers: Answer, certificate: tuple[Path, Path] | None = None) -> Iterator[CannedServer]:
    """Run a CannedServer; over TLS where a certificate and its key are given."""
    state = CannedServer(list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mute() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def self_signed(folder: Path, name: str = "somebody.else") -> tuple[Path, Path]:
    """Files with a certificate for `name` that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _handler(state: CannedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/api/v1":
                answer = Answer(200, DISCOVERY)
            else:
                state.seen.append(
                    (self.command, self.path, {key.lower(): value for key, value in self.headers.items()})
                )
                answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            if answer.status == 0:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = answer.body.encode() if isinstance(answer.body, str) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for key, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _respond

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
