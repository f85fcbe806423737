"""Where tasks run."""

from typing import Annotated, Literal

from pydantic import Field

from wizard.plan.fields import AIRFLOW_DOCS, Closed, Image, Number, ask


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


class KubernetesExecutor(Closed):
    """Each task runs in a pod of its own."""

    type: Literal["kubernetes"] = "kubernetes"
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
    template: Annotated[TemplateInConfigMap | TemplateInImage, Field(discriminator="type")] = ask(
        "Where is the template of task pods?",
        "The scheduler reads it for each task, and adds the task to it.",
        "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/kubernetes_executor.html",
        default=TemplateInConfigMap(),
    )
