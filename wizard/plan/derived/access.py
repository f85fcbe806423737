"""Where the api-server answers: all of it follows from the public URL."""

from typing import Any
from urllib.parse import urlsplit

from wizard.plan.model import Plan
from wizard.plan.sections.access import CertManager, Ingress

ANSWERED = {
    "executionApiUrl": "access.publicUrl",
    "publicHost": "access.publicUrl",
    "publicPath": "access.publicUrl",
    "proxyHeaders": "access.publicUrl",
    "forwardedAllowIps": "access.publicUrl",
    "enableProxyFix": "access.publicUrl",
    "issuerAnnotation": "access.tls.issuer",
}

PORT = 8080
"""The api-server's, in its container and of its Service: blueprints/airflow."""


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {
        "executionApiUrl": f"http://airflow-api-server:{PORT}{prefix(plan)}/execution/",
        **_behind_a_proxy(plan),
        **_issuer(plan),
    }


def prefix(plan: Plan) -> str:
    """The path that all of Airflow's own paths are below, such as `/airflow`; empty for none."""
    return urlsplit(plan.access.public_url or "").path


def _behind_a_proxy(plan: Plan) -> dict[str, str | None]:
    """What has the api-server believe a proxy; without a public URL there is none."""
    url = plan.access.public_url
    return {
        "publicHost": urlsplit(url).hostname if url else None,
        "publicPath": prefix(plan) or "/",
        "proxyHeaders": "--proxy-headers" if url else None,
        "forwardedAllowIps": "*" if url else None,
        "enableProxyFix": "True" if url else None,
    }


def _issuer(plan: Plan) -> dict[str, Any]:
    match plan.access:
        case Ingress(tls=CertManager(issuer=issuer, issuer_kind=kind)):
            name = "cluster-issuer" if kind == "ClusterIssuer" else "issuer"
            return {"issuerAnnotation": {f"cert-manager.io/{name}": issuer}}
    return {}
