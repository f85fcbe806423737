"""The proof: a task of our own DAG runs where the plan's executor runs tasks, and its log is read back.

The DAG is `blueprints/airflow/airflow_wizard_verify.py`. It is told a random word to say; only a log that holds it
counts. Every step has its time, so that a slow one is seen.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from wizard.airflow_api import AirflowApi, ApiError, NotReady, part
from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.progress import Mark, Row

DAG = "airflow_wizard_verify"
TASK = "say"
STAY = 8
"""Seconds that the task stays where its log goes with its pod: some looks at it, no more."""

PATIENCE = 15
"""Seconds in which a refused log-in is tried again."""

INTERVAL = 0.5
"""Seconds between two questions."""

Asked = Callable[[], tuple[bool, str]]


class _Proof:
    """The steps, each of which ends when what it waits for is there."""

    def __init__(self, api: AirflowApi, *, logs_stay: bool) -> None:
        self._api = api
        self._logs_stay = logs_stay
        self._read_early = False
        self._word = secrets.token_hex(8)
        self._started = time.monotonic()
        self._run = ""
        self._try = 0
        self.steps: list[tuple[str, Asked]] = [
            ("log in", self._log_in),
            ("health", self._health),
            ("find the DAG", self._find),
            ("trigger a run", self._trigger),
            ("run the task", self._task),
            ("read its log", self._log),
        ]

    def _log_in(self) -> tuple[bool, str]:
        try:
            return True, f"as {self._api.login()}, with a token"
        except ApiError as error:
            # While its connections to a database that was away are dead, FAB takes nobody for whom they say they are.
            if error.status != 401 or time.monotonic() - self._started > PATIENCE:
                raise
            return False, "the admin is not let in yet"

    def _health(self) -> tuple[bool, str]:
        health = self._api.call("GET", "/api/v2/monitor/health")
        sick = [name for name, state in health.items() if state.get("status") not in ("healthy", None)]
        return not sick, "not healthy: " + ", ".join(sick) if sick else "all components have a heartbeat"

    def _find(self) -> tuple[bool, str]:
        try:
            dag = self._api.call("GET", f"/api/v2/dags/{DAG}")
        except ApiError as error:
            if error.status != 404:
                raise
            return False, "the dag-processor has not parsed it yet"
        if dag.get("is_paused"):
            self._api.call("PATCH", f"/api/v2/dags/{DAG}?update_mask=is_paused", {"is_paused": False})
        return True, f"{DAG} in bundle {dag.get('bundle_name')}"

    def _trigger(self) -> tuple[bool, str]:
        conf = {"say": self._word} | ({} if self._logs_stay else {"stay": STAY})
        body = {"logical_date": None, "conf": conf}
        self._run = self._api.call("POST", f"/api/v2/dags/{DAG}/dagRuns", body)["dag_run_id"]
        return True, self._run

    def _task(self) -> tuple[bool, str]:
        state = self._api.call("GET", self._path)["state"]
        instances = self._api.call("GET", f"{self._path}/taskInstances")["task_instances"]
        self._try = max((each["try_number"] for each in instances), default=0)
        if state == "failed":
            raise UserError("The task failed.", f"Its log: {self._log_text()[-600:] or 'cannot be read'}")
        if not self._logs_stay and state == "running":
            self._read_early = self._read_early or self._word in self._log_text()
        states = ", ".join(f"task {each['state'] or 'waits'}" for each in instances)
        return state == "success", f"run {state}" + (f", {states}" if states else "")

    def _log(self) -> tuple[bool, str]:
        if self._read_early:
            return True, "it said what it was told to, while the task ran; with logs: none it goes with its pod"
        text = self._log_text()
        if self._word in text:
            return True, "it says what it was told to say"
        end = " ".join(text.split())[-200:]
        return False, f"the log says something else: {end}" if end else "the log is not there yet"

    @property
    def _path(self) -> str:
        return f"/api/v2/dags/{DAG}/dagRuns/{part(self._run)}"

    def _log_text(self) -> str:
        try:
            answer = self._api.call("GET", f"{self._path}/taskInstances/{TASK}/logs/{self._try}")
        except (ApiError, NotReady):
            return ""
        return _text_of(answer.get("content"))


def _text_of(content: Any) -> str:
    """The events of a structured log, one a line."""
    if not isinstance(content, list):
        return str(content or "")
    return "\n".join(str(line.get("event", "")) if isinstance(line, dict) else str(line) for line in content)


def verify(cluster: Cluster, namespace: str, timeout: float = 300) -> Iterator[Row]:
    """Rows for each step until the task's log was read.

    Raises `UserError` when the task fails or when a step isn't done `timeout` seconds after the start.
    """
    end = time.monotonic() + timeout
    proof = _Proof(AirflowApi(cluster, namespace), logs_stay=_logs_stay(cluster, namespace))
    for name, ask in proof.steps:
        yield from _until_done(name, ask, end, namespace)


def _logs_stay(cluster: Cluster, namespace: str) -> bool:
    """Whether a task's log can still be read when its pod is gone; by the settings that the pods have."""
    config = cluster.get("v1", "ConfigMap", "airflow-config", namespace)
    settings = (config or {}).get("data") or {}
    # Of several executors, the first runs the tasks that ask for none, as ours does.
    in_pods = settings.get("AIRFLOW__CORE__EXECUTOR", "").split(",")[0] == "KubernetesExecutor"
    # With a log_config.py, the module knows the store and REMOTE_LOGGING is unset.
    remote = settings.get("AIRFLOW__LOGGING__REMOTE_LOGGING", "").lower() == "true"
    remote = remote or "AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS" in settings
    return not in_pods or remote or cluster.get("v1", "PersistentVolumeClaim", "airflow-logs", namespace) is not None


def _until_done(name: str, ask: Asked, end: float, namespace: str) -> Iterator[Row]:
    started, said = time.monotonic(), ""
    while True:
        try:
            done, text = ask()
        except NotReady as error:
            done, text = False, error.message
        seconds = time.monotonic() - started
        if done:
            yield Row(name, Mark.DONE, text, seconds)
            return
        if text != said:
            said = text
            yield Row(name, Mark.WAITING, text, seconds)
        if time.monotonic() > end:
            raise UserError(
                f"The proof stopped at '{name}' after {seconds:.0f} s: {text}.",
                f"kubectl get pods -n {namespace} shows the pods; wait longer with --timeout.",
            )
        time.sleep(INTERVAL)
