"""What tasks may do in Kubernetes."""

from typing import Any

from wizard.plan.model import Plan
from wizard.plan.sections.executor import LocalExecutor, SeveralExecutors

ANSWERED = {"taskComponents": "executor.type", "taskAccounts": "executor.type"}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    components = task_components(plan)
    accounts = [
        {"kind": "ServiceAccount", "name": f"airflow-{component}", "namespace": plan.namespace}
        for component in components
    ]
    return {"taskComponents": components, "taskAccounts": accounts}


def task_components(plan: Plan) -> list[str]:
    """In whose pods tasks run, by the label `component`; the account of each is called `airflow-COMPONENT`."""
    match plan.executor:
        case LocalExecutor():
            return ["scheduler"]
        case SeveralExecutors(default=LocalExecutor()):
            return ["scheduler", "worker"]
    return ["worker"]
