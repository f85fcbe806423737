"""The causes of waiting: each row is recognized in what was recorded of a pod that waited for it, and in nothing else.

Recorded on Kubernetes 1.34 with containerd 2, git-sync 4, PostgreSQL 17 and MariaDB 11 by tests/node/test_causes.py and
tests/node/test_database.py, with other names; what those can't make happen (OpenShift, a registry's refusals, webhooks)
is quoted from these products' own messages.
"""

from typing import Any

import pytest

from tests.asked import ASKED
from wizard.causes import CAUSES, Seen, explain
from wizard.plan.file import parse
from wizard.progress import Mark
from wizard.questions import Draft
from wizard.watch import pod_state

BESIDE, EXISTING = {"database": "postgresql"}, {"database": "existing"}
TAIL = "no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."


def pull(text: str) -> Seen:
    return Seen(f"ErrImagePull: failed to pull and unpack image: {text}", "ErrImagePull", "scheduler")


def waits(text: str) -> Seen:
    return Seen(f"0/3 nodes are available: {text}. {TAIL}", "Unschedulable", "", 60)


def refused(text: str) -> Seen:
    return Seen(f'pods "airflow-scheduler-588b5487fc-x" is forbidden: {text}', "FailedCreate")


def database(text: str) -> Seen:
    return Seen(f"waiting for the database: {text} (postgres-db:5432)", "", "migrations", 60)


def git(text: str) -> Seen:
    return Seen(f"{{'msg': 'error syncing repo, will retry', 'error': \"git fetch: {text}\"}}", "", "git-sync-init", 60)


RECORDED: dict[str, tuple[Seen, dict[str, Any]]] = {
    "a registry that wants a login": (
        pull("pull access denied, repository does not exist or may require authorization: server message: denied: "),
        {},
    ),
    "a registry out of reach": (pull("dial tcp: lookup registry.example.com: no such host"), {}),
    "an image that is not there": (pull('"registry.example.com/a:1": registry.example.com/a:1: not found'), {}),
    "a taint": (waits("3 node(s) had untolerated taint {dedicated: other}"), {}),
    "components that never share a node": (waits("1 node(s) didn't match pod anti-affinity rules"), {}),
    "a selector that no node fits": (waits("1 node(s) didn't match Pod's node affinity/selector"), {}),
    "a claim that no volume fits": (waits("pod has unbound immediate PersistentVolumeClaims. not found"), {}),
    "a volume on another node": (waits("1 node(s) had volume node affinity conflict"), {}),
    "no room": (waits("1 Insufficient cpu"), {}),
    "a quota": (refused("exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4"), {}),
    "a quota that wants limits": (refused("failed quota: team: must specify limits.cpu for: scheduler"), {}),
    "a LimitRange": (refused("maximum cpu usage per Container is 100m, but limit is 1"), {}),
    "Pod Security": (refused('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'), {}),
    "OpenShift's users": (refused("unable to validate against any security context constraint: [provider"), {}),
    "a webhook": (Seen('admission webhook "validate.example.com" denied the request: no owner', "FailedCreate"), {}),
    "a Secret or ConfigMap that is gone": (
        Seen('MountVolume.SetUp failed for volume "a" : secret "dags-key" not found', "ContainerCreating", "", 60),
        {},
    ),
    "a wrong password of a database that is there": (
        database('password authentication failed for user "airflow"'),
        EXISTING,
    ),
    "a password that the database's files don't know": (
        database('password authentication failed for user "airflow"'),
        BESIDE,
    ),
    "a user that may make no tables": (
        Seen("this user may make no tables; as the owner of database a, run there: GRANT", "Error", "migrations"),
        EXISTING,
    ),
    "a database that is not on that server": (database('database "airflw" does not exist'), EXISTING),
    "a database whose first start was cut off": (database('database "airflow" does not exist'), BESIDE),
    "an unknown database host": (
        database('could not translate host name "db" to address: Name or service not known'),
        EXISTING,
    ),
    "a database's certificate": (database("SSL error: certificate verify failed"), EXISTING),
    "a database without TLS": (database("server does not support SSL, but SSL was required"), EXISTING),
    "a database that wants TLS": (
        database('no pg_hba.conf entry for host "10.0.0.7", user "a", no encryption'),
        EXISTING,
    ),
    "a database out of reach": (database("Connection refused"), EXISTING),
    "a key that the Git host refuses": (git("git@git.example.com: Permission denied (publickey)."), {}),
    "a Git host that is not known": (git("Host key verification failed."), {}),
    "a branch that is not there": (git("fatal: couldn't find remote ref no-such-branch"), {}),
    "a token that the Git host refuses": (git("fatal: Authentication failed for 'https://git.example.com/'"), {}),
    "a Git host's certificate": (git("SSL certificate problem: unable to get local issuer certificate"), {}),
    "a repository that is not there": (git("fatal: '/dags.git' does not appear to be a git repository"), {}),
    "a Git host out of reach": (git("ssh: Could not resolve hostname git.example.com: Name or service not known"), {}),
    "too little memory for the database": (Seen("", "OOMKilled", "postgres"), {}),
    "too little memory": (Seen("", "OOMKilled", "scheduler"), {}),
    "a stuck scheduler": (
        Seen("Container scheduler failed liveness probe, will be restarted", "Error", "scheduler"),
        {},
    ),
    "a liveness probe": (
        Seen("Container triggerer failed liveness probe, will be restarted", "Error", "triggerer"),
        {},
    ),
    "a slow start": (Seen("Container api-server failed startup probe, will be restarted", "Error", "api-server"), {}),
    "a migration that failed": (
        Seen("sqlalchemy.exc.ProgrammingError: (psycopg2.errors.DuplicateTable)", "Error", "migrations"),
        {},
    ),
}

