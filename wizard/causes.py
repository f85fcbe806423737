"""Why a pod doesn't become ready, in Airflow's terms and with the answer that mends it.

A table: each row says by what it is recognized in what Kubernetes and the logs say, what that means, and what to do.
`wizard.watch` gathers what there is to see; what no row knows is shown as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Answers = Mapping[str, Any]
"""What was answered, by place: `{"database": "existing"}`. Empty where it isn't known."""


@dataclass(frozen=True)
class Seen:
    """What there is to see of one thing that isn't ready."""

    text: str
    """What Kubernetes says, or the last lines of the log."""
    reason: str = ""
    """Kubernetes' own word: `ImagePullBackOff`, `Unschedulable`, `FailedCreate`, `OOMKilled`."""
    container: str = ""
    """Empty for a pod that has none yet."""
    seconds: float = 0
    """How long it is waited for."""


@dataclass(frozen=True)
class Cause:
    """One row. In its sentences, `{1}` is the first group that `text` found, `{answer}` the answers of `places` that
    the plan has, and `{image}` the answer that names the container's image."""

    name: str
    text: str
    """A regular expression, searched in what is seen; case doesn't matter."""
    sentence: str
    """What it means, in a clause that goes on with the way out."""
    way_out: str
    places: tuple[str, ...] = ()
    """The answers that can mend it; those that this plan has are named."""
    reason: str = ""
    """A regular expression for the whole reason; empty for any."""
    container: str = ""
    """A regular expression for the whole name of the container; empty for any."""
    when: Mapping[str, str] = field(default_factory=dict)
    """Answers with which alone it is so."""
    after: float = 0
    """Seconds for which it may just be that something else isn't up yet."""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(each, re.IGNORECASE) for each in (self.text, self.reason, self.container))

    def found_in(self, seen: Seen, answers: Answers) -> re.Match[str] | None:
        """Where it is recognized."""
        text, reason, container = self._patterns
        if seen.seconds < self.after:
            return None
        if self.reason and not reason.fullmatch(seen.reason):
            return None
        if self.container and not container.fullmatch(seen.container):
            return None
        if any(answers.get(place, value) != value for place, value in self.when.items()):
            return None
        return text.search(seen.text)

    def told(self, match: re.Match[str], seen: Seen, answers: Answers) -> str:
        """The sentence and the way out, with the answers that this plan has."""
        groups = [match[0], *match.groups("")]
        mend = [place for place in self.places if not answers or place in answers]
        known = {"answer": " or ".join(mend or self.places), "image": _image_of(seen.container)}
        return f"{self.sentence}: {self.way_out}".format(*groups, **known)


IMAGES = ("airflow.image", "database.image", "dags.image", "executor.image")
PULL = r"(Err)?ImagePull(BackOff)?|InvalidImageName|ErrImageNeverPull"
DATABASE = r"migrations|postgres.*|airflow.*|api-server|scheduler|dag-processor|triggerer"
GIT = r"git-sync.*|dag-processor"

