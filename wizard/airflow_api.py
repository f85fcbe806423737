"""Airflow's REST API, through a port-forward to an api-server pod: nothing needs to be reachable from outside."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

from wizard.cluster.interface import Cluster, ClusterError
from wizard.errors import UserError
from wizard.watch import pod_is_ready

PORT = 8080
TIMEOUT = 30
"""Seconds for one answer."""


class ApiError(UserError):
    """Airflow answered, but not what was asked for; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotReady(UserError):
    """Nobody answered: no pod is ready, or the connection was lost."""


class _Connection(http.client.HTTPConnection):
    """HTTP over a forwarded stream."""

    def __init__(self, stream: Any) -> None:
        super().__init__("localhost", PORT, timeout=TIMEOUT)
        self.sock = stream

    def connect(self) -> None:
        raise NotReady("the connection to the api-server was closed")


class AirflowApi:
    """A session with one Airflow. Each request is a connection of its own, so a lost one costs nothing."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._token = ""
        self._known_prefix: str | None = None

    def login(self) -> str:
        """Get a token for the admin user of Secret `airflow-admin`; returns the user's name."""
        username, password = admin(self._cluster, self._namespace)
        self.login_as(username, password)
        return username

    def login_as(self, username: str, password: str) -> None:
        """Get a token for a user. Raises `ApiError` with status 401 for a wrong password."""
        self._token = self.call("POST", "/auth/token", {"username": username, "password": password})["access_token"]

    def call(self, method: str, path: str, body: Any = None, *, accept: str = "application/json") -> Any:
        """One request; its JSON answer. Raises `ApiError` for a refusal, `NotReady` where nobody answers."""
        headers = {"Accept": accept, "Content-Type": "application/json", "Connection": "close"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        path = self.prefix + path
        connection = _Connection(
            self._cluster.forward(self._namespace, ready_pod(self._cluster, self._namespace), PORT)
        )
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, ClusterError) as error:
            raise NotReady(f"the api-server does not answer: {error or type(error).__name__}") from None
        finally:
            connection.close()
        if answer.status >= 300:
            raise ApiError(f"{method} {path} was answered {answer.status}: {_detail(text)}", answer.status)
        try:
            return json.loads(text)
        except ValueError:
            raise ApiError(f"{method} {path} was answered by something that isn't JSON", answer.status) from None

    @property
    def prefix(self) -> str:
        """The path of the public URL, by the settings that the pods have: Airflow answers below it."""
        if self._known_prefix is None:
            config = self._cluster.get("v1", "ConfigMap", "airflow-config", self._namespace)
            base = ((config or {}).get("data") or {}).get("AIRFLOW__API__BASE_URL", "")
            self._known_prefix = urlsplit(base).path.rstrip("/")
        return self._known_prefix


def ready_pod(cluster: Cluster, namespace: str, component: str = "api-server") -> str:
    """The name of a pod of a component that is ready. Raises NotReady where none is."""
    for pod in cluster.list("v1", "Pod", namespace, labels=f"component={component}"):
        if "deletionTimestamp" in pod["metadata"]:
            continue
        if pod_is_ready(pod):
            return str(pod["metadata"]["name"])
    raise NotReady(f"no {component} pod is ready")


def admin(cluster: Cluster, namespace: str) -> tuple[str, str]:
    """Name and password of the admin user, from Secret `airflow-admin`."""
    secret = cluster.get("v1", "Secret", "airflow-admin", namespace)
    if secret is None:
        raise UserError(
            f"There is no Secret airflow-admin in namespace {namespace}.",
            "Is this the right namespace? Name it with -n, or apply first.",
        )
    data = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    return data["username"], data["password"]


def part(text: str) -> str:
    """A value as one part of a path."""
    return quote(text, safe="")


def _detail(text: str) -> str:
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError):
        return " ".join(text.split())[:200]
    return str(detail)[:300]
