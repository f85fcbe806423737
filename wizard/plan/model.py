"""The plan: everything that a person decided, and nothing else.

The model is also the declaration of the questions. A field that is asked carries its title and its help (`ask`);
the choices of a tagged union (`type`) take their texts from the `choice.yaml` of their blueprint folder. The wizard's
steps, the plan's errors, the JSON Schema and the reference are all made from here.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

API_VERSION = "airflow-wizard/v1"
AIRFLOW_DOCS = "https://airflow.apache.org/docs/apache-airflow/stable/"
KUBERNETES_DOCS = "https://kubernetes.io/docs/concepts/"


def ask(title: str, help: str, docs: str = "", *, step: str = "", **field: Any) -> Any:
    """A field that is a question: its title, its help, and where the subject is documented.

    `step` names the step of the wizard that asks, where that isn't the section the field is in.
    """
    extra = {key: value for key, value in (("docs", docs), ("step", step)) if value}
    return Field(title=title, description=help, json_schema_extra=extra, **field)


def matching(pattern: str, sentence: str) -> AfterValidator:
    """A validator that says in a sentence what is wanted, not which regular expression failed."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def at_most(limit: int) -> AfterValidator:
    """A validator for the longest text that Kubernetes takes here, in characters."""

    def check(value: str) -> str:
        if len(value) > limit:
            raise ValueError(f"is {len(value)} characters long; at most {limit} fit")
        return value

    return AfterValidator(check)


DNS_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DnsLabel = Annotated[
    str,
    matching(DNS_LABEL, "takes lower-case letters, digits and -, and starts and ends with a letter or digit"),
    at_most(63),
]
DnsName = Annotated[
    str,
    matching(rf"{DNS_LABEL}(\.{DNS_LABEL})*", "takes lower-case letters, digits, - and ., as Kubernetes names do"),
    at_most(253),
]
Quantity = Annotated[
    str,
    matching(r"[1-9][0-9]*(\.[0-9]+)?(Mi|Gi|Ti|M|G|T)", "is a size such as 512Mi or 5Gi"),
]


def pinned(value: str) -> str:
    """An image reference with a tag or digest, so that all pods run the same; source: distribution/reference."""
    if not re.fullmatch(r"[a-z0-9][\w.:/-]*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?", value):
        raise ValueError("is not an image reference such as docker.io/apache/airflow:3.3.2")
    name, _, digest = value.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not digest and not tag:
        raise ValueError(f"needs a tag or digest, such as {value}:3.3.2, so that every pod runs the same image")
    if tag == "latest" and not digest:
        raise ValueError("must not be :latest, which differs from pod to pod and from day to day; name a version")
    return value


Image = Annotated[str, AfterValidator(pinned)]


class Closed(BaseModel):
    """A part of the plan: camelCase keys as Kubernetes has them, unknown keys are errors, values are frozen."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )


class Airflow(Closed):
    """Which Airflow runs."""

    version: Annotated[
        str, matching(r"3\.3\.\d+", "is a version of Airflow 3.3, such as 3.3.2; others are not supported")
    ] = ask(
        "Airflow version",
        "All components run this version. The database is migrated to it when Airflow starts.",
        AIRFLOW_DOCS + "release_notes.html",
        default="3.3.2",
    )
    image: Image | None = ask(
        "Image",
        "Your own image, where DAGs or libraries are built in. It must hold the version above. "
        "Empty: the official image of that version.",
        "https://airflow.apache.org/docs/docker-stack/build.html",
        default=None,
    )


class DagsInImage(Closed):
    """DAGs that are part of the image."""

    type: Literal["image"] = "image"
    folder: Annotated[str, matching(r"/[\w./-]*", "is an absolute path in the image, such as /opt/airflow/dags")] = ask(
        "DAGs folder",
        "Where in the image the DAGs are.",
        AIRFLOW_DOCS + "configurations-ref.html#dags-folder",
        default="/opt/airflow/dags",
    )


class LocalExecutor(Closed):
    """Tasks run in the scheduler's pod."""

    type: Literal["local"] = "local"
    parallelism: int = ask(
        "Tasks at once",
        "How many tasks run at the same time. Each needs memory in the scheduler's pod (allow 200 MiB).",
        AIRFLOW_DOCS + "configurations-ref.html#parallelism",
        default=4,
        ge=1,
        le=64,
    )


