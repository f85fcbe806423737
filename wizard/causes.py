"""Why something is stuck: what the cluster shows, said in Airflow's terms, with the answer of the plan that mends it.

To explain one more thing, add a row to `CAUSES`, and a recording of it to `tests/causes`; CONTRIBUTING says how. The
first row that fits is told, so what is nearer to the cause stands higher.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.progress import Mark

LONGEST = 160
"""Characters of what the cluster itself said that fit into a row."""


@dataclass(frozen=True)
class Seen:
    """What the cluster shows of one thing that isn't ready."""

    about: str
    """`control-plane/migrations`: the pod's role and its container; `database/` for a pod as a whole; `claim/NAME`."""
    reason: str
    """Kubernetes' own words for its state, such as `CrashLoopBackOff OOMKilled`."""
    text: str
    """Messages, events and the end of the log, a line each."""


@dataclass(frozen=True)
class Place:
    """An answer of the plan, for the things that a regular expression finds in `Seen.about`."""

    answer: str
    about: str = ""


@dataclass(frozen=True)
class Cause:
    """One row: what it is recognized by, and what is said. Regular expressions are searched for, line by line."""

    name: str
    """Of its recording in `tests/causes`."""
    sentence: str
    """What is wrong, in a few words: it begins a row of the screen, before what the cluster said."""
    way_out: str
    """What to do. `{place}` is the answer that mends it, other names are groups of `text`."""
    about: str = ""
    reason: str = ""
    text: str = ""
    places: tuple[Place, ...] = ()
    """The answers that may cause it. The first that fits is told; where the plan asks for none, the row is silent."""
    only: str = ""
    """An answer that the plan must have for the row to hold, though another one mends it, or none."""
    mark: Mark = Mark.WARNING

    def place(self, seen: Seen, answers: Mapping[str, Any]) -> str:
        """The answer that mends it, or nothing; `answers` are those of the plan by place, empty where none is known."""
        fits = (each.answer for each in self.places if re.search(each.about, seen.about))
        return next((place for place in fits if not answers or place in answers), "")

    def matches(self, seen: Seen, answers: Mapping[str, Any]) -> re.Match[str] | None:
        """What it is recognized by, or None."""
        if (self.places and not self.place(seen, answers)) or (answers and self.only and self.only not in answers):
            return None
        if not re.search(self.about, seen.about) or not re.search(self.reason, seen.reason):
            return None
        return re.search(self.text, seen.text, re.MULTILINE)


@dataclass(frozen=True)
class Explained:
    """What is told of a thing."""

    cause: Cause
    text: str
    """The sentence, the answer in brackets, and what the cluster said of it."""
    way_out: str
    place: str
    """The answer that mends it, or nothing."""


def explain(things: Iterable[Seen], answers: Mapping[str, Any], namespace: str) -> Explained | None:
    """The first cause that fits the first of the things that any fits; one that is merely waited for comes last.

    `answers` are those of the plan, by place; empty where none is known.
    """
    patient = None
    for seen in things:
        for cause in CAUSES:
            if found := cause.matches(seen, answers):
                told = _told(cause, found, cause.place(seen, answers), namespace)
                if cause.mark is Mark.WARNING:
                    return told
                patient = patient or told
    return patient


def _told(cause: Cause, found: re.Match[str], place: str, namespace: str) -> Explained:
    groups = {name: text or f"the {name}" for name, text in found.groupdict().items()}
    where = f" ({place})" if place else ""
    # A log in JSON holds its lines' ends as \n, once more escaped where an error quotes another one.
    said = " ".join(re.sub(r"\\+[rn]", " ", found[0]).split())[:LONGEST]
    way_out = cause.way_out.format(place=place, namespace=namespace, **groups)
    return Explained(cause, f"{cause.sentence}{where}" + (f": {said}" if said else ""), way_out, place)


