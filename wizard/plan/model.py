"""The plan: everything that a person decided, and nothing else.

The model is also the declaration of the questions. A field that is asked carries its title and its help (`ask`);
the choices of a tagged union (`type`) take their texts from the `choice.yaml` of their blueprint folder. The wizard's
steps, the plan's errors, the JSON Schema and the reference are all made from here.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from wizard.plan.shorthand import labels_of, tolerations_of

API_VERSION = "airflow-wizard/v1"
AIRFLOW_DOCS = "https://airflow.apache.org/docs/apache-airflow/stable/"
KUBERNETES_DOCS = "https://kubernetes.io/docs/concepts/"
SECRET_DOCS = KUBERNETES_DOCS + "configuration/secret/"
VOLUME_DOCS = KUBERNETES_DOCS + "storage/persistent-volumes/#access-modes"
USERS_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-fab/stable/auth-manager/index.html"
GIT_SYNC_DOCS = "https://github.com/kubernetes/git-sync#readme"


def ask(
    title: str, help: str, docs: str = "", *, step: str = "", choices: str = "", kind: str = "", **field: Any
) -> Any:
    """A field that is a question: its title, its help, and where the subject is documented.

    `step` names the step of the wizard that asks, where that isn't the section the field is in; `choices` the
    blueprint folder with the texts of the choices, where several questions share them; `kind` is `lines` for text of
    several lines.
    """
    extra: JsonDict = {
        key: value for key, value in (("docs", docs), ("step", step), ("choices", choices), ("kind", kind)) if value
    }
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


def _not_a_flag(value: Any) -> Any:
    """YAML's `yes` would be taken for 1."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


Number = Annotated[int, BeforeValidator(_not_a_flag)]

