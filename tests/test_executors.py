"""Where tasks run, as it is rendered: what workers get, what task pods get, and what both sides of a queue read."""

from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import Object, Pod, bodies, pods, rendered
from tests.test_logs import Settings
from tests.test_plan import problems
from wizard.cluster.interface import Cluster
from wizard.cluster.selectors import by_labels
from wizard.plan.file import complete, parse, text_of
from wizard.plan.rules import warnings
from wizard.render import render
from wizard.render.hashes import reads
from wizard.verify import _logs_stay
from wizard.watch import PODS, TASK_PODS

PLANS = Path(__file__).parent / "plans"
CELERY, BOTH = PLANS / "executor-celery.yaml", PLANS / "executor-several-celery.yaml"
LOCAL_AND_PODS = PLANS / "executor-several.yaml"
HEAD = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}


def pod(file: Path, owner: str) -> Pod:
    return next(each for each in pods(file) if each.owner == owner)


def settings(file: Path) -> dict[str, str]:
    found: dict[str, str] = named(file, "ConfigMap", "airflow-config")["data"]
    return found


def named(file: Path, kind: str, name: str) -> Object:
    return next(body for body in bodies(file) if (body["kind"], body["metadata"]["name"]) == (kind, name))


@pytest.mark.parametrize(
    ("name", "executor", "parallelism"),
    [
        ("laptop", "LocalExecutor", "4"),
        ("team", "KubernetesExecutor", None),
        ("executor-celery-laptop", "CeleryExecutor", "32"),
        ("executor-celery", "CeleryExecutor", "48"),
        ("executor-several", "LocalExecutor,KubernetesExecutor", "8"),
        ("executor-several-celery", "CeleryExecutor,KubernetesExecutor", "32"),
    ],
)
def test_airflow_is_told_its_executors_and_how_many_tasks(name: str, executor: str, parallelism: str | None) -> None:
    said = settings(PLANS / f"{name}.yaml")
    assert said["AIRFLOW__CORE__EXECUTOR"] == executor
    assert said.get("AIRFLOW__CORE__PARALLELISM") == parallelism


@pytest.mark.parametrize("file", [CELERY, BOTH], ids=lambda file: file.stem)
def test_one_password_is_read_by_redis_the_scheduler_and_the_workers_alone(file: Path) -> None:
    readers = {each.owner for each in pods(file) if "airflow-redis" in reads(each.template, "Secret")}
    assert readers == {"Deployment redis", "Deployment airflow-scheduler", "Deployment airflow-worker"}
    (secret,) = (each for each in rendered(file).secrets if each.name == "airflow-redis")
    assert list(secret.keys) == ["REDIS_PASSWORD"]


@pytest.mark.parametrize("file", [CELERY, BOTH], ids=lambda file: file.stem)
def test_workers_do_not_reach_the_database_or_what_encrypts_it(file: Path) -> None:
    worker = pod(file, "Deployment airflow-worker")
    read = set(reads(worker.template, "Secret"))
    assert read == {"airflow-redis", "airflow-api-secret-key"}
    assert worker.template["spec"]["automountServiceAccountToken"] is False


def test_a_worker_grows_with_the_tasks_that_it_runs() -> None:
    deployment = named(CELERY, "Deployment", "airflow-worker")
    main = pod(CELERY, "Deployment airflow-worker").main
    assert deployment["spec"]["replicas"] == 3
    assert {"name": "AIRFLOW__CELERY__WORKER_CONCURRENCY", "value": "16"} in main["env"]
    assert main["resources"]["requests"]["memory"] == "2560Mi"
    assert main["resources"]["limits"]["memory"] == "5120Mi"


def test_workers_go_on_pulling_and_task_pods_do_not() -> None:
    containers = [each["name"] for each in pod(CELERY, "Deployment airflow-worker").template["spec"]["containers"]]
    assert containers == ["worker", "git-sync"]
    (task,) = (each for each in pods(PLANS / "team.yaml") if each.is_worker)
    assert [each["name"] for each in task.template["spec"]["containers"]] == ["base"]


def test_the_image_of_task_pods_is_not_the_workers() -> None:
    (task,) = (each for each in pods(BOTH) if each.is_worker)
    assert task.main["image"] == "registry.example.com/data/airflow-tasks:2026-11"
    assert pod(BOTH, "Deployment airflow-worker").main["image"] == "docker.io/apache/airflow:3.3.2"


@pytest.mark.parametrize("file", [CELERY, BOTH, LOCAL_AND_PODS], ids=lambda file: file.stem)
def test_workers_are_watched_and_task_pods_are_not(file: Path) -> None:
    stay, end = by_labels(PODS), by_labels(TASK_PODS)
    for each in pods(file):
        assert stay(each.template) is not each.is_worker, each.owner
        assert end(each.template) is each.is_worker, each.owner


@pytest.mark.parametrize(("name", "stay"), [("executor-celery-laptop", True), ("executor-several", True)])
def test_the_log_of_verify_stays_with_whoever_ran_its_task(name: str, stay: bool) -> None:
    cluster: Any = Settings(PLANS / f"{name}.yaml")
    known: Cluster = cluster
    assert _logs_stay(known, "airflow") is stay


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        ({"type": "celery"}, "Task logs stay in the worker"),
        ({"type": "several"}, "Task pods are deleted when they end"),
        ({"type": "several", "default": {"type": "celery"}}, "Task pods are deleted when they end"),
    ],
    ids=str,
)
def test_logs_that_go_with_a_pod_are_told(executor: dict[str, Any], said: str) -> None:
    (rule,) = warnings(complete({**HEAD, "executor": executor}))
    assert rule.sentence.startswith(said)
    assert not warnings(complete({**HEAD, "executor": executor, "logs": {"type": "volume"}}))


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ("{type: celery, replicas: 0}", "executor.replicas"),
        ("{type: celery, image: 'redis:latest'}", "executor.image"),
        ("{type: several, default: {type: kubernetes}}", "executor.default"),
        ("{type: several, default: {type: celery, concurrency: 65}}", "executor.default.concurrency"),
        ("{type: several, workerImage: 'a:1'}", "executor.workerImage"),
    ],
)
def test_a_mistake_is_told_at_its_place(answers: str, place: str) -> None:
    assert problems(f"executor: {answers}").keys() == {place}


def test_the_reason_for_a_line_is_where_the_question_is() -> None:
    answers = {"default": {"type": "celery", "replicas": 2}, "kubernetes": {"workerImage": "example.com/tasks:1"}}
    plan = complete({**HEAD, "executor": {"type": "several", **answers}})
    assert parse(text_of(plan)) == plan
    (worker,) = (each for each in render(plan).manifests if each.label == "Deployment airflow-worker")
    assert worker.trace.of(("spec", "replicas")).answer == "executor.default.replicas"
    (config,) = (each for each in render(plan).manifests if each.label == "ConfigMap airflow-config")
    repository = ("data", "AIRFLOW__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY")
    assert config.trace.of(repository).answer == "executor.kubernetes.workerImage"
