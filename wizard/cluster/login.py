"""Who we are for the API server: tokens, client certificates, login plugins; and whether we believe the server.

Done here and not by `kubernetes.config`, which swallows what a login plugin reports, goes on as nobody, and leaves
private keys in files until the process ends.
"""

import base64
import binascii
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from wizard.cluster.interface import Forbidden
from wizard.cluster.kubeconfig import Entry
from wizard.cluster.plugin import check_plugin, plugin_failed, run_plugin
from wizard.errors import Exit, UserError

_EARLY_SECONDS = 30.0
_TOKEN_FILE_SECONDS = 60.0
"""Tokens in files rotate: read again after this, as client-go does."""


@dataclass(frozen=True)
class _Credential:
    """What to send until `expires` (a time.time(); 0 for never)."""

    authorization: str = field(default="", repr=False)
    expires: float = 0


class Login:
    """Credentials of one context. Raises UserError for what the kubeconfig has wrong, when made or first used."""

    def __init__(self, entry: Entry) -> None:
        self.insecure = bool(entry.cluster.get("insecure-skip-tls-verify"))
        """Whether the kubeconfig says not to check the server's certificate."""
        self.tls = _tls(entry)
        self._entry = entry
        self._lock = threading.Lock()
        self._credential: _Credential | None = None
        self._impersonate = _impersonation(entry)
        self._fetch = self._source()

    def headers(self) -> dict[str, str]:
        """Headers to send with a request; renews what expires. Raises Forbidden where a login plugin fails."""
        with self._lock:
            known = self._credential
            if known is None or (known.expires and known.expires - _EARLY_SECONDS < time.time()):
                self._credential = known = self._fetch()
        authorization = {"authorization": known.authorization} if known.authorization else {}
        return {**authorization, **self._impersonate}

    def renew(self) -> bool:
        """Forget what the server did not take; False where there is nothing newer to be had."""
        with self._lock:
            renewable = self._credential is not None and self._credential.expires > 0
            renewable = renewable or "exec" in self._entry.user
            if renewable:
                self._credential = None
        return renewable

    def _source(self) -> Callable[[], _Credential]:
        """Where credentials come from, in client-go's order."""
        user, context = self._entry.user, self._entry.context
        if user.get("exec"):
            check_plugin(user["exec"], context)
            return self._ask_plugin
        if user.get("tokenFile"):
            return self._read_token
        if user.get("token"):
            fixed = _Credential(_bearer(user["token"], context))
        elif user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            fixed = _Credential("Basic " + base64.b64encode(pair.encode()).decode())
        elif user.get("auth-provider"):
            fixed = _Credential(_bearer(_id_token(user["auth-provider"], context), context))
        else:
            fixed = _Credential()
        return lambda: fixed

    def _read_token(self) -> _Credential:
        path = Path(self._entry.user["tokenFile"])
        try:
            token = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            token = ""
        if not _usable(token):
            raise Forbidden(
                f"The token file {path} of context {self._entry.context} can't be read or holds no token.",
                "Log in again with your provider's tool, or choose another context by --context.",
            )
        return _Credential(f"Bearer {token}", time.time() + _TOKEN_FILE_SECONDS + _EARLY_SECONDS)

    def _ask_plugin(self) -> _Credential:
        status = run_plugin(self._entry)
        certificate, key = status.get("clientCertificateData"), status.get("clientKeyData")
        if isinstance(certificate, str) and isinstance(key, str):
            try:
                _load_pair(self.tls, certificate.encode(), key.encode(), self._entry.context)
            except UserError:
                raise plugin_failed(self._entry, "its client certificate is not usable") from None
        elif not _usable(status.get("token")):
            raise plugin_failed(self._entry, "it gave neither a token nor a client certificate")
        token = status.get("token")
        return _Credential(f"Bearer {token}" if _usable(token) else "", _seconds(status.get("expirationTimestamp")))


