"""The public keys of a Git host, asked for from within the cluster: by the way that the pods will take.

A key that is asked for in this way is trusted by whoever compares its fingerprint with what the host publishes; for
the hosts that nearly everybody uses we do it.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from wizard.cluster.interface import Cluster, Object
from wizard.errors import Exit, UserError
from wizard.plan.known_hosts import fingerprints, host_of, lines_for, name_of
from wizard.render.manifests import MANAGED_BY
from wizard.short_pods import INTERVAL, SPEC, has_ended, surely
from wizard.watch import pod_state

PATIENCE = 10
"""Seconds that ssh-keyscan waits for the host."""

PUBLISHED = {
    # https://docs.github.com/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints
    "github.com": (
        "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
        "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
        "SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s",
    ),
    # https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints
    "gitlab.com": (
        "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
        "SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw",
        "SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ",
    ),
    # https://support.atlassian.com/bitbucket-cloud/docs/configure-ssh-and-two-step-verification/
    "bitbucket.org": (
        "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
        "SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0",
        "SHA256:46OSHA1Rmj8E8ERTC6xkNcmGOw9oFxYr0WF6zWW8l1E",
    ),
    # https://learn.microsoft.com/azure/devops/repos/git/use-ssh-keys-to-authenticate
    "ssh.dev.azure.com": ("SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og",),
}
"""What these hosts publish of their keys."""


@dataclass(frozen=True)
class HostKeys:
    """A host's lines of known_hosts."""

    host: str
    port: int
    lines: tuple[str, ...]

    @property
    def strange(self) -> bool:
        """Whether the host publishes its fingerprints, and one of these is none of them."""
        known = PUBLISHED.get(self.host)
        return known is not None and any(found not in known for _, found in fingerprints(list(self.lines)))

    def told(self) -> list[str]:
        """Of each key, type and fingerprint, and whether the host publishes it."""
        known = PUBLISHED.get(self.host)
        judged = "" if known is None else f"  as {self.host} publishes it"
        other = f"  × NOT what {self.host} publishes"
        return [
            f"{kind} {found}{judged if known is None or found in known else other}"
            for kind, found in fingerprints(list(self.lines))
        ]

    def advice(self) -> str:
        """What is to be done with the fingerprints."""
        if self.strange:
            return f"Somebody else seems to answer for {self.host}. Do not trust these keys."
        if self.host in PUBLISHED:
            return ""
        return f"Compare them with what {self.host} publishes, or ask who runs it: the scan alone proves nothing."


def where(address: str) -> tuple[str, int]:
    """Host and port of a repository's address. Raises `UserError`."""
    if address.startswith(("http://", "https://")):
        raise UserError(f"{address} is read over https, which needs no known hosts.", code=Exit.USAGE)
    try:
        return host_of(address)
    except ValueError as error:
        raise UserError(f"{address} {error}.", "Such as git@github.com:acme/dags.git.", Exit.USAGE) from None


def from_text(text: str, address: str) -> HostKeys:
    """The keys of the address's host that a known_hosts file has. Raises `UserError` where it has none."""
    host, port = where(address)
    found = lines_for(text, host, port)
    if not found:
        raise UserError(f"The file has no line for {name_of(host, port)}.")
    return HostKeys(host, port, tuple(found))


def scan(cluster: Cluster, address: str, namespace: str, image: str, timeout: float = 90) -> HostKeys:
    """The keys that the address's host shows to a pod of the cluster, which is always removed.

    Raises `UserError` where there are none, or the pod doesn't come to its end within `timeout` seconds.
    """
    host, port = where(address)
    with _pod(cluster, _scanning(host, port, namespace, image)) as pod:
        text = _ended(cluster, namespace, pod, timeout)
    found = lines_for(text, host, port)
    if not found:
        said = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
        raise UserError(
            f"{name_of(host, port)} showed no key to a pod of this cluster"
            + (f": {said[-1]}" if said else f" within {PATIENCE} s."),
            "Does the cluster reach the host, and is the port right?",
        )
    return HostKeys(host, port, tuple(sorted(set(found))))


@contextmanager
def _pod(cluster: Cluster, body: Object) -> Iterator[str]:
    """The pod's name while it is there; whatever happens, it goes."""
    name, namespace = body["metadata"]["name"], body["metadata"]["namespace"]
    try:
        cluster.create(body)
        yield name
    finally:
        surely(partial(cluster.delete, "v1", "Pod", name, namespace))


def _ended(cluster: Cluster, namespace: str, name: str, timeout: float) -> str:
    end = time.monotonic() + timeout
    while True:
        pod = cluster.get("v1", "Pod", name, namespace)
        if pod is None:
            raise UserError(f"Pod {name} was deleted by somebody else.", "Run again.")
        if has_ended(pod):
            return cluster.logs(namespace, name, "scan", tail=50)
        if time.monotonic() > end:
            _, doing = pod_state(cluster, pod)
            raise UserError(f"The pod that scans did not end within {timeout:.0f} s: {doing}")
        time.sleep(INTERVAL)


def _scanning(host: str, port: int, namespace: str, image: str) -> Object:
    """A pod that asks for the keys and ends."""
    container = {
        "name": "scan",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["ssh-keyscan", "-T", str(PATIENCE), "-p", str(port), "--", host],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        **SPEC,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 50000,
            "runAsGroup": 0,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
    }
    name = f"airflow-wizard-scan-{secrets.token_hex(3)}"
    metadata = {"name": name, "namespace": namespace, "labels": dict(MANAGED_BY)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
