"""What follows from several answers together: told at the field and by `apply` alike."""

from dataclasses import dataclass

from wizard.plan.model import Plan


@dataclass(frozen=True)
class Warned:
    """A combination that works, but not as many would expect: a sentence, and the answers that it follows from."""

    sentence: str
    places: tuple[str, ...]


def warnings(plan: Plan) -> list[Warned]:
    """All that is to be said of this plan."""
    found = []
    if plan.database.storage.type == "ephemeral":
        sentence = "The database has no claim: when its pod goes, all of Airflow's data goes, and you apply again."
        found.append(Warned(sentence, ("database.storage",)))
    if plan.executor.type == "kubernetes" and plan.logs.type == "none":
        sentence = "Task pods are deleted when they end, and their logs with them: choose where logs go to keep them."
        found.append(Warned(sentence, ("executor", "logs")))
    claim = plan.dags.claim if plan.dags.type == "volume" else None
    if claim and claim.type == "new" and claim.access_mode == "ReadWriteOnce":
        sentence = "The DAGs' claim is ReadWriteOnce: pods on another node than the first will wait for it forever."
        found.append(Warned(sentence, ("dags.claim",)))
    return found