CAUSES = (
    # Images
    Cause(
        "a registry that wants a login",
        r"unauthorized|authentication required|access denied|denied: |no basic auth|403 Forbidden",
        "the registry gives this image to nobody without a login, or there is none of this name",
        "look at the name, and name a pull secret in {answer}",
        ("airflow.pullSecret",),
        reason=PULL,
    ),
    Cause(
        "a registry out of reach",
        r"no such host|i/o timeout|connection refused|dial tcp|TLS handshake|x509|network is unreachable",
        "the node does not reach the registry",
        "take an image of a registry that it reaches ({image}), or load it onto the node",
        IMAGES,
        reason=PULL,
    ),
    Cause(
        "an image that is not there",
        r"not found|manifest unknown|does not exist|InvalidImageName|couldn't parse|NeverPull|back-off pulling|pull",
        "there is no such image, or the node can't get it",
        "mend {image}; kubectl describe shows what the registry said",
        IMAGES,
        reason=PULL,
    ),
    # Nodes
    Cause(
        "a taint",
        r"untolerated taint",
        "a node that would do has a taint",
        "tolerate it in {answer}",
        ("nodes.controlPlane.tolerations",),
        reason="Unschedulable",
    ),
    Cause(
        "components that never share a node",
        r"anti-affinity rules",
        "the components never share a node, and there are too few nodes",
        "set {answer} to soft or none, or add a node",
        ("nodes.antiAffinity",),
        reason="Unschedulable",
    ),
    Cause(
        "a selector that no node fits",
        r"didn't match Pod's node affinity/selector",
        "no node has these labels",
        "mend {answer}, or label a node",
        ("nodes.controlPlane.nodeSelector",),
        reason="Unschedulable",
    ),
    Cause(
        "a claim that no volume fits",
        r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim \"[^\"]+\" not found|pod has unbound",
        "its claim has no volume",
        "name a StorageClass that offers it in {answer}; kubectl describe pvc says why",
        ("database.storage.storageClass", "logs.storageClass", "dags.claim.storageClass", "dags.claim.name"),
        reason="Unschedulable",
        after=10,
    ),
    Cause(
        "a volume on another node",
        r"volume node affinity conflict|Multi-Attach error",
        "its volume is on another node, or used there, and offers one node at a time",
        "take a class that offers ReadWriteMany ({answer}), or keep the pods on that node",
        ("logs.storageClass", "dags.claim.storageClass", "database.storage.storageClass"),
    ),
    Cause(
        "no room",
        r"Insufficient (cpu|memory|pods|ephemeral-storage)|Too many pods",
        "no node has enough {1} left",
        "free or add a node, or ask for less with profile laptop; airflow-wizard check shows the room on each",
        reason="Unschedulable",
        after=5,
    ),
    # Admission: there is no pod to look at
    Cause(
        "a quota",
        r"exceeded quota: ([\w.-]+)",
        "ResourceQuota {1} of the namespace is used up",
        "have it raised; airflow-wizard check shows what is left and what the plan asks for",
        reason="FailedCreate",
    ),
    Cause(
        "a quota that wants limits",
        r"failed quota: ([\w.-]+): must specify ([\w.,]+)",
        "ResourceQuota {1} lets in no pod that says no {2}",
        "have a LimitRange with a default added to the namespace",
        reason="FailedCreate",
    ),
    Cause(
        "a LimitRange",
        r"(maximum|minimum) (cpu|memory) usage per (Container|Pod) is ([\w.]+)",
        "a LimitRange of the namespace wants a {1} of {4} {2}",
        "have it changed; airflow-wizard check shows which container it refuses",
        reason="FailedCreate",
    ),
    Cause(
        "Pod Security",
        r"violates PodSecurity \"([^\"]+)\"",
        "the namespace enforces Pod Security {1}, and something changed the pod so that it doesn't keep to it",
        "look for a webhook that adds to pods, or take another namespace ({answer})",
        ("namespace",),
        reason="FailedCreate",
    ),
    Cause(
        "OpenShift's users",
        r"unable to validate against any security context constraint",
        "OpenShift takes only users of the namespace's own range",
        "set {answer} to openshift",
        ("platform",),
        reason="FailedCreate",
    ),
    Cause(
        "a webhook",
        r"admission webhook \"([^\"]+)\" denied the request",
        "the cluster's webhook {1} refuses the pod",
        "its message says what it wants; ask whoever runs it",
        reason="FailedCreate",
    ),
    # What a pod mounts and reads
    Cause(
        "a Secret or ConfigMap that is gone",
        r"(?:secret|configmap) \"([^\"]+)\" not found|couldn't find key \S+ in (?:Secret|ConfigMap) [\w-]+/([\w.-]+)",
        "it reads {1}{2}, which is not there or lacks a key",
        "airflow-wizard apply makes ours anew; one of your own must be made again",
        reason="CreateContainerConfigError|FailedMount|ContainerCreating",
        after=5,
    ),
    # The database
    Cause(
        "a wrong password of a database that is there",
        r"password authentication failed for user|Access denied for user",
        "the database does not take this user and password",
        "mend {answer}",
        ("database.password", "database.user"),
        when={"database": "existing"},
    ),
    Cause(
        "a password that the database's files don't know",
        r"password authentication failed for user",
        "the files in the claim were made with another password than Secret airflow-db has",
        "bring that Secret back, or start clean: airflow-wizard delete --purge loses the data",
        when={"database": "postgresql"},
    ),
    Cause(
        "a user that may make no tables",
        r"this user may make no tables",
        "the user may log in, and make no tables",
        "run the GRANT that it says, or name another user in {answer}",
        ("database.user",),
    ),
    Cause(
        "a database that is not on that server",
        r"database \"([^\"]+)\" does not exist|Unknown database '([^']+)'",
        "the server has no such database",
        "make it there, or mend {answer}",
        ("database.name",),
        when={"database": "existing"},
    ),
    Cause(
        "a database whose first start was cut off",
        r"database \"([^\"]+)\" does not exist",
        "the database's pod was killed while it made its files, and these stay without {1}",
        "start clean: airflow-wizard delete --purge, then apply",
        when={"database": "postgresql"},
    ),
    Cause(
        "an unknown database host",
        r"could not translate host name \"([^\"]+)\"|Unknown (?:MySQL )?server host '([^']+)'",
        "no such host is known in the cluster",
        "mend {answer}",
        ("database.host",),
        after=10,
    ),
    Cause(
        "a database's certificate",
        r"root certificate|certificate verify failed|server certificate for|SSL error",
        "the database's certificate is not of an authority that is known, or not for this host",
        "mend {answer}",
        ("database.tls.caCertificate", "database.tls"),
        container=DATABASE,
    ),
    Cause(
        "a database without TLS",
        r"server does not support SSL",
        "the database offers no TLS",
        "set {answer} to disable, or have it switched on there",
        ("database.tls",),
    ),
    Cause(
        "a database that wants TLS",
        r"no pg_hba\.conf entry for host",
        "the database lets this user in from here not at all, or only with TLS",
        "have pg_hba.conf changed there, or mend {answer}",
        ("database.tls",),
    ),
    Cause(
        "a database out of reach",
        r"(connection refused|timeout expired|no route to host|connection timed out).*\(([^)]+)\)",
        "nobody answers at {2}",
        "it may still start; else look at {answer}, and at NetworkPolicies",
        ("database.host", "database.port"),
        container="migrations",
        after=30,
    ),
    # Git
    Cause(
        "a key that the Git host refuses",
        r"Permission denied \(publickey",
        "the Git host does not know the deploy key",
        "add its public half to the repository, or mend {answer}",
        ("dags.credentials.privateKey",),
        container=GIT,
    ),
    Cause(
        "a Git host that is not known",
        r"Host key verification failed|No \w+ host key is known for|REMOTE HOST IDENTIFICATION HAS CHANGED",
        "the Git host shows another key than the plan has",
        "compare airflow-wizard known-hosts with {answer}",
        ("dags.credentials.knownHosts",),
        container=GIT,
    ),
    Cause(
        "a branch that is not there",
        r"Remote branch (\S+) not found|couldn't find remote ref (\S+)|pathspec '(\S+)' did not match",
        "the repository has no such branch or tag",
        "mend {answer}",
        ("dags.ref",),
        container=GIT,
    ),
    Cause(
        "a token that the Git host refuses",
        r"Authentication failed for|could not read Username|HTTP Basic: Access denied|returned error: 40[13]",
        "the Git host refuses the user or the token",
        "mend {answer}",
        ("dags.credentials.token", "dags.credentials.username", "dags.credentials"),
        container=GIT,
    ),
    Cause(
        "a Git host's certificate",
        r"SSL certificate problem|server certificate verification failed",
        "the Git host's certificate is of an authority that is not known",
        "add that to {answer}",
        ("dags.credentials.caCertificate",),
        container=GIT,
    ),
    Cause(
        "a repository that is not there",
        r"Repository not found|repository '[^']+' not found|does not appear to be a git repository|returned error: 404",
        "there is no such repository, or this key may not see it",
        "mend {answer}",
        ("dags.repository",),
        container=GIT,
    ),
    Cause(
        "a Git host out of reach",
        r"Could not resolve host(?:name)?:? (\S+)|Name or service not known|Connection timed out|Connection refused",
        "pods do not reach the Git host",
        "mend {answer}, or open the way to it",
        ("dags.repository",),
        container=GIT,
        after=10,
    ),
    # While it runs
    Cause(
        "too little memory for the database",
        r".*",
        "it used more memory than its limit and was killed",
        "raise {answer}",
        ("database.memory",),
        reason="OOMKilled",
        container="postgres.*|database.*",
    ),
    Cause(
        "too little memory",
        r".*",
        "it used more memory than its limit and was killed",
        "a profile above laptop gives it more",
        ("profile",),
        reason="OOMKilled",
    ),
    Cause(
        "a stuck scheduler",
        r"failed liveness probe",
        "the scheduler stopped answering and was restarted",
        "if it is only slow, raise {answer}",
        ("liveness.scheduler.failureThreshold", "liveness.scheduler.periodSeconds"),
        container="scheduler",
    ),
    Cause(
        "a liveness probe",
        r"failed liveness probe",
        "it stopped answering and was restarted",
        "the node is short of CPU, or it hangs: kubectl logs --previous shows its last words",
    ),
    Cause(
        "a slow start",
        r"failed startup probe",
        "it took longer to start than its startup probe waits, and was ended",
        "the node is short of CPU: free some; airflow-wizard check shows the room",
    ),
    Cause(
        "a migration that failed",
        r"after the migration the database is at|alembic[\w.]*Error|Can't locate revision|sqlalchemy\.exc\.\w+",
        "the migration of the database stopped",
        "kubectl logs -c migrations has the whole; the same apply goes on once it is mended",
        container="migrations",
    ),
)


def _image_of(container: str) -> str:
    """The answer that names the image of a container."""
    of = {"git-sync": "dags.image", "postgres": "database.image", "redis": "executor.image"}
    return next((place for name, place in of.items() if container.startswith(name)), "airflow.image")


def explain(seen: Seen, answers: Callable[[], Answers]) -> str:
    """What the first row that recognizes it says; empty where none does. `answers` are asked for only where needed."""
    if not any(cause.found_in(seen, {}) for cause in CAUSES):
        return ""
    known = answers()
    for cause in CAUSES:
        match = cause.found_in(seen, known)
        if match:
            return cause.told(match, seen, known)
    return ""
