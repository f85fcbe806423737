"""The few answers of Airflow's REST API that a proof of life needs, for the sandbox: no Airflow, no socket."""

import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import uuid4

_TASK = "say"
_RUNS = re.compile(r"/api/v2/dags/(?P<dag>[^/]+)(?P<runs>/dagRuns(?:/(?P<run>[^/]+)(?P<rest>/.*)?)?)?$")
_Answer = tuple[int, Any]
_UNKNOWN: _Answer = (404, {"detail": "Not Found"})


@dataclass(frozen=True)
class _Run:
    dag: str
    name: str
    conf: dict[str, Any]
    started: float


class SandboxAirflow:
    """One pretended Airflow. A run succeeds after a second times `pace`."""

    def __init__(self, pace: float, clock: Callable[[], float]) -> None:
        self._pace = pace
        self._clock = clock
        self._runs: dict[tuple[str, str], _Run] = {}
        self._paused: set[str] = set()
        self._token = uuid4().hex
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, authorization: str, body: Any) -> _Answer:
        """Status and JSON for a request; a path prefix (BASE_URL) makes no difference."""
        path = path.partition("?")[0]
        if method == "POST" and path.endswith("/auth/token"):
            return self._log_in(body)
        if path.endswith("/api/v2/monitor/health"):
            return 200, _health()
        if path.endswith("/api/v2/version"):
            return 200, {"version": "3.3.2", "git_version": None}
        if authorization != f"Bearer {self._token}":
            return 401, {"detail": "Not authenticated"}
        if path.endswith("/api/v2/dags"):
            return 200, {"dags": [], "total_entries": 1}
        if path.endswith("/api/v2/importErrors"):
            return 200, {"import_errors": [], "total_entries": 0}
        found = _RUNS.search(path)
        with self._lock:
            return self._dags(method, found, body) if found else _UNKNOWN

    def _log_in(self, body: Any) -> _Answer:
        if not isinstance(body, dict) or not body.get("username") or not body.get("password"):
            return 400, {"detail": "Username and password must be provided"}
        return 201, {"access_token": self._token}

    def _dags(self, method: str, found: re.Match[str], body: Any) -> _Answer:
        dag, name = found["dag"], found["run"]
        if not found["runs"]:
            return self._dag(method, dag, body)
        if name is None:
            return self._trigger(dag, body) if method == "POST" else _UNKNOWN
        run = self._runs.get((dag, name))
        if run is None:
            return 404, {"detail": f"The DagRun with dag_id: `{dag}` and run_id: `{name}` was not found"}
        return self._of_run(run, found["rest"] or "")

    def _dag(self, method: str, dag: str, body: Any) -> _Answer:
        if method == "PATCH" and isinstance(body, dict):
            (self._paused.add if body.get("is_paused") else self._paused.discard)(dag)
        state = {"is_paused": dag in self._paused, "is_stale": False, "has_import_errors": False}
        return 200, {"dag_id": dag, "bundle_name": "airflow-wizard", **state}

    def _trigger(self, dag: str, body: Any) -> _Answer:
        given = body if isinstance(body, dict) else {}
        name = given.get("dag_run_id") or f"manual__{uuid4()}"
        if (dag, name) in self._runs:
            return 409, {"detail": f"A DagRun {name} of {dag} exists already"}
        run = _Run(dag, name, given.get("conf") or {}, self._clock())
        self._runs[dag, name] = run
        return 200, self._shown(run, "queued")

    def _of_run(self, run: _Run, rest: str) -> _Answer:
        state = self._state(run)
        if not rest:
            return 200, self._shown(run, state)
        if rest == "/taskInstances":
            task = {"task_id": _TASK, "dag_id": run.dag, "dag_run_id": run.name, "try_number": 1, "state": state}
            return 200, {"task_instances": [task], "total_entries": 1}
        if rest == f"/taskInstances/{_TASK}/logs/1":
            said = [{"event": f"{key}={value}", "level": "info"} for key, value in run.conf.items()]
            ended = [{"event": "Task instance in success state", "level": "info"}]
            return 200, {"content": [*said, *ended] if state == "success" else [], "continuation_token": None}
        return _UNKNOWN

    def _state(self, run: _Run) -> str:
        return "success" if self._clock() >= run.started + self._pace else "running"

    def _shown(self, run: _Run, state: str) -> dict[str, Any]:
        return {"dag_id": run.dag, "dag_run_id": run.name, "conf": run.conf, "state": state, "run_type": "manual"}


class AirflowStream:
    """A connection to a SandboxAirflow, as http.client uses a socket: send a request, then read from a file."""

    def __init__(self, airflow: SandboxAirflow) -> None:
        self._airflow = airflow
        self._sent = bytearray()

    def sendall(self, data: bytes, /) -> None:
        """Take a piece of a request."""
        self._sent += data

    def relay(self, client: socket.socket, /) -> None:
        """Answer the requests that come, one after the other."""
        while data := client.recv(1 << 16):
            self.sendall(data)
            head, end, rest = bytes(self._sent).partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length: *(\d+)", head)
            if end and len(rest) >= int(length[1] if length else 0):
                client.sendall(self.makefile("rb").read())

    def makefile(self, mode: str, /) -> BytesIO:
        """The whole answer to the request that was sent."""
        head, _, rest = bytes(self._sent).partition(b"\r\n\r\n")
        self._sent.clear()
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, *_ = [*first.split(" "), "", ""]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        try:
            body = json.loads(rest) if rest else None
        except ValueError:
            body = None
        status, answer = self._airflow.answer(method, path, headers.get("authorization", ""), body)
        content = json.dumps(answer).encode()
        start = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        return BytesIO(f"{start}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def close(self) -> None:
        """Forget what was sent."""
        self._sent.clear()


def _health() -> dict[str, Any]:
    parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
    return {part: {"status": "healthy"} for part in parts}