def table(causes: Iterable[Cause]) -> str:
    """Rows as Markdown, for the reference."""
    rows = []
    for cause in causes:
        places = ", ".join(dict.fromkeys(f"`{each.answer}`" for each in cause.places))
        way_out = re.sub(r"\{(\w+)\}", lambda group: "it" if group[1] == "place" else group[1].upper(), cause.way_out)
        rows.append(f"| {cause.sentence} | {places} | {way_out} |\n")
    return "| what is told | the answer | the way out |\n|---|---|---|\n" + "".join(rows)


_IMAGE = (
    Place("database.image", "^database/"),
    Place("executor.image", "^broker/"),
    Place("executor.default.image", "^broker/"),
    Place("dags.image", "/git-sync"),
    Place("airflow.image", "^(control-plane|tasks)/(?!git-sync)"),
)
_CLASS = (
    Place("database.storage.storageClass", "/postgres-db$"),
    Place("logs.storageClass", "/airflow-logs$"),
    Place("dags.claim.storageClass", "/airflow-dags$"),
)
_GIT = "/(git-sync|dag-processor)"
"""git-sync clones; with a Git bundle, the dag-processor itself."""
_AIRFLOW = "^(control-plane|tasks)/"
_UNFIT = "Unschedulable|SchedulerError"


def _of_nodes(text: str) -> str:
    """In what Kubernetes' scheduler says: all of it, but for what it says of preemption."""
    return rf".*{text}.*?(?=\. (no new claims to deallocate, )?preemption:|\.?$)"


_START_CLEAN = (
    "kubectl delete --ignore-not-found deployment/postgres-db pvc/postgres-db -n {namespace}, and apply again."
)