NORMAL = (
    Seen("waiting for the database: Connection refused (postgres-db:5432)", "", "migrations", 3),
    Seen("waiting for the database: the database system is starting up (postgres-db:5432)", "", "migrations", 9),
    Seen("to do: make the database's tables", "", "migrations", 9),
    Seen("INFO  [alembic.runtime.migration] Running upgrade 3.2.0 -> 3.3.0", "", "migrations", 9),
    Seen("waits for the migration", "", "migrations", 30),
    Seen("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "Unschedulable", "", 1),
    Seen("", "ContainerCreating", "scheduler", 30),
    Seen("", "PodInitializing", "scheduler", 30),
    Seen("Readiness probe failed: ", "ContainerCreating", "scheduler", 30),
    Seen("{'msg': 'syncing git', 'ref': 'main'}", "", "git-sync-init", 30),
)
"""What there is to see of pods that start as they should."""


@pytest.mark.parametrize("name", [cause.name for cause in CAUSES])
def test_a_cause_is_recognized_by_its_own_row(name: str) -> None:
    seen, answers = RECORDED[name]
    first = next(cause for cause in CAUSES if cause.found_in(seen, answers))
    assert first.name == name
    text = explain(seen, lambda: answers)
    print(text)
    assert "{" not in text and first.sentence.partition("{")[0] in text


@pytest.mark.parametrize("name", [cause.name for cause in CAUSES])
def test_a_row_is_silent_about_what_later_ones_recognize(name: str) -> None:
    names = [cause.name for cause in CAUSES]
    cause = CAUSES[names.index(name)]
    later = {other: RECORDED[other] for other in names[names.index(name) + 1 :]}
    assert not [other for other, (seen, answers) in later.items() if cause.found_in(seen, answers)]
    assert not [seen for seen in NORMAL if cause.found_in(seen, {})]


def test_the_answers_that_are_named_are_questions() -> None:
    places = {group[0].place for group in ASKED.values()}
    for cause in CAUSES:
        assert set(cause.places) <= places, cause.name
        assert set(cause.when) <= places, cause.name


def test_only_answers_that_the_plan_has_are_named() -> None:
    seen = RECORDED["a claim that no volume fits"][0]
    plan = parse("apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n")
    said = Draft.of(plan).said()
    assert "in database.storage.storageClass; kubectl" in explain(seen, lambda: said)
    assert "logs.storageClass or dags.claim" in explain(seen, dict)


def test_the_image_that_is_named_is_the_containers() -> None:
    texts = {
        container: explain(Seen("not found", "ImagePullBackOff", container), dict)
        for container in ("git-sync-init", "postgres", "redis", "scheduler")
    }
    named = {
        container: next(word.rstrip(";") for word in text.split() if "image" in word and "." in word)
        for container, text in texts.items()
    }
    assert named == {
        "git-sync-init": "dags.image",
        "postgres": "database.image",
        "redis": "executor.image",
        "scheduler": "airflow.image",
    }


def test_answers_are_not_asked_for_where_nothing_is_wrong() -> None:
    def never() -> dict[str, Any]:
        raise AssertionError

    assert [explain(seen, never) for seen in NORMAL] == [""] * len(NORMAL)


def test_what_no_row_knows_is_shown_as_it_is() -> None:
    waiting = {"waiting": {"reason": "CreateContainerConfigError", "message": "something new"}}
    pod = {"metadata": {}, "status": {"containerStatuses": [{"name": "a", "ready": False, "state": waiting}]}}
    state = pod_state(None, pod)  # type: ignore[arg-type]
    assert (state.mark, state.text) == (Mark.WARNING, "CreateContainerConfigError: something new")
    assert explain(state.seen(60), dict) == ""
