"""What is in the namespace already: of an earlier install of ours, or of another tool."""

from collections.abc import Iterator
from datetime import datetime

from wizard.check.facts import Facts, age
from wizard.check.finding import Finding
from wizard.check.storage import bound, made_claims
from wizard.cluster.interface import Object
from wizard.progress import Mark
from wizard.record import NAME, is_ours
from wizard.render import Rendered

CHECK = "leftovers"
DOCS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/"
DATABASE_CLAIM, DATABASE_SECRET = "postgres-db", "airflow-db"


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Silent in an empty namespace, and where our own installation is what is there."""
    found = [*_others(rendered, facts), *_database(rendered, facts)]
    installed = any(each["metadata"]["name"] == NAME for each in facts.there.get("ConfigMap") or [])
    if facts.record and facts.record.applying:
        yield _unfinished(facts.asked_at - datetime.fromisoformat(facts.record.applying[1]).timestamp())
    if not installed and not found:
        found = list(_kept(facts))
    yield from found


def _unfinished(seconds: float) -> Finding:
    """Of an apply that has said that it begins, and not that it has ended."""
    return Finding(
        CHECK,
        Mark.WARNING,
        f"An apply that began {age(seconds)} has not ended: it was cut off, or is still at work.",
        "Applying takes over from it, whoever it is: if somebody applies here now, let them end first.",
        DOCS,
        "namespace",
    )


def _others(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Objects that have a name of ours and aren't ours."""
    wanted = {(manifest.kind, manifest.name) for manifest in rendered.manifests}
    wanted |= {("Secret", secret.name) for secret in rendered.secrets if not secret.existing}
    for kind, objects in facts.there.items():
        for body in objects or []:
            name, secret = body["metadata"]["name"], kind == "Secret"
            if (kind, name) not in wanted or is_ours(body):
                continue
            sentence = f"{kind} {name} is in namespace {facts.namespace} already, and {_manager(body)} made it."
            sentence += " Its values are used." if secret else ""
            way_out = "Take another namespace, or take it away there first."
            way_out += f" `helm list -n {facts.namespace}` shows its release." if _manager(body) == "Helm" else ""
            mark = Mark.WARNING if secret else Mark.FAILED
            yield Finding(CHECK, mark, sentence, way_out, DOCS, "namespace")


def _manager(body: Object) -> str:
    labels = body["metadata"].get("labels") or {}
    managers = [each.get("manager", "") for each in body["metadata"].get("managedFields") or []]
    return str(labels.get("app.kubernetes.io/managed-by") or next(filter(None, managers), "somebody else"))


def _database(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """The database takes its password when its files are made, so files without that password are locked."""
    makes = any(claim.name == DATABASE_CLAIM for claim in made_claims(rendered))
    secrets = facts.there.get("Secret")
    if not makes or secrets is None or not bound(facts, DATABASE_CLAIM):
        return
    if not any(each["metadata"]["name"] == DATABASE_SECRET for each in secrets):
        space = facts.namespace
        yield Finding(
            CHECK,
            Mark.FAILED,
            f"Claim {DATABASE_CLAIM} holds a database whose password was in Secret {DATABASE_SECRET}, which is gone: a "
            "new one would not open it.",
            f"Bring the Secret back; or start clean, and lose the data: kubectl delete pvc {DATABASE_CLAIM} -n {space}",
            "https://hub.docker.com/_/postgres",
            "database",
        )


def _kept(facts: Facts) -> Iterator[Finding]:
    claims = [f"PersistentVolumeClaim {each['metadata']['name']}" for each in facts.claims or [] if is_ours(each)]
    secrets = [f"Secret {each['metadata']['name']}" for each in facts.there.get("Secret") or [] if is_ours(each)]
    if claims or secrets:
        yield Finding(
            CHECK,
            Mark.DONE,
            f"an earlier install left {', '.join([*claims, *secrets])}: its data and passwords are used again "
            f"(start clean with airflow-wizard delete --purge -n {facts.namespace})",
        )
