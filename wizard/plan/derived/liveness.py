"""How a scheduler that is stuck is found."""

from typing import Any

from wizard.plan.fields import seconds
from wizard.plan.model import Plan
from wizard.plan.sections.liveness import HeartbeatDag

ANSWERED = {
    "heartbeatSeconds": "liveness.scheduler.interval",
    "heartbeatStuckSeconds": "liveness.scheduler.stuckAfter",
}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    match plan.liveness.scheduler:
        case HeartbeatDag(interval=interval, stuck_after=stuck_after):
            return {"heartbeatSeconds": str(seconds(interval)), "heartbeatStuckSeconds": str(seconds(stuck_after))}
    return {}