CAUSES = (
    # Images.
    Cause(
        "image-name",
        "no name of an image",
        "Answer {place} with REGISTRY/NAME:TAG, in lower case.",
        reason="InvalidImageName",
        text=r"invalid reference format.*",
        places=_IMAGE,
    ),
    Cause(
        "image-refused",
        "the registry lets nobody in without a login, or has no such image",
        "Make a Secret with kubectl create secret docker-registry and answer {place} with its name; "
        "or mend the name of the image.",
        reason="ErrImagePull|ImagePullBackOff",
        text=r"pull access denied|insufficient_scope|(?i:unauthorized|authentication required|no basic auth)|"
        r"40[13] (Unauthorized|Forbidden)|denied: .*",
        places=(Place("airflow.pullSecret"),),
    ),
    Cause(
        "image-missing",
        "the registry has no such image",
        "Mend {place}, or push the image; a tag is spelled as in the registry.",
        reason="ErrImagePull|ImagePullBackOff",
        text=r"\S+: not found|manifest unknown.*|(name|repository) unknown.*",
        places=_IMAGE,
    ),
    Cause(
        "image-registry",
        "the nodes do not reach the image's registry",
        "Mend {place}, or name a registry that the nodes reach: a mirror, or one inside of the cluster's network.",
        reason="ErrImagePull|ImagePullBackOff",
        text=r"dial tcp.*|no such host|i/o timeout|x509: .*|TLS handshake.*|server gave HTTP response.*",
        places=_IMAGE,
    ),
    Cause(
        "image-never-pulled",
        "the node has no such image, and may not pull it",
        "Load the image onto the node, as kind load docker-image does, or mend {place}.",
        reason="ErrImageNeverPull",
        places=_IMAGE,
    ),
    Cause(
        "image-without-airflow",
        "the image has no Airflow in it",
        "Build it from the official one, as airflow-wizard image shows, and answer {place} with its name.",
        about=_AIRFLOW,
        text=r"exec: .* not found.*|executable file not found.*|No module named '?airflow\b.*|.*is this an image of.*",
        places=(Place("airflow.image"),),
    ),
    # What the scheduler of Kubernetes says, its last check first: a node that fails a late one has passed the others.
    Cause(
        "claim-missing",
        "the claim is not there",
        "Make the claim in this namespace, or answer {place} with one that is there.",
        reason=_UNFIT,
        text=r'persistentvolumeclaim "[^"]+" not found',
        places=(Place("dags.claim.name"),),
    ),
    Cause(
        "volume-elsewhere",
        "its volume is on nodes that do not take it",
        "kubectl describe pv shows which nodes: let the pod go there, or take a class that every node reaches.",
        text=_of_nodes("(volume node affinity conflict|didn't match PersistentVolume's node affinity)")
        + r"|Multi-Attach error .*",
    ),
    Cause(
        "nodes-apart",
        "no node is left that has no other component of Airflow",
        "Add nodes, or answer {place} with soft: components then share a node where they must.",
        reason=_UNFIT,
        text=_of_nodes("didn't match pod anti-affinity rules"),
        places=(Place("nodes.antiAffinity"),),
    ),
    Cause(
        "database-too-large-cpu",
        "no node has the CPU that the database asks for",
        "Lower {place}, or add a larger node.",
        about="^database/",
        reason=_UNFIT,
        text=_of_nodes("Insufficient cpu"),
        places=(Place("database.cpu"),),
    ),
    Cause(
        "database-too-large",
        "no node has the memory that the database asks for",
        "Lower {place}, or add a larger node.",
        about="^database/",
        reason=_UNFIT,
        text=_of_nodes("Insufficient memory"),
        places=(Place("database.memory"),),
    ),
    Cause(
        "worker-too-large",
        "no node has room for a worker",
        "Lower {place}: each task more asks for memory; or add a larger node.",
        about="^tasks/",
        reason=_UNFIT,
        text=_of_nodes("Insufficient (cpu|memory)"),
        places=(Place("executor.concurrency"), Place("executor.default.concurrency")),
    ),
    Cause(
        "nodes-full",
        "no node has room",
        "Add a node, or free one: kubectl describe nodes shows what is taken.",
        reason=_UNFIT,
        text=_of_nodes("(Insufficient (cpu|memory|ephemeral-storage)|Too many pods)"),
    ),
    Cause(
        "nodes-taint",
        "the nodes have a taint that the pod does not tolerate",
        "Add {taint} to {place}, or take it from a node.",
        reason=_UNFIT,
        text=r"^a node that has the labels has the taint (?P<taint>\S+)|"
        + _of_nodes(r"0/(?P<all>\d+) nodes are available: (?P=all) node\(s\) had untolerated taint"),
        places=(Place("nodes.tasks.tolerations", "^tasks/"), Place("nodes.controlPlane.tolerations")),
    ),
    Cause(
        "nodes-labels",
        "no node has the labels that are asked for",
        "Mend {place}, or label a node: kubectl label node NAME KEY=VALUE.",
        reason=_UNFIT,
        text=_of_nodes("didn't match Pod's node affinity/selector"),
        places=(Place("nodes.tasks.nodeSelector", "^tasks/"), Place("nodes.controlPlane.nodeSelector")),
    ),
    # Claims.
    Cause(
        "claim-access",
        "the class has no volumes of this access mode",
        "Answer {place} with a class for ReadWriteMany, as NFS, EFS, Azure Files or Filestore have; or choose another "
        "way that needs none.",
        about="^claim/",
        text=r"supports Read\w+, not Read\w+|"
        r".*(?i:access ?modes?|volume capabilities|multi.writer|only supports read).*",
        places=_CLASS,
    ),
    Cause(
        "claim-class-missing",
        "the cluster has no such StorageClass",
        "Answer {place} with one of kubectl get storageclass; in the wizard, F4 lists them.",
        about="^claim/",
        text=r'storageclass\.storage\.k8s\.io "[^"]+" not found',
        places=_CLASS,
    ),
    Cause(
        "claim-class",
        "the claim names no StorageClass, and none is the default",
        "Answer {place} with one of kubectl get storageclass.",
        about="^claim/",
        text=r"no persistent volumes available for this claim and no storage class is set",
        places=_CLASS,
    ),
    Cause(
        "claim-failed",
        "the class makes no volume",
        "Ask whoever runs the cluster, or answer {place} with another class.",
        about="^claim/",
        text=r"^ProvisioningFailed: .*",
        places=_CLASS,
    ),
    Cause(
        "claim-provisioner",
        "the claim waits for its volume",
        "If it goes on, the class's provisioner does not run: answer {place} with another class.",
        about="^claim/",
        text=r"Waiting for a volume to be created.*",
        places=_CLASS,
        mark=Mark.WAITING,
    ),
    Cause(
        "claim-first-consumer",
        "the claim waits until a pod that mounts it has a node",
        "Nothing is wrong with the claim: what keeps that pod from a node is told beside it.",
        about="^claim/",
        text=r"waiting for (first consumer|pod \S+ to be scheduled)",
        mark=Mark.WAITING,
    ),
    # Pods that are not let in; of these there is no pod to look at.
    Cause(
        "quota",
        "the namespace's quota is used up",
        "Ask for a larger quota, or free some: kubectl describe quota {quota} -n {namespace} shows what is taken.",
        text=r"exceeded quota: (?P<quota>[^,]+), requested: .*",
    ),
    Cause(
        "quota-limits",
        "the namespace's quota wants limits that Airflow's pods do not have",
        "Give the namespace a LimitRange with a default for {limits}, or take it out of the quota.",
        text=r"failed quota: [^:]+: must specify (?P<limits>\S+) for: .*",
    ),
    Cause(
        "pod-security",
        "the namespace's Pod Security does not let the pod in",
        "Airflow's pods keep to restricted; kubectl get deployment -o yaml shows what was added to this one.",
        text=r'violates PodSecurity "[^"]+": .*',
    ),
    Cause(
        "openshift",
        "OpenShift takes only users of the namespace's own range",
        "Answer {place} with openshift: the pods then name no user.",
        text=r"unable to validate against any security context constraint",
        places=(Place("platform"),),
    ),
    Cause(
        "policy",
        "a policy of this cluster does not let the pod in",
        "Ask whoever runs the cluster: an exception, or a namespace for which it does not hold.",
        text=r'admission webhook "[^"]+" denied the request: .*|'
        r"ValidatingAdmissionPolicy '[^']+' .*denied request: .*",
    ),
    Cause(
        "limit-range-database",
        "the namespace's LimitRange does not let the database in",
        "Answer {place} with what the range allows: the database's limit follows from it.",
        about="^database/",
        text=r"(maximum|minimum) (cpu|memory) usage per \w+ is .*",
        places=(Place("database.memory"),),
    ),
    Cause(
        "limit-range",
        "the namespace's LimitRange does not let the pod in",
        "Ask for another LimitRange, or take another namespace: kubectl describe limitrange shows it.",
        text=r"(maximum|minimum) (cpu|memory) (usage|limit to request ratio) per \w+ is .*",
    ),
    # Containers that are killed.
    Cause(
        "memory-database",
        "the database needs more memory than its limit",
        "Raise {place}, and apply again.",
        about="^database/",
        reason="OOMKilled",
        places=(Place("database.memory"),),
    ),
    Cause(
        "memory-tasks",
        "its tasks need more memory than its limit",
        "Lower {place}, or let tasks run in pods of their own.",
        about="/(scheduler|worker)$",
        reason="OOMKilled",
        places=(
            Place("executor.concurrency", "/worker$"),
            Place("executor.default.concurrency", "/worker$"),
            Place("executor.parallelism", "/scheduler$"),
            Place("executor.default.parallelism", "/scheduler$"),
        ),
    ),
    Cause(
        "memory",
        "it needs more memory than its limit",
        "kubectl describe pod shows the limit. Much at the top of DAG files, or a large image, may be why.",
        reason="OOMKilled",
    ),
    Cause(
        "probe-startup",
        "killed because it did not start in time",
        "The node may be too slow or too full: give it more CPU, or other nodes.",
        text=r"(?<=^Killing: ).* failed startup probe.*",
    ),
    Cause(
        "probe-scheduler",
        "killed because the scheduler looked stuck",
        "Raise {place} if the node is merely slow.",
        about="/scheduler$",
        text=r"(?<=^Killing: ).* failed liveness probe.*",
        places=(Place("liveness.scheduler.failureThreshold"),),
    ),
    Cause(
        "probe-liveness",
        "killed because it no longer answered",
        "The node may be too slow or too full; kubectl logs --previous shows what it was at.",
        text=r"(?<=^Killing: ).* failed liveness probe.*",
    ),
    Cause(
        "secret-missing",
        "a Secret that the pod reads is not there",
        "Make Secret {secret} in this namespace, or apply again if it is one of the wizard's own.",
        text=r'secret "(?P<secret>[^"]+)" not found',
    ),
    # The database.
    Cause(
        "database-host",
        "no host of this name for the database",
        "Mend {place}, as pods of this cluster know it.",
        about=_AIRFLOW,
        text=r'could not translate host name "[^"]*"|Unknown .*server host.*',
        places=(Place("database.host"),),
    ),
    Cause(
        "database-unreachable",
        "no database answers there",
        "Mend {place} or the port, or let pods of this cluster reach it.",
        about=_AIRFLOW,
        text=r"^waiting for the database: .*(Connection refused|timeout expired|timed out|No route to host|"
        r"Network is unreachable|Can't connect).*",
        places=(Place("database.host"),),
    ),
    Cause(
        "database-authority",
        "the database's certificate is of another authority or host",
        "Answer {place} with the authority's certificate, and the host as the certificate has it.",
        about=_AIRFLOW,
        text=r'certificate verify failed|server certificate for "[^"]*" .*does not match.*',
        places=(Place("database.tls.caCertificate"),),
    ),
    Cause(
        "database-tls",
        "database and plan do not agree on TLS",
        "Answer {place} with what the server does: disable for one without TLS, require or more for one that wants it.",
        about=_AIRFLOW,
        text=r"server does not support SSL.*|no pg_hba.conf entry .*no encryption",
        places=(Place("database.tls"),),
    ),
    Cause(
        "database-password",
        "the database refuses user or password",
        "Mend the password where {place} says that it is, or the user, and apply again.",
        about=_AIRFLOW,
        text=r'password authentication failed for user "[^"]*"|Access denied for user .*',
        places=(Place("database.password"),),
    ),
    Cause(
        "database-password-kept",
        "the database in its claim has another password than Secret airflow-db",
        "It keeps the one it was made with: put that into the Secret again. Or lose all data and start clean: "
        + _START_CLEAN,
        about=_AIRFLOW,
        text=r'password authentication failed for user "[^"]*"',
        only="database.storage",
    ),
    Cause(
        "database-name",
        "the server has no database of this name",
        "Mend {place}, or make the database.",
        about=_AIRFLOW,
        text=r'database "[^"]*" does not exist|Unknown database .*',
        places=(Place("database.name"),),
    ),
    Cause(
        "database-half-made",
        "the database's folder was left half made when its first start was cut off",
        "Where Airflow never ran, nothing is in it, so start clean: " + _START_CLEAN,
        about="^(control-plane|tasks|database)/",
        text=r'(database|role) "[^"]*" does not exist|.*could not find the database system|'
        r'.*could not (open file "global/|access the server configuration file).*|'
        r"initdb: error: directory .* is not empty",
        only="database.storage",
    ),
    Cause(
        "database-image",
        "the database's data is of another PostgreSQL than its image",
        "Answer {place} with the version that made the data, or move it by pg_dump.",
        about="^database/",
        text=r"The data directory was initialized by PostgreSQL version \d+",
        places=(Place("database.image"),),
    ),
    Cause(
        "database-rights",
        "the user may make no tables",
        "As the owner of database {database}, run there: {grant}; or answer {place} with its owner.",
        about=_AIRFLOW,
        text=r"this user may make no tables; as the owner of database (?P<database>\S+), run there: (?P<grant>GRANT.*)",
        places=(Place("database.user"),),
    ),
    Cause(
        "migration-newer",
        "the database is of a newer Airflow than the image",
        "Answer {place} with the version that the database is of: Airflow does not go back by itself.",
        about="/migrations$",
        text=r"Can't locate revision identified by '[^']*'",
        places=(Place("airflow.version"),),
    ),
    Cause(
        "migration",
        "the migration of the database failed",
        "What it said first is its cause; when that is mended, it is tried again by itself.",
        about="/migrations$",
        reason="Error|CrashLoopBackOff",
        text=r"^[\w.]*(Error|Exception|Violation|Privilege|Undefined\w+)\b: .*|"
        r"after the migration the database is at .*",
    ),
    # The repository of DAGs.
    Cause(
        "git-known-hosts",
        "the Git host shows another key than the known hosts have",
        "Take the lines of airflow-wizard known-hosts REPOSITORY as {place}, and compare their fingerprints.",
        about=_GIT,
        text=r"Host key verification failed",
        places=(Place("dags.credentials.knownHosts"),),
    ),
    Cause(
        "git-key",
        "the Git host refuses the deploy key",
        "Add the public half to the repository's deploy keys, or mend {place}.",
        about=_GIT,
        text=r"Permission denied \(publickey[^)]*\)|Load key .*",
        places=(Place("dags.credentials.privateKey"),),
    ),
    Cause(
        "git-token",
        "the Git host refuses user or token",
        "Mend the token where {place} says that it is, or the user; it must be allowed to read the repository.",
        about=_GIT,
        text=r"Authentication failed for '[^']*'|could not read (Username|Password).*|HTTP Basic: Access denied.*",
        places=(Place("dags.credentials.token"), Place("dags.credentials")),
    ),
    Cause(
        "git-authority",
        "the Git host's certificate is of an authority that is not known",
        "Answer {place} with the authority's certificate.",
        about=_GIT,
        text=r"server certificate verification failed|SSL certificate problem: .*",
        places=(Place("dags.credentials.caCertificate"),),
    ),
    Cause(
        "git-branch",
        "the repository has no such branch",
        "Mend {place}, or push the branch.",
        about=_GIT,
        text=r"couldn't find remote ref [\w./-]+|pathspec '[^']*' did not match any file",
        places=(Place("dags.ref"),),
    ),
    Cause(
        "git-repository",
        "the Git host has no such repository, or hides it from this key",
        "Mend {place}, or let the key or token read it.",
        about=_GIT,
        text=r"'[^']*' does not appear to be a git repository|repository '[^']*' not found|Repository not found",
        places=(Place("dags.repository"),),
    ),
    Cause(
        "git-host",
        "no Git host answers there",
        "Mend {place}, or let pods of this cluster reach the host.",
        about=_GIT,
        text=r"Could not resolve host(name)?:? [\w.-]+|(connect to host|Failed to connect to) [^\\]*",
        places=(Place("dags.repository"),),
    ),
    Cause(
        "git-folder",
        "the repository has no DAG in this folder",
        "Mend {place}, or push a DAG to it; a dot is the top of the repository.",
        about="/dag-processor$",
        text=r"(?<= at )/(git/repo|opt/airflow/dag-bundles/dags-repository/\w+)\S*"
        r"(?= .*\n.*Found 0 files for bundle dags-)",
        places=(Place("dags.folder"),),
    ),
)
"""What is known to get stuck, in the order in which it is looked for."""
