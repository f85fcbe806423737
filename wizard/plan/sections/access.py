"""How the web page is reached."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from wizard.plan.fields import AIRFLOW_DOCS, DNS_LABEL, KUBERNETES_DOCS, Closed, DnsName, Misfit, ask, matching

PROXY_DOCS = AIRFLOW_DOCS + "howto/run-behind-proxy.html"
INGRESS_DOCS = KUBERNETES_DOCS + "services-networking/ingress/"
TLS_DOCS = INGRESS_DOCS + "#tls"
CERT_MANAGER_DOCS = "https://cert-manager.io/docs/usage/ingress/"

_URL = re.compile(rf"https?://{DNS_LABEL}(\.{DNS_LABEL})*(:[0-9]{{1,5}})?(/(?!\.\.?(/|$))[\w.~-]+)*/?", re.ASCII)


def public_url(value: str) -> str:
    """The URL in browsers: scheme, host and the path that all of Airflow is below, without a slash at its end."""
    if not _URL.fullmatch(value):
        raise ValueError("must be a URL such as https://airflow.example.com or https://example.com/airflow")
    if urlsplit(value).path.split("/")[1:2] == ["api"]:
        raise ValueError("must not have a path that begins with /api: the API of Airflow itself is there")
    if len(urlsplit(value).netloc) > 253:
        raise ValueError("has a host that is longer than DNS names are")
    return value.removesuffix("/")


PublicUrl = Annotated[str, AfterValidator(public_url)]


class Service(Closed):
    """A ClusterIP Service, reached by port-forward or by somebody's own proxy."""

    type: Literal["service"] = "service"
    public_url: PublicUrl | None = ask(
        "Public URL",
        "Where browsers find it, if a proxy of your own leads to port 8080 of Service airflow-api-server. It must "
        "leave the path as it is, and send X-Forwarded-Proto and X-Forwarded-Host. Empty: by port-forward.",
        PROXY_DOCS,
        default=None,
    )


class NoCertificate(Closed):
    """The Ingress names no certificate."""

    type: Literal["none"] = "none"


class CertificateSecret(Closed):
    """A certificate that is in a Secret already."""

    type: Literal["secret"] = "secret"
    name: DnsName = ask(
        "Secret",
        "Its name. It is of type kubernetes.io/tls and in this namespace.",
        TLS_DOCS,
        examples=["airflow-tls"],
    )


class CertManager(Closed):
    """A certificate that cert-manager gets."""

    type: Literal["certManager"] = "certManager"
    issuer: DnsName = ask(
        "Issuer",
        "The name of the issuer, as `kubectl get clusterissuers` shows it.",
        CERT_MANAGER_DOCS,
        examples=["letsencrypt"],
    )
    issuer_kind: Annotated[str, matching("ClusterIssuer|Issuer", "must be ClusterIssuer or Issuer")] = ask(
        "Kind of issuer",
        "ClusterIssuer for the whole cluster, or Issuer for one of this namespace.",
        CERT_MANAGER_DOCS,
        default="ClusterIssuer",
    )


class Ingress(Closed):
    """An Ingress, by which the cluster's controller serves a public URL."""

    type: Literal["ingress"] = "ingress"
    public_url: PublicUrl = ask(
        "Public URL",
        "Where browsers find it, such as https://example.com/airflow. The Ingress's host and path and all of "
        "Airflow's own addresses follow from it.",
        PROXY_DOCS,
        examples=["https://airflow.example.com", "http://airflow.example.com"],
    )
    ingress_class: DnsName | None = ask(
        "Ingress class",
        "As `kubectl get ingressclasses` shows it. Empty: the default class; where there is none, no controller "
        "takes the Ingress.",
        INGRESS_DOCS + "#ingress-class",
        picks="ingressClass",
        default=None,
    )
    tls: Annotated[NoCertificate | CertificateSecret | CertManager, Field(discriminator="type")] = ask(
        "Where is the certificate?",
        "What the controller shows to browsers for this name.",
        TLS_DOCS,
        default=NoCertificate(),
    )

    @model_validator(mode="after")
    def _host_is_a_name(self) -> Self:
        if re.fullmatch(r"[0-9.]+", urlsplit(self.public_url).hostname or ""):
            raise Misfit("publicUrl", "has an address as its host; an Ingress needs a DNS name")
        return self
