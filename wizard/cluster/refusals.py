"""From what an API server answers, or that it does not, to the errors of the interface.

One sentence and the way out. Of a Secret only the reason and the names of fields: API servers and webhooks quote the
values that they do not like.
"""

import json
import re
import ssl
from dataclasses import dataclass
from typing import Any

from wizard.cluster.interface import (
    ClusterError,
    Conflict,
    Exists,
    Forbidden,
    Invalid,
    Missing,
    Owned,
    Unreachable,
)

_MANAGER = re.compile(r'conflict with "([^"]*)"')
_CERTIFICATE = re.compile(r"certificate verify failed: (.*?)\s*\(_ssl")
_SCHEMA = ("failed to create typed patch object", "failed to convert new object", "field not declared in schema")
_SCHEMA_FIELD = re.compile(r"(\.[\w.\[\]\"=-]+): (?:field not declared|expected)")
_LONGEST = 600
"""Characters of an API server's sentence that we pass on: CRDs and webhooks can write pages."""


@dataclass(frozen=True)
class About:
    """What a request is about, for the sentence."""

    verb: str
    kind: str = ""
    name: str = ""
    namespace: str = ""
    api_version: str = ""

    def __str__(self) -> str:
        place = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}".strip() + place

    @property
    def secret(self) -> bool:
        """Whether what the API server says of it may hold secret values."""
        return self.kind == "Secret"


class Gone(ClusterError):
    """404 or 410 on a request: the caller knows what it means."""

    def __init__(self, message: str, way_out: str, status: int, kind: str) -> None:
        super().__init__(message, way_out)
        self.status = status
        self.kind = kind
        """What is missing, as the API server names it (`namespaces`, `pods`); empty for an unknown path."""


def refused(status: int, body: bytes, about: About, server: str) -> ClusterError:
    """The error for an answer of 300 and more."""
    said = _status(body)
    sentence = _sentence(said, status, about)
    if status == 401:
        return Forbidden(
            f"{server} does not know who we are (401 Unauthorized).",
            "The credentials of this context are missing, wrong or expired: log in again with your provider's tool.",
        )
    if status == 403:
        return Forbidden(sentence, _way_out_of_forbidden(said, about))
    if status == 404:
        return _not_found(said, sentence, about)
    if status == 410:
        return Gone(sentence, "Try again.", 410, "")
    if status == 409:
        return _conflict(said, sentence, about)
    if status in (400, 413, 415, 422) or (status == 500 and any(text in str(said.get("message")) for text in _SCHEMA)):
        return Invalid(sentence, "If the object is one of ours, this is a bug of the wizard: please report it.")
    if status in (429, 503, 504):
        return Unreachable(f"{server} is too busy to answer ({status}).", "Try again in a minute.")
    if not said:
        return not_an_api_server(server, f"it answered {status}")
    return ClusterError(sentence, "Try again; if it stays, look at the API server's log.")


def unreachable(server: str, error: Exception, seconds: float) -> Unreachable:
    """The error for no answer at all: from urllib3's, websocket's and the system's exceptions."""
    text = str(error)
    if isinstance(error, ssl.SSLError) or "SSLError" in text or "SSL: " in text or "[SSL]" in text:
        return _bad_tls(server, text)
    kinds = {type_.__name__ for type_ in type(error).__mro__}
    if kinds & {"NameResolutionError", "gaierror", "WebSocketAddressException"}:
        return Unreachable(f"The name in {server} is not known here.", "Are you on the right network, or VPN?")
    if kinds & {"ProxyError", "ProxyConnectionError", "WebSocketProxyException"}:
        return Unreachable(
            f"The proxy on the way to {server} does not answer or refuses.",
            "Look at proxy-url in the kubeconfig, or at HTTPS_PROXY and NO_PROXY.",
        )
    # Before the timeouts: urllib3's NewConnectionError is a kind of ConnectTimeoutError.
    if "refused" in text:
        return Unreachable(f"{server} refused the connection.", "Is the cluster up, and the address right?")
    if "unreachable" in text or "No route" in text:
        return Unreachable(f"There is no way to {server} from here.", "Are you on the right network, or VPN?")
    if kinds & {"TimeoutError", "ConnectTimeoutError", "ReadTimeoutError", "WebSocketTimeoutException"}:
        return Unreachable(
            f"{server} did not answer within {seconds:.0f} s.", "Are you on the right network, or VPN? Is it up?"
        )
    return Unreachable(f"The connection to {server} broke.", "Try again; if it stays, look at proxies on the way.")


