"""What follows from several answers together: told at the field and by `render` and `apply` alike."""

from wizard.plan.model import Plan


def warnings(plan: Plan) -> list[str]:
    """Combinations that work, but not as many would expect; a sentence each."""
    found = []
    if plan.database.storage.type == "ephemeral":
        found.append("the database has no claim: when its pod goes, all of Airflow's data goes, and you apply again")
    if plan.executor.type == "kubernetes" and plan.logs.type == "none":
        found.append("task pods are deleted when they end, and their logs with them: choose where logs go to keep them")
    claim = plan.dags.claim if plan.dags.type == "volume" else None
    if claim and claim.type == "new" and claim.access_mode == "ReadWriteOnce":
        found.append("the DAGs' claim is ReadWriteOnce: pods on another node than the first will wait for it forever")
    return found