_IMAGE = re.compile(
    r"([a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?/)?"  # registry
    r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*"
    r"(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)


def pinned(value: str) -> str:
    """An image reference with a tag or digest, so that all pods run the same; source: distribution/reference."""
    if not _IMAGE.fullmatch(value):
        raise ValueError("is not an image reference such as docker.io/apache/airflow:3.3.2")
    name, _, digest = value.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not digest and not tag:
        raise ValueError(f"needs a tag or digest, such as {value}:3.3.2, so that every pod runs the same image")
    if tag == "latest" and not digest:
        raise ValueError("must not be :latest, which differs from pod to pod and from day to day; name a version")
    return value


Image = Annotated[str, AfterValidator(pinned)]


def known_hosts_lines(value: str) -> str:
    """Lines of a known_hosts file (sshd(8)): a host, a key type and the key; comments may stand between them."""
    lines = [line.strip() for line in value.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        if not re.fullmatch(r"(@[a-z-]+ )?\S+ (ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( .*)?", line):
            raise ValueError(f"has a line that is none of known_hosts: {line[:40]}")
    if not lines:
        raise ValueError("needs the host's line, as `ssh-keyscan HOST` prints it")
    return "\n".join(lines) + "\n"


def folder_in_repository(value: str) -> str:
    """A folder below the top of a repository, without slashes at the ends."""
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if ".." in parts or not re.fullmatch(r"[^\s\\]+", value):
        raise ValueError("is a folder in the repository, such as dags or airflow/dags")
    return "/".join(parts) or "."


class Closed(BaseModel):
    """A part of the plan: camelCase keys as Kubernetes has them, unknown keys are errors, values are frozen."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )


class Airflow(Closed):
    """Which Airflow runs."""

    version: Annotated[
        str, matching(r"3\.3\.[0-9]+", "is a version of Airflow 3.3, such as 3.3.2; others are not supported")
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


class ExistingSecret(Closed):
    """A key of a Secret that is in the namespace already."""

    type: Literal["secret"] = "secret"
    name: DnsName = ask("Secret", "The name of the Secret; it must be in the namespace.", SECRET_DOCS)
    key: Annotated[str, matching(r"[-._A-Za-z0-9]+", "takes letters, digits and - _ .")] = ask(
        "Key", "Which key of the Secret holds the value.", SECRET_DOCS
    )


class SecretFile(Closed):
    """A file on the machine where apply runs; its content goes to a Secret, never into the plan."""

    type: Literal["file"] = "file"
    path: Annotated[str, matching(r".+", "is a path, such as ~/.ssh/dags_ed25519")] = ask(
        "File", "The path of the file on the machine where apply runs; ~ is your home.", SECRET_DOCS
    )


class EnvironmentVariable(Closed):
    """An environment variable of apply; its content goes to a Secret, never into the plan."""

    type: Literal["environment"] = "environment"
    variable: Annotated[str, matching(r"[A-Za-z_][A-Za-z0-9_]*", "is a name such as GIT_DEPLOY_KEY")] = ask(
        "Variable", "The name of the environment variable, as set where apply runs.", SECRET_DOCS
    )


SecretSource = Annotated[ExistingSecret | SecretFile | EnvironmentVariable, Field(discriminator="type")]


class SshKey(Closed):
    """A deploy key."""

    type: Literal["ssh"] = "ssh"
    private_key: SecretSource = ask(
        "Where is the private key?",
        "A deploy key that may read this repository, without a passphrase. Only its place is kept in the plan.",
        GIT_SYNC_DOCS,
        choices="secret-sources",
    )
    known_hosts: Annotated[str, AfterValidator(known_hosts_lines)] = ask(
        "Known hosts",
        "The host's public key, as `ssh-keyscan HOST` prints it, so that nobody can pose as your Git host. "
        "Compare it with what the host publishes.",
        GIT_SYNC_DOCS,
        kind="lines",
    )


class GitSync(Closed):
    """A repository that a sidecar pulls."""

    type: Literal["git-sync"] = "git-sync"
    repository: Annotated[
        str,
        matching(
            r"ssh://[^\s/]+/\S+|[^\s@/:]+@[^\s:/]+:\S+",
            "is an SSH address such as git@github.com:acme/dags.git or ssh://git@host:2222/acme/dags.git",
        ),
    ] = ask("Repository", "The address of the repository, by SSH.", GIT_SYNC_DOCS)
    ref: Annotated[str, matching(r"[^\s~^:?*\[\\-][^\s~^:?*\[\\]*", "is a branch, a tag or a commit")] = ask(
        "Branch", "Which branch (or tag, or commit) is deployed.", GIT_SYNC_DOCS, default="main"
    )
    folder: Annotated[str, AfterValidator(folder_in_repository)] = ask(
        "Folder",
        "Where in the repository the DAGs are, such as dags; a single dot for the top.",
        AIRFLOW_DOCS + "core-concepts/dags.html#loading-dags",
        default="dags",
    )
    period: Annotated[str, matching(r"[1-9][0-9]*[sm]", "is a time such as 30s or 5m")] = ask(
        "Period",
        "How often the repository is asked for news. Airflow looks for changed files as often.",
        GIT_SYNC_DOCS,
        default="60s",
    )
    image: Image = ask(
        "git-sync image",
        "The sidecar's image.",
        GIT_SYNC_DOCS,
        default="registry.k8s.io/git-sync/git-sync:v4.7.1",
    )
    credentials: SshKey = ask("How does git-sync log in?", "What the Git host asks for.", GIT_SYNC_DOCS)


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
        "Where is its data?",
        "What happens to the data when the database's pod goes.",
        KUBERNETES_DOCS + "storage/persistent-volumes/",
        default=Claim(),
    )


class NoLogs(Closed):
    """Task logs stay where the task ran."""

    type: Literal["none"] = "none"


class LogsVolume(Closed):
    """Task logs on a volume that all pods share."""

    type: Literal["volume"] = "volume"
    size: Quantity = ask("Size", "How much storage to ask for.", VOLUME_DOCS, default="10Gi")
    storage_class: DnsName | None = ask(
        "StorageClass",
        "A class that offers ReadWriteMany: NFS, EFS, Azure Files, Filestore, CephFS. Empty: the default class.",
        VOLUME_DOCS,
        default=None,
    )


class Admin(Closed):
    """The first user, who may do everything."""

    username: Annotated[str, matching(r"[A-Za-z0-9._@-]{1,64}", "takes letters, digits and . _ @ -")] = ask(
        "Admin user", "The first user. The password is made once and kept in a Secret.", USERS_DOCS, default="admin"
    )
    email: Annotated[str, matching(r"[^\s@]+@[^\s@]+", "is an e-mail address")] = ask(
        "E-mail of the admin",
        "Airflow wants one for each user; nothing is sent there.",
        USERS_DOCS,
        default="admin@example.com",
    )


class Users(Closed):
    """Users in Airflow's own database."""

    type: Literal["users"] = "users"
    admin: Admin = Admin()


class Service(Closed):
    """A ClusterIP Service, reached by port-forward."""

    type: Literal["service"] = "service"


class Toleration(Closed):
    """A taint that pods put up with, as Kubernetes has it."""

    key: str | None = None
    operator: Literal["Equal", "Exists"] | None = None
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None


class Placement(Closed):
    """Which nodes pods may go to."""

    node_selector: Annotated[dict[str, str], BeforeValidator(labels_of)] = ask(
        "labels",
        "Only nodes with these labels, such as pool=airflow,disk=ssd. Empty: any node.",
        KUBERNETES_DOCS + "scheduling-eviction/assign-pod-node/",
        default={},
    )
    tolerations: Annotated[list[Toleration], BeforeValidator(tolerations_of)] = ask(
        "taints",
        "Nodes with these taints too, written as kubectl taint does: dedicated=airflow:NoSchedule.",
        KUBERNETES_DOCS + "scheduling-eviction/taint-and-toleration/",
        default=[],
    )


class NoAntiAffinity(Closed):
    """Pods go where there is room."""

    type: Literal["none"] = "none"


class SoftAntiAffinity(Closed):
    """Pods keep apart where they can."""

    type: Literal["soft"] = "soft"


class HardAntiAffinity(Closed):
    """Pods keep apart, or wait."""

    type: Literal["hard"] = "hard"


class Nodes(Closed):
    """Where pods run."""

    control_plane: Placement = Field(default=Placement(), title="Control plane")
    tasks: Placement = Field(default=Placement(), title="Task pods")
    anti_affinity: Annotated[NoAntiAffinity | SoftAntiAffinity | HardAntiAffinity, Field(discriminator="type")] = ask(
        "May the components share a node?",
        "Small nodes are better off with one of scheduler, api-server, dag-processor and triggerer each.",
        KUBERNETES_DOCS + "scheduling-eviction/assign-pod-node/#affinity-and-anti-affinity",
        default=NoAntiAffinity(),
    )


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
    dags: Annotated[DagsInImage | GitSync, Field(discriminator="type")] = ask(
        "How do your DAGs reach Airflow?",
        "Airflow reads DAG files from a folder. The question is who puts them there.",
        AIRFLOW_DOCS + "core-concepts/dags.html",
        default=DagsInImage(),
    )
    executor: Annotated[LocalExecutor | KubernetesExecutor, Field(discriminator="type")] = ask(
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
    logs: Annotated[NoLogs | LogsVolume, Field(discriminator="type")] = ask(
        "Where do task logs go?",
        "The log of a task is written where the task runs, and read by the api-server.",
        AIRFLOW_DOCS + "administration-and-deployment/logging-monitoring/logging-tasks.html",
        default=NoLogs(),
    )
    login: Users = ask(
        "Who may log in?",
        "Users and roles are the FAB provider's, with roles from Viewer to Admin.",
        USERS_DOCS,
        default=Users(),
    )
    access: Service = ask(
        "How do you reach the web page?",
        "The api-server serves the page and the REST API on port 8080.",
        KUBERNETES_DOCS + "services-networking/service/",
        default=Service(),
    )
    nodes: Nodes = Field(default=Nodes(), title="Nodes")
