"""Where tasks run."""

from typing import Any

from wizard.plan.derived.airflow import image
from wizard.plan.model import Plan
from wizard.plan.sections.executor import CeleryExecutor, KubernetesExecutor, LocalExecutor, SeveralExecutors, TaskPods

ANSWERED = {
    "parallelism": "executor.parallelism",
    "workerImage": "executor.workerImage",
    "workerRepository": "executor.workerImage",
    "workerTag": "executor.workerImage",
    "deleteWorkerPodsOnFailure": "executor.deleteWorkerPodsOnFailure",
}

_OF_CELERY = {
    "parallelism": "concurrency",
    "workerReplicas": "replicas",
    "workerConcurrency": "concurrency",
    "workerMemoryRequest": "concurrency",
    "workerMemoryLimit": "concurrency",
    "redisImage": "image",
}

_NAMES = {"local": "LocalExecutor", "celery": "CeleryExecutor", "kubernetes": "KubernetesExecutor"}

WORKER_MEMORY, TASK_MEMORY = 512, 128
"""What a waiting worker and each task that it may run ask for, in MiB: four of them idle were seen at 490 together."""

PARALLELISM = 32
"""Airflow's own default of `[core] parallelism`."""


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    match plan.executor:
        case SeveralExecutors(default=default, kubernetes=pods):
            names = f"{_NAMES[default.type]},{_NAMES['kubernetes']}"
            return {"executor": names, **_of_default(default), **_of_task_pods(plan, pods)}
        case KubernetesExecutor():
            return {"executor": _NAMES["kubernetes"], **_of_task_pods(plan, plan.executor)}
    return {"executor": _NAMES[plan.executor.type], **_of_default(plan.executor)}


def answered(plan: Plan) -> dict[str, str]:
    """By derived value, the answer that it follows from: of several executors, the same question is further down."""
    match plan.executor:
        case SeveralExecutors(default=CeleryExecutor()):
            return _below("executor.kubernetes") | _celery_below("executor.default")
        case SeveralExecutors():
            return _below("executor.kubernetes") | {"parallelism": "executor.default.parallelism"}
        case CeleryExecutor():
            return _celery_below("executor")
    return ANSWERED


def _below(place: str) -> dict[str, str]:
    return {name: f"{place}.{answer.rpartition('.')[2]}" for name, answer in ANSWERED.items()}


def _celery_below(place: str) -> dict[str, str]:
    return {name: f"{place}.{answer}" for name, answer in _OF_CELERY.items()}


def _of_default(executor: LocalExecutor | CeleryExecutor) -> dict[str, Any]:
    if isinstance(executor, LocalExecutor):
        return {"parallelism": str(executor.parallelism)}
    memory = WORKER_MEMORY + TASK_MEMORY * executor.concurrency
    return {
        "parallelism": str(max(PARALLELISM, executor.replicas * executor.concurrency)),
        "workerReplicas": executor.replicas,
        "workerConcurrency": str(executor.concurrency),
        "workerMemoryRequest": f"{memory}Mi",
        "workerMemoryLimit": f"{2 * memory}Mi",
        "redisImage": executor.image,
    }


def _of_task_pods(plan: Plan, pods: TaskPods) -> dict[str, Any]:
    """The task pods' image, and the same as the executor's two settings, which it joins with a colon again: that is
    right for a digest too."""
    worker = pods.worker_image or image(plan)
    repository, _, tag = worker.rpartition(":")
    return {
        "workerImage": worker,
        "workerRepository": repository,
        "workerTag": tag,
        "deleteWorkerPodsOnFailure": str(pods.delete_worker_pods_on_failure),
    }
