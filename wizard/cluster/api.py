"""Requests to one API server: timeouts, retries, credentials, and every failure as an error of the interface.

On `kubernetes.dynamic` for the transport only. Its discovery is not used: it writes to a file that anybody can guess
(/tmp/osrcp-...), asks for every API group, has no timeout, and is not made for several threads.
"""

import json
import logging
import re
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from wizard.cluster.interface import ClusterError, Exists, Invalid, Missing, Object, Unreachable
from wizard.cluster.kubeconfig import Entry, on_this_machine
from wizard.cluster.login import Login
from wizard.cluster.pace import Pace
from wizard.cluster.refusals import About, Gone, not_an_api_server, refused, unknown_kind, unreachable
from wizard.errors import Exit, UserError

Query = Iterable[tuple[str, str]]

APPLY = "application/apply-patch+yaml"
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_ESCAPED = re.compile("[\x7f-\uffff]")
_CONNECT_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_DROPS, _ERRORS = 3, 4
"""How often is tried what may stay so: a connection to who has not answered yet; a 500, as while etcd has no leader."""
_BUSY = (429, 503, 504)


@dataclass(frozen=True)
class Resource:
    """How the API server calls a kind."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Path of the collection, of one object, or of a subresource such as `log`."""
        root = "/apis" if "/" in self.api_version else "/api"
        space = ["namespaces", namespace] if self.namespaced and namespace else []
        parts = [*self.api_version.split("/"), *space, self.plural, name, subresource]
        return "/".join([root, *(quote(part, safe="") for part in parts if part)])


@dataclass(eq=False)
class _Failure(Exception):
    """One failed try."""

    error: ClusterError
    status: int = 0
    dropped: bool = False
    wait: float = 0


