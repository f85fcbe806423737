"""The API server and the namespace."""

from collections.abc import Iterator

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.cluster.interface import Object
from wizard.cluster.kubeconfig import unverified
from wizard.errors import UserError
from wizard.plan.fields import KUBERNETES_DOCS
from wizard.progress import Mark
from wizard.render import Rendered

OLDEST = (1, 32)
"""The oldest Kubernetes whose schemas the manifests are validated against."""
LEVEL = "pod-security.kubernetes.io/enforce"
CONFIG_DOCS = KUBERNETES_DOCS + "configuration/organize-cluster-access-kubeconfig/"
DOCS = KUBERNETES_DOCS + "overview/working-with-objects/namespaces/"


def check_version(_: Rendered, facts: Facts) -> Iterator[Finding]:
    """Whether it is a Kubernetes that the manifests were made for."""
    digits = facts.version.lstrip("v").split(".")[:2]
    found = tuple(int("".join(filter(str.isdigit, part)) or 0) for part in digits)
    if facts.insecure:
        way_out = "Give its cluster certificate-authority-data instead, as who runs the API server has it."
        yield Finding("API server", Mark.WARNING, unverified(facts.context), way_out, CONFIG_DOCS)
    where = f"Kubernetes {facts.version} ({facts.server})"
    if found < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield Finding(
            "API server",
            Mark.WARNING,
            f"{where} is older than {oldest}, the oldest that the manifests are validated for.",
            "It may work; apply says which field an older API server does not know.",
            "https://kubernetes.io/releases/",
        )
    else:
        yield Finding("API server", Mark.DONE, f"{where}, context {facts.context}")


def check(_: Rendered, facts: Facts) -> Iterator[Finding]:
    """Whether the namespace can take the objects."""
    name, space = facts.namespace, facts.space
    if space is None:
        hidden = "can't be looked at; it is taken to be there" if facts.space_hidden else "will be created"
        yield Finding("namespace", Mark.DONE, f"{name} {hidden}", place="namespace")
        return
    error = on_its_way_out(space)
    if error is not None:
        yield Finding("namespace", Mark.FAILED, error.message, error.way_out, DOCS, "namespace")
        return
    level = (space["metadata"].get("labels") or {}).get(LEVEL, "")
    said = f"; it enforces Pod Security level {level}, to which all pods keep" if level else ""
    yield Finding("namespace", Mark.DONE, f"{name} is there{said}", place="namespace")


def on_its_way_out(space: Object | None) -> UserError | None:
    """That nothing can be made in a namespace that is being deleted; None for every other."""
    if space is None or "deletionTimestamp" not in space["metadata"]:
        return None
    name = space["metadata"]["name"]
    return UserError(
        f"Namespace {name} is being deleted.",
        f"Wait until it is gone (kubectl wait --for=delete namespace/{name}), then apply again.",
    )