class Claim(Closed):
    """The database's files in a PersistentVolumeClaim."""

    type: Literal["claim"] = "claim"
    size: Quantity = ask(
        "Size", "How much storage to ask for.", KUBERNETES_DOCS + "storage/persistent-volumes/", default="5Gi"
    )
    storage_class: DnsName | None = ask(
        "StorageClass",
        "The class of the volume. Empty: the cluster's default class.",
        KUBERNETES_DOCS + "storage/storage-classes/",
        default=None,
    )


class Ephemeral(Closed):
    """The database's files in the pod: gone with it."""

    type: Literal["ephemeral"] = "ephemeral"


class PostgreSQL(Closed):
    """A PostgreSQL of our own, beside Airflow."""

    type: Literal["postgresql"] = "postgresql"
    image: Image = ask(
        "PostgreSQL image",
        "The database's image; its major version stays what it was when the data was made.",
        "https://hub.docker.com/_/postgres",
        default="docker.io/library/postgres:17",
    )
    storage: Annotated[Claim | Ephemeral, Field(discriminator="type")] = ask(
        "Where is its data?", "What happens to the data when the database's pod goes.", default=Claim()
    )


class NoLogs(Closed):
    """Task logs stay where the task ran."""

    type: Literal["none"] = "none"


class Admin(Closed):
    """The first user, who may do everything."""

    username: Annotated[str, matching(r"[A-Za-z0-9._@-]{1,64}", "takes letters, digits and . _ @ -")] = ask(
        "Admin user", "The first user. The password is made once and kept in a Secret.", default="admin"
    )
    email: Annotated[str, matching(r"[^\s@]+@[^\s@]+", "is an e-mail address")] = ask(
        "E-mail of the admin", "Airflow wants one for each user; nothing is sent there.", default="admin@example.com"
    )


class Users(Closed):
    """Users in Airflow's own database."""

    type: Literal["users"] = "users"
    admin: Admin = Admin()


class Service(Closed):
    """A ClusterIP Service, reached by port-forward."""

    type: Literal["service"] = "service"


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
    dags: DagsInImage = ask(
        "How do your DAGs reach Airflow?",
        "Airflow reads DAG files from a folder. The question is who puts them there.",
        AIRFLOW_DOCS + "core-concepts/dags.html",
        default=DagsInImage(),
    )
    executor: LocalExecutor = ask(
        "Where do tasks run?",
        "The executor starts the tasks that the scheduler has found to be due.",
        AIRFLOW_DOCS + "core-concepts/executor/index.html",
        default=LocalExecutor(),
    )
    database: PostgreSQL = ask(
        "Which database does Airflow use?",
        "Airflow keeps all state in a database: DAGs, runs, users, connections.",
        AIRFLOW_DOCS + "howto/set-up-database.html",
        default=PostgreSQL(),
    )
    logs: NoLogs = ask(
        "Where do task logs go?",
        "The log of a task is written where the task runs, and read by the api-server.",
        AIRFLOW_DOCS + "administration-and-deployment/logging-monitoring/logging-tasks.html",
        default=NoLogs(),
    )
    login: Users = ask(
        "Who may log in?",
        "Users and roles are the FAB provider's, with roles from Viewer to Admin.",
        "https://airflow.apache.org/docs/apache-airflow-providers-fab/stable/auth-manager/index.html",
        default=Users(),
    )
    access: Service = ask(
        "How do you reach the web page?",
        "The api-server serves the page and the REST API on port 8080.",
        KUBERNETES_DOCS + "services-networking/service/",
        default=Service(),
    )
