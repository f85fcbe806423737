"""Where tasks run."""

from typing import Annotated, Literal

from pydantic import Field

from wizard.plan.fields import AIRFLOW_DOCS, Closed, Image, Number, ask

CELERY_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-celery/stable/celery_executor.html"
SEVERAL_DOCS = AIRFLOW_DOCS + "core-concepts/executor/index.html#using-multiple-executors-concurrently"


class LocalExecutor(Closed):
    """Tasks run in the scheduler's pod."""

    type: Literal["local"] = "local"
    parallelism: Number = ask(
        "Tasks at once",
        "How many tasks run at the same time. Each needs memory in the scheduler's pod (allow 200 MiB).",
        AIRFLOW_DOCS + "configurations-ref.html#parallelism",
        default=4,
        ge=1,
        le=64,
    )


class TemplateInConfigMap(Closed):
    """The template of task pods in a ConfigMap."""

    type: Literal["configMap"] = "configMap"


class TemplateInImage(Closed):
    """The template of task pods in Airflow's image."""

    type: Literal["image"] = "image"


class TaskPods(Closed):
    """The pods that KubernetesExecutor makes."""

    worker_image: Image | None = ask(
        "Worker image",
        "The image of the task pods. Empty: the same as all of Airflow, which is nearly always right.",
        "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/kubernetes_executor.html",
        default=None,
    )
    delete_worker_pods_on_failure: bool = ask(
        "Delete failed task pods",
        "Kept, the pod of a failed task can be looked at with kubectl, and must be deleted by hand.",
        "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/configurations-ref.html",
        default=False,
    )


class KubernetesExecutor(TaskPods):
    """Each task runs in a pod of its own."""

    type: Literal["kubernetes"] = "kubernetes"
    template: Annotated[TemplateInConfigMap | TemplateInImage, Field(discriminator="type")] = ask(
        "Where is the template of task pods?",
        "The scheduler reads it for each task, and adds the task to it.",
        "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/kubernetes_executor.html",
        default=TemplateInConfigMap(),
    )


class CeleryExecutor(Closed):
    """Tasks run in workers that wait for them."""

    type: Literal["celery"] = "celery"
    replicas: Number = ask("Workers", "How many pods wait for tasks.", CELERY_DOCS, default=1, ge=1, le=100)
    concurrency: Number = ask(
        "Tasks at once per worker",
        "How many tasks a worker runs at the same time. Its pod asks for 512 MiB and 128 MiB for each; twice that is "
        "its limit.",
        CELERY_DOCS,
        default=4,
        ge=1,
        le=64,
    )
    image: Image = ask(
        "Image of Redis", "Redis keeps the queue of tasks.", CELERY_DOCS, default="docker.io/library/redis:7"
    )


class SeveralExecutors(Closed):
    """Tasks run in one executor, and those that ask for it in pods of their own."""

    type: Literal["several"] = "several"
    default: Annotated[LocalExecutor | CeleryExecutor, Field(discriminator="type")] = ask(
        "Where do tasks run that ask for nothing else?",
        'The others run in pods of their own: executor="KubernetesExecutor" in the task, or in a DAG\'s default_args.',
        SEVERAL_DOCS,
        choices="executor",
        default=LocalExecutor(),
    )
    kubernetes: TaskPods = Field(default=TaskPods())