class Api:
    """One API server as one user; for several threads. Imports `kubernetes` (0.5 s) when made."""

    def __init__(self, entry: Entry, timeout: float, pace: Pace | None = None) -> None:
        self.server = entry.server
        self.timeout = timeout
        self._pace = pace
        self.login = Login(entry)
        _be_quiet(self.login.insecure)
        self.configuration = _configuration(entry, self.login)
        self._client = _client(self.configuration, self.login.tls)
        self._resources: dict[tuple[str, str], Resource] = {}
        self._has_answered = False
        self._lock = threading.Lock()

    def resource(self, api_version: str, kind: str) -> Resource:
        """How this cluster calls a kind. Raises Missing where it does not know it."""
        with self._lock:
            known = self._resources.get((api_version, kind))
        return known or self._discover(api_version, kind)

    def json(
        self,
        method: str,
        path: str,
        about: About,
        *,
        query: Query = (),
        body: Object | None = None,
        content_type: str = "application/json",
        accept: str = "",
    ) -> Object:
        """The answer as an object; see `read`."""
        answer = self.read(method, path, about, query=query, body=body, content_type=content_type, accept=accept)
        try:
            loaded = json.loads(answer)
        except ValueError:
            loaded = None
        if not isinstance(loaded, dict):
            raise not_an_api_server(self.server, "its answer is no JSON object")
        return loaded

    def read(
        self,
        method: str,
        path: str,
        about: About,
        *,
        query: Query = (),
        body: Object | None = None,
        content_type: str = "application/json",
        accept: str = "",
    ) -> bytes:
        """The answer's bytes, in the form that `accept` asks for where it asks for one.

        Tries again within `timeout` seconds: after 429, 503 and 504, some times after 500, once after a 401 with
        renewed credentials, and without an answer from a server that has answered before. So all may be done twice:
        `Exists` then says `perhaps_ours`.
        """
        types = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
        sent = _as_yaml(body) if content_type == APPLY else body

        def once(left: float) -> bytes:
            return bytes(self._once(method, path, about, list(query), sent, types, (left, left), _all_of))

        answer: bytes = self._tried(once)
        return answer

    def stream(self, path: str, about: About, *, query: Query = (), endless: bool = False) -> Iterator[bytes]:
        """The bytes of what a GET answers, in pieces as they come; until the first, it is tried again as in `read`.

        With `endless` any time may pass before each piece. Raises Unreachable where the connection breaks after one.
        """
        from urllib3.exceptions import HTTPError

        types = {"Content-Type": "application/json"}

        def once(left: float) -> Any:
            patience = left, None if endless else left
            return self._once("GET", path, about, list(query), None, types, patience, _as_it_is)

        response = self._tried(once)
        try:
            yield from response.stream()
        except (HTTPError, OSError) as error:
            raise unreachable(self.server, error, self.timeout) from None
        finally:
            response.close()

    def _tried(self, once: Callable[[float], Any]) -> Any:
        """What `once` gives, which is told how many seconds are left."""
        deadline = time.monotonic() + self.timeout
        pause, tries, unsure, renewed = _FIRST_PAUSE, 0, False, False
        while True:
            deadline += self._pace.take() if self._pace else 0  # our own wait is none of the server's time
            try:
                found = once(max(deadline - time.monotonic(), 0.1))
                self._has_answered = True
                return found
            except _Failure as failure:
                if failure.status == 401 and not renewed and self.login.renew():
                    renewed = True
                    continue
                tries += 1
                wait = max(failure.wait, pause)
                if not self._may_pass(failure, tries) or time.monotonic() + wait >= deadline:
                    if isinstance(failure.error, Exists):
                        failure.error.perhaps_ours = unsure
                    raise failure.error from None
                unsure = unsure or failure.status != 429
                time.sleep(wait)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _may_pass(self, failure: _Failure, tries: int) -> bool:
        """Whether the next try may go well, after so many."""
        if failure.status in (0, 502):  # none at all, or a load balancer's
            return self._has_answered or (failure.dropped and tries < _DROPS)
        passing = failure.status == 500 and not isinstance(failure.error, Invalid | Unreachable)
        return failure.status in _BUSY or (passing and tries < _ERRORS)

    def _once(
        self,
        method: str,
        path: str,
        about: About,
        query: list[tuple[str, str]],
        body: Any,
        types: dict[str, str],
        patience: tuple[float, float | None],
        take: Callable[[Any], Any],
    ) -> Any:
        """What `take` makes of the answer; `patience` is how many seconds connecting and each read may take."""
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProtocolError

        connect = min(_CONNECT_SECONDS, patience[0])
        try:
            response = self._client.request(
                method,
                path,
                body=body,
                query_params=query,
                header_params=self.login.headers() | types,
                content_type=types["Content-Type"],
                serialize=False,
                _request_timeout=(connect, patience[1]),
            )
            return take(response)
        except ApiException as error:
            if not error.status:  # a TLS failure comes as status 0
                reason = str(error.reason)
                cut_off = "EOF" in reason  # the handshake was broken off, as by a server that restarts
                raise _Failure(unreachable(self.server, ssl.SSLError(reason), self.timeout), dropped=cut_off) from None
            answer = str(error.body or "").encode()
            wait = _retry_after(error.headers)
            raise _Failure(refused(error.status, answer, about, self.server), error.status, wait=wait) from None
        except (HTTPError, OSError) as error:
            dropped = isinstance(error, ProtocolError | ConnectionError)
            seconds = connect if isinstance(error, ConnectTimeoutError) else self.timeout
            raise _Failure(unreachable(self.server, error, seconds), dropped=dropped) from None

    def _discover(self, api_version: str, kind: str) -> Resource:
        root = "/apis/" if "/" in api_version else "/api/"
        about = About("discover", kind, api_version=api_version)
        try:
            answer = self.json("GET", root + quote(api_version), about)
        except Gone:
            if api_version == "v1":
                raise not_an_api_server(self.server, "it has no /api/v1") from None
            raise unknown_kind(api_version, kind) from None
        served = answer.get("resources")
        if not isinstance(served, list):
            raise not_an_api_server(self.server, f"it has no list of {api_version}")
        with self._lock:
            for item in served:
                if "/" not in item["name"]:
                    key = (api_version, item["kind"])
                    self._resources[key] = Resource(*key, item["name"], bool(item["namespaced"]))
            known = self._resources.get((api_version, kind))
        if known is None:
            raise unknown_kind(api_version, kind)
        return known