def not_an_api_server(server: str, why: str) -> ClusterError:
    """For answers that no API server gives: a log-in page, another program on the port."""
    return Unreachable(
        f"What answers at {server} is not a Kubernetes API server: {why}.",
        "Look at the server's address in the kubeconfig, and at proxies on the way.",
    )


def unknown_kind(api_version: str, kind: str) -> Missing:
    """For a kind that this cluster does not serve."""
    return Missing(
        f"This cluster does not know {kind} of {api_version}.",
        "Install what brings it (an operator, its CRDs), or choose what does not need it.",
    )


def _bad_tls(server: str, text: str) -> Unreachable:
    if match := _CERTIFICATE.search(text):
        return Unreachable(
            f"The certificate of {server} is not to be trusted: {match[1]}.",
            "Look at certificate-authority and server in the kubeconfig; another program may be on that port.",
        )
    if "alert" in text and ("certificate" in text or "unknown ca" in text):
        return Unreachable(f"{server} does not take our client certificate.", "Renew the kubeconfig.")
    return Unreachable(f"{server} does not speak TLS as we do.", "Is it https, and the right port?")


def _status(body: bytes) -> dict[str, Any]:
    """The answer as a Status; empty where it is something else."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) and said.get("kind") == "Status" else {}


def _causes(said: dict[str, Any]) -> list[dict[str, Any]]:
    details = said.get("details") or {}
    return [cause for cause in details.get("causes") or [] if isinstance(cause, dict)]


def _sentence(said: dict[str, Any], status: int, about: About) -> str:
    """The API server's own words in one line; for a Secret only reason and field names."""
    message = " ".join(str(said.get("message") or "").split())
    if about.secret and not _is_rbac(message):
        fields = [str(cause["field"]) for cause in _causes(said) if cause.get("field")]
        fields += _SCHEMA_FIELD.findall(message)
        where = f" ({', '.join(dict.fromkeys(fields))})" if fields else ""
        return f"The API server does not take {about}: {said.get('reason') or f'HTTP {status}'}{where}."
    if not message:
        return f"The API server answered {status} to: {about.verb} {about}."
    message = message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
    return message if message.endswith((".", "…")) else f"{message}."


def _is_rbac(message: str) -> bool:
    """Whether it is the sentence of missing rights, which holds names only: User "x" cannot get resource ..."""
    return bool(re.search(r'User "[^"]*" cannot \w+ ', message))


def _way_out_of_forbidden(said: dict[str, Any], about: About) -> str:
    message = str(said.get("message"))
    if 'User "system:anonymous"' in message:
        return "This context sends no credentials: log in with your provider's tool, or choose another context."
    if _is_rbac(message):
        space = f" --namespace {about.namespace}" if about.namespace else ""
        return f"Ask for that right, or choose another context; kubectl auth can-i --list{space} shows what you may."
    if any(cause.get("reason") == "NamespaceTerminating" for cause in _causes(said)):
        return "The namespace is being deleted: wait until it is gone, then try again."
    if "exceeded quota" in message:
        return "Ask for a larger quota, or choose a smaller profile."
    if "PodSecurity" in message:
        return "Choose a namespace with a less strict pod-security level, or mend the pod."
    return "A rule of this cluster says no: ask who runs it."


def _not_found(said: dict[str, Any], sentence: str, about: About) -> ClusterError:
    missing = str((said.get("details") or {}).get("kind") or "")
    if missing == "namespaces" and about.kind != "Namespace":
        return Gone(f"There is no namespace {about.namespace}.", "Create it first.", 404, missing)
    return Gone(sentence, "", 404, missing)


def _conflict(said: dict[str, Any], sentence: str, about: About) -> ClusterError:
    if said.get("reason") == "AlreadyExists":
        return Exists(f"{about} exists already.", "Use it, or delete it first.")
    owned = tuple(
        Owned(match[1], str(cause.get("field") or ""))
        for cause in _causes(said)
        if cause.get("reason") == "FieldManagerConflict" and (match := _MANAGER.search(str(cause.get("message") or "")))
    )
    if not owned:
        return Conflict(sentence, "Somebody else changes it at the same time: try again.")
    managers = ", ".join(dict.fromkeys(owner.manager for owner in owned))
    fields = ", ".join(dict.fromkeys(owner.field for owner in owned))
    return Conflict(
        f"{about}: {fields} was set by {managers}.",
        "Take it out of the other tool's hands, or take it over with --force-conflicts.",
        owned,
    )
