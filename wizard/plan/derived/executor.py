"""Where tasks run."""

from typing import Any

from wizard.plan.derived.airflow import image
from wizard.plan.model import Plan
from wizard.plan.sections.executor import KubernetesExecutor, LocalExecutor

ANSWERED = {
    "parallelism": "executor.parallelism",
    "workerImage": "executor.workerImage",
    "workerRepository": "executor.workerImage",
    "workerTag": "executor.workerImage",
    "deleteWorkerPodsOnFailure": "executor.deleteWorkerPodsOnFailure",
}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    match plan.executor:
        case LocalExecutor(parallelism=parallelism):
            return {"parallelism": str(parallelism)}
        case KubernetesExecutor():
            return _of_workers(plan, plan.executor)


def _of_workers(plan: Plan, executor: KubernetesExecutor) -> dict[str, Any]:
    """The worker's image, and the same as the executor's two settings, which it joins with a colon again: that is
    right for a digest too."""
    worker = executor.worker_image or image(plan)
    repository, _, tag = worker.rpartition(":")
    return {
        "workerImage": worker,
        "workerRepository": repository,
        "workerTag": tag,
        "deleteWorkerPodsOnFailure": str(executor.delete_worker_pods_on_failure),
    }
