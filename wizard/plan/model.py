"""The plan: everything that a person decided, and nothing else.

The model is also the declaration of the questions. A field that is asked carries its title and its help (`ask`);
the choices of a tagged union (`type`) take their texts from the `choice.yaml` of their blueprint folder. The wizard's
steps, the plan's errors, the JSON Schema and the reference are all made from here.
"""

from typing import Annotated, Literal

from pydantic import Field

from wizard.plan.fields import AIRFLOW_DOCS, KUBERNETES_DOCS, POD_OPERATOR_DOCS, USERS_DOCS, Closed, DnsLabel, ask
from wizard.plan.sections.access import Ingress, Service
from wizard.plan.sections.airflow import Airflow
from wizard.plan.sections.availability import Redundant, Single
from wizard.plan.sections.dags import DagsInImage, DagsVolume, GitBundle, GitSync
from wizard.plan.sections.database import DATABASE_DOCS, ExistingPostgreSQL, MySQL, PostgreSQL
from wizard.plan.sections.executor import CeleryExecutor, KubernetesExecutor, LocalExecutor, SeveralExecutors
from wizard.plan.sections.liveness import Liveness
from wizard.plan.sections.login import Ldap, Users
from wizard.plan.sections.logs import S3, LogsVolume, NoLogs, Wasb
from wizard.plan.sections.nodes import Nodes
from wizard.plan.sections.platform import Kubernetes, OpenShift
from wizard.plan.sections.rights import NoRights, PodRights

API_VERSION = "airflow-wizard/v1"


class Plan(Closed):
    """The whole plan. No secret values, no derived values, no context: those are not a plan's to hold."""

    api_version: Literal["airflow-wizard/v1"] = Field(description="Always airflow-wizard/v1.")
    kind: Literal["Plan"] = Field(description="Always Plan.")
    profile: Literal["laptop", "team", "production"] = ask(
        "Profile", "A set of defaults for everything that follows; each can be changed.", step="cluster"
    )
    namespace: DnsLabel = ask(
        "Namespace",
        "One namespace holds one Airflow. It is made where it doesn't exist.",
        KUBERNETES_DOCS + "overview/working-with-objects/namespaces/",
        step="cluster",
        default="airflow",
    )
    airflow: Airflow = Field(default=Airflow(), title="Airflow")
    dags: Annotated[DagsInImage | GitSync | GitBundle | DagsVolume, Field(discriminator="type")] = ask(
        "How do your DAGs reach Airflow?",
        "Airflow reads DAG files from a folder. The question is who puts them there.",
        AIRFLOW_DOCS + "core-concepts/dags.html",
        default=DagsInImage(),
    )
    executor: Annotated[
        LocalExecutor | KubernetesExecutor | CeleryExecutor | SeveralExecutors, Field(discriminator="type")
    ] = ask(
        "Where do tasks run?",
        "The executor starts the tasks that the scheduler has found to be due.",
        AIRFLOW_DOCS + "core-concepts/executor/index.html",
        default=LocalExecutor(),
    )
    rights: Annotated[NoRights | PodRights, Field(discriminator="type")] = ask(
        "May tasks start pods?",
        "A task runs as a ServiceAccount. Its Role says what the task may ask of Kubernetes, in this namespace alone.",
        POD_OPERATOR_DOCS,
        step="executor",
        default=NoRights(),
    )
    database: Annotated[PostgreSQL | ExistingPostgreSQL | MySQL, Field(discriminator="type")] = ask(
        "Which database does Airflow use?",
        "Airflow keeps all state in a database: DAGs, runs, users, connections.",
        DATABASE_DOCS,
        default=PostgreSQL(),
    )
    logs: Annotated[NoLogs | LogsVolume | S3 | Wasb, Field(discriminator="type")] = ask(
        "Where do task logs go?",
        "The log of a task is written where the task runs, and read by the api-server.",
        AIRFLOW_DOCS + "administration-and-deployment/logging-monitoring/logging-tasks.html",
        default=NoLogs(),
    )
    login: Annotated[Users | Ldap, Field(discriminator="type")] = ask(
        "Who may log in?",
        "Users and roles are the FAB provider's, with roles from Viewer to Admin.",
        USERS_DOCS,
        default=Users(),
    )
    access: Annotated[Service | Ingress, Field(discriminator="type")] = ask(
        "How do you reach the web page?",
        "The api-server serves the page and the REST API on port 8080.",
        KUBERNETES_DOCS + "services-networking/service/",
        default=Service(),
    )
    nodes: Nodes = Field(default=Nodes(), title="Nodes")
    liveness: Liveness = Field(default=Liveness(), title="Liveness")
    availability: Annotated[Single | Redundant, Field(discriminator="type")] = ask(
        "Must Airflow go on when a node goes?",
        "Scheduler and api-server may run several times; they share the work through the database.",
        AIRFLOW_DOCS + "administration-and-deployment/scheduler.html#running-more-than-one-scheduler",
        default=Single(),
    )
    platform: Annotated[Kubernetes | OpenShift, Field(discriminator="type")] = ask(
        "What kind of Kubernetes is it?",
        "Some clusters choose the users that containers run as; then the manifests must not.",
        KUBERNETES_DOCS + "security/pod-security-standards/",
        default=Kubernetes(),
    )