def _all_of(response: Any) -> bytes:
    return bytes(response.data)


def _as_it_is(response: Any) -> Any:
    return response


def needed(error: Gone, about: About) -> ClusterError:
    """The error for a 404 (or 410) where something was needed."""
    if error.status != 404:
        return Unreachable(error.message, error.way_out)
    return Missing(error.message, error.way_out or f"Look whether {about} is still there.")


def _configuration(entry: Entry, login: Login) -> Any:
    from kubernetes.client import Configuration

    configuration = Configuration(host=entry.server, retries=False, connection_pool_maxsize=32)
    configuration.verify_ssl = not login.insecure
    configuration.keep_alive = True  # a log that is followed may say nothing for hours
    if entry.cluster.get("tls-server-name"):
        configuration.tls_server_name = str(entry.cluster["tls-server-name"])
    if entry.cluster.get("proxy-url"):
        # As in kubectl, NO_PROXY is only about proxies from the environment.
        configuration.proxy, configuration.no_proxy = str(entry.cluster["proxy-url"]), ""
    elif on_this_machine(entry.server):
        # As in kubectl: else HTTPS_PROXY would break kind and minikube on every laptop of a company.
        configuration.proxy = None
    if configuration.proxy and (user := urlsplit(configuration.proxy).username):
        from urllib3.util import make_headers

        password = unquote(urlsplit(configuration.proxy).password or "")
        configuration.proxy_headers = make_headers(proxy_basic_auth=f"{unquote(user)}:{password}")
    return configuration


def _client(configuration: Any, tls: ssl.SSLContext) -> Any:
    from kubernetes.client import ApiClient
    from kubernetes.dynamic import DynamicClient
    from urllib3.exceptions import HTTPError

    proxy = urlsplit(configuration.proxy or "")
    if proxy.scheme.startswith("socks") and find_spec("socks") is None:
        raise _bad_proxy(proxy.hostname, "SOCKS needs the Python package pysocks")
    try:
        client = ApiClient(configuration)
    except (HTTPError, ValueError):
        raise _bad_proxy(proxy.hostname, "it is no address") from None
    # Our own context: private keys need no files, and websockets take the same one.
    client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = tls
    return DynamicClient(client, discoverer=lambda client, cache_file: None)


def _bad_proxy(host: str | None, why: str) -> UserError:
    return UserError(
        f"The proxy {host or '(none)'} can't be used: {why}.",
        "Look at proxy-url in the kubeconfig, or at HTTPS_PROXY: it should look like http://proxy:3128.",
        Exit.USAGE,
    )


def _as_yaml(body: Any) -> bytes:
    """JSON as YAML has it: what is beyond U+FFFF as it is, since the API server's YAML takes no pairs of surrogates,
    and of the rest all but ASCII escaped, since it takes not all of that as it is."""
    text = json.dumps(body, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def _be_quiet(insecure: bool) -> None:
    """The screen is ours: what goes wrong is raised, so nothing needs to be logged to stderr as well."""
    for name in ("urllib3", "kubernetes", "websocket"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    if insecure:
        from urllib3.exceptions import InsecureRequestWarning

        warnings.filterwarnings("ignore", category=InsecureRequestWarning)


def _retry_after(headers: Any) -> float:
    """Seconds that the server asks us to wait; 0 for none, or a date."""
    try:
        return max(0.0, float(headers.get("Retry-After", 0)))
    except (AttributeError, TypeError, ValueError):
        return 0.0
