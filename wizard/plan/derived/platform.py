"""What the cluster's kind asks of the pods."""

from typing import Any

from wizard.plan.model import Plan

ANSWERED = {"gitSyncAddUser": "platform.type"}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    # SSH refuses a user that has no name, as one that the cluster chose has none.
    return {"gitSyncAddUser": "true" if plan.platform.type == "openshift" else None}