def _id_token(provider: Any, context: str) -> str:
    """The id-token of the old `oidc` provider; refreshing it is left to kubectl, which writes it back."""
    name = provider.get("name") if isinstance(provider, dict) else None
    token = (provider.get("config") or {}).get("id-token") if isinstance(provider, dict) else None
    if name != "oidc" or not isinstance(token, str):
        raise UserError(
            f"Context {context} logs in by the auth-provider {name}, which kubectl has dropped too.",
            "Make the kubeconfig again with your provider's tool, so that it uses a login plugin (exec).",
            Exit.USAGE,
        )
    return token


def _bearer(token: Any, context: str) -> str:
    if not _usable(token):
        raise UserError(
            f"The token of context {context} is not usable: it is empty or has characters that no token has.",
            "Log in again with your provider's tool, or choose another context by --context.",
            Exit.USAGE,
        )
    return f"Bearer {token}"


def _usable(token: Any) -> bool:
    """Whether it can stand in a header."""
    return isinstance(token, str) and bool(token) and token.isascii() and token.isprintable() and " " not in token


def _impersonation(entry: Entry) -> dict[str, str]:
    for key in ("as-groups", "as-uid", "as-user-extra"):
        if entry.user.get(key):
            # Leaving it out would act with other rights than the kubeconfig asks for.
            raise UserError(
                f"Context {entry.context} uses {key}, which this wizard can't do.",
                "Choose a context without it by --context.",
                Exit.USAGE,
            )
    return {"Impersonate-User": str(entry.user["as"])} if entry.user.get("as") else {}


def _tls(entry: Entry) -> ssl.SSLContext:
    """How to talk TLS with the server.

    Not `ssl.create_default_context`: from Python 3.13 on it is stricter than kubectl and refuses the certificate
    authorities of many clusters (VERIFY_X509_STRICT).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if entry.cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif authority := _bytes(entry.cluster, "certificate-authority", entry.context):
        try:
            context.load_verify_locations(cadata=authority.decode("ascii", "ignore"))
        except (ssl.SSLError, ValueError):
            raise _bad_certificate("certificate authority", entry.context) from None
    else:
        context.load_default_certs()
    certificate = _bytes(entry.user, "client-certificate", entry.context)
    key = _bytes(entry.user, "client-key", entry.context)
    if certificate and key:
        _load_pair(context, certificate, key, entry.context)
    elif certificate or key:
        raise _bad_certificate("client certificate", entry.context)
    return context


def _load_pair(tls: ssl.SSLContext, certificate: bytes, key: bytes, context: str) -> None:
    """`ssl` takes a key only from files: they live in a private directory (mode 0700) for this moment."""
    with tempfile.TemporaryDirectory(prefix="airflow-wizard-") as private:
        paths = Path(private, "certificate.pem"), Path(private, "key.pem")
        for path, content in zip(paths, (certificate, key), strict=True):
            path.touch(mode=0o600)
            path.write_bytes(content)
        try:
            # The empty password keeps an encrypted key from asking for one on the terminal.
            tls.load_cert_chain(*paths, password="")
        except (ssl.SSLError, ValueError):
            raise _bad_certificate("client certificate", context) from None


def _bytes(settings: dict[str, Any], name: str, context: str) -> bytes:
    """What `NAME-data` holds in base64, else the file that `NAME` names; empty where there is neither."""
    try:
        if settings.get(f"{name}-data"):
            return base64.b64decode("".join(settings[f"{name}-data"].split()), validate=True)
        return Path(settings[name]).read_bytes() if settings.get(name) else b""
    except OSError as error:
        raise UserError(
            f"The {name} of context {context} can't be read: {settings[name]}: {error.strerror}.",
            "Mend the kubeconfig, or choose another context by --context.",
            Exit.USAGE,
        ) from None
    except (binascii.Error, AttributeError, TypeError, ValueError):
        raise _bad_certificate(name.replace("-", " "), context) from None


def _bad_certificate(what: str, context: str) -> UserError:
    return UserError(
        f"The {what} of context {context} is not usable: not PEM, encrypted, or without its other half.",
        "Make the kubeconfig again with your provider's tool, or choose another context by --context.",
        Exit.USAGE,
    )


def _seconds(timestamp: Any) -> float:
    """A time of the API as seconds since 1970; 0 for none or an odd one, which then never expires."""
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (TypeError, ValueError):
        return 0
