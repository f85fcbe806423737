"""The rehearsal on a real node: each answer tried against the real services, right and wrong; nothing stays behind."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import VARIABLES, CommandLine, remove, variable
from wizard.cluster.interface import Cluster, Object
from wizard.rehearse.pods import LABEL
from wizard.rehearse.run import KINDS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

Answers = dict[str, Any]


@pytest.fixture
def there(namespace: str, tmp_path: Path) -> CommandLine:
    """The command line, for a namespace that enforces Pod Security "restricted"."""
    return CommandLine(tmp_path / "airflow-plan.yaml", namespace)


def from_variable(name: str) -> Answers:
    return {"type": "environment", "variable": VARIABLES + name}


def git_sync(**other: Any) -> Answers:
    key = {"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")}
    login = {"type": "ssh", "privateKey": key, "knownHosts": variable("GIT_KNOWN_HOSTS")}
    return {"type": "git-sync", "repository": variable("GIT_SSH_URL"), "credentials": login, **other}


def git_bundle(**other: Any) -> Answers:
    login = {"type": "https", "username": variable("GIT_HTTPS_USER"), "token": from_variable("GIT_HTTPS_TOKEN")}
    login["caCertificate"] = Path(variable("GIT_HTTPS_CA_FILE")).read_text()
    return {"type": "git-bundle", "repository": variable("GIT_HTTPS_URL"), "credentials": login, **other}


def postgresql(**other: Any) -> Answers:
    tls = {"type": "verify-full", "caCertificate": Path(variable("POSTGRES_CA_FILE")).read_text()}
    where = {"host": variable("POSTGRES_HOST"), "port": int(variable("POSTGRES_PORT"))}
    who = {"name": variable("POSTGRES_DATABASE"), "user": variable("POSTGRES_USER")}
    return {"type": "existing", **where, **who, "password": from_variable("POSTGRES_PASSWORD"), "tls": tls, **other}


def s3(**other: Any) -> Answers:
    login = {"type": "connection", "source": from_variable("S3_CONNECTION")}
    return {"type": "s3", "bucket": variable("S3_BUCKET"), "credentials": login, **other}


def wasb(**other: Any) -> Answers:
    connection = from_variable("WASB_CONNECTION")
    return {"type": "wasb", "container": variable("WASB_CONTAINER"), "connection": connection, **other}


def ldap(**other: Any) -> Answers:
    who = {"bindUser": variable("LDAP_BIND_DN"), "bindPassword": from_variable("LDAP_BIND_PASSWORD")}
    ca = Path(variable("LDAP_CA_FILE")).read_text()
    where = {"server": variable("LDAP_LDAPS_URI"), "caCertificate": ca, "userBase": variable("LDAP_USERS_BASE")}
    return {"type": "ldap", **where, **who, "roles": {"Admin": [variable("LDAP_ADMINS_GROUP_DN")]}, **other}


def write(wizard: CommandLine, **answers: Answers) -> None:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    wizard.plan.write_text(write_yaml({**head, **answers}))


def rehearsed(wizard: CommandLine, code: int, *arguments: str) -> dict[str, Answers]:
    """What each question came to; by the way, that no secret was said."""
    said = wizard.run("rehearse", "--yes", "-o", "json", *arguments)
    assert said.code == code, said.err
    for name in ("POSTGRES_PASSWORD", "LDAP_BIND_PASSWORD", "GIT_HTTPS_TOKEN", "S3_CONNECTION", "WASB_CONNECTION"):
        assert variable(name) not in said.out + said.err
    return {each["question"]: each for each in json.loads(said.out)}


def changes(found: dict[str, Answers]) -> dict[str, str]:
    """The answers to change, of what failed."""
    return {name: each["change"] for name, each in found.items() if each["result"] != "passed"}


def left(cluster: Cluster, namespace: str) -> list[str]:
    """What is there of a rehearsal."""
    found = [body for kind in KINDS for body in cluster.list("v1", kind, namespace, labels=LABEL)]
    return [f"{body['kind']} {body['metadata']['name']}" for body in found]


def secret_versions(cluster: Cluster, namespace: str) -> dict[str, str]:
    found = cluster.list("v1", "Secret", namespace)
    return {body["metadata"]["name"]: body["metadata"]["resourceVersion"] for body in found}


def test_right_answers_pass_and_wrong_ones_are_told_with_their_cause(cluster: Cluster, there: CommandLine) -> None:
    _an_installation_has_secrets(cluster, there.namespace)
    before = secret_versions(cluster, there.namespace)

    write(there, dags=git_sync(), database=postgresql(), logs=s3(), login=ldap())
    found = rehearsed(there, 0, "--ldap-user", "alice")
    assert set(found) == {"image", "DAGs", "database", "logs", "login"} and not changes(found)
    assert "Python files look like DAGs" in found["DAGs"]["text"]
    assert "encrypted; airflow may make tables" in found["database"]["text"]
    assert found["login"]["text"].endswith("gets Admin, Viewer")

    write(there, dags=git_bundle(), logs=wasb(by={"type": "logConfig"}), executor={"type": "kubernetes"})
    assert not changes(rehearsed(there, 0))

    write(
        there,
        dags=git_sync(ref="no-such-branch"),
        database=postgresql(password=from_variable("POSTGRES_GUEST_PASSWORD")),
        logs=s3(credentials={"type": "connection", "source": {"type": "file", "path": str(_wrong_key(there.plan))}}),
        login=ldap(bindPassword=from_variable("LDAP_ALICE_PASSWORD")),
    )
    assert changes(rehearsed(there, 1)) == {
        "DAGs": "dags.ref",
        "database": "database.password",
        "logs": "logs.credentials.source",
        "login": "login.bindPassword",
    }

    guest = {"user": variable("POSTGRES_GUEST_USER"), "password": from_variable("POSTGRES_GUEST_PASSWORD")}
    write(
        there,
        dags=git_bundle(folder="no-such-folder"),
        database=postgresql(**guest),
        logs=wasb(container="no-such-container"),
        login=ldap(caCertificate=None),
        airflow={"version": "3.3.1", "image": "docker.io/apache/airflow:3.3.2"},
    )
    found = rehearsed(there, 1)
    assert changes(found) == {
        "image": "airflow.version",
        "DAGs": "dags.folder",
        "database": "database.user",
        "logs": "logs.container",
        "login": "login.caCertificate",
    }
    assert "GRANT USAGE, CREATE ON SCHEMA public" in found["database"]["text"]

    write(there, dags=git_sync(image="registry.k8s.io/git-sync/git-sync:v0.0.0"), database=_mysql())
    assert changes(rehearsed(there, 1)) == {"image": "airflow.image", "DAGs": "dags.image", "database": "airflow.image"}

    assert not left(cluster, there.namespace)
    assert secret_versions(cluster, there.namespace) == before
    assert not cluster.list("v1", "ServiceAccount", there.namespace, labels=LABEL)


def test_what_is_there_is_used_and_what_is_not_there_is_told(cluster: Cluster, there: CommandLine) -> None:
    made = {"type": "ssh", "privateKey": {"type": "generated"}, "knownHosts": variable("GIT_KNOWN_HOSTS")}
    existing = {"type": "secret", "name": "of-somebody-else", "key": "password"}
    write(
        there,
        dags=git_sync(credentials=made),
        database=postgresql(password=existing),
        login=ldap(bindPassword=existing),
    )
    _make_secret(cluster, there.namespace, "of-somebody-else", password=variable("LDAP_BIND_PASSWORD"))
    found = rehearsed(there, 1, "--ldap-user", "nobody-of-this-name")
    assert found["DAGs"]["result"] == "not tried" and "made by apply" in found["DAGs"]["text"]
    assert changes(found) == {
        "DAGs": "dags.credentials.privateKey",
        "database": "database.password",
        "login": "login.userAttribute",
    }
    assert set(secret_versions(cluster, there.namespace)) == {"of-somebody-else"}


@pytest.mark.parametrize(("kill", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_a_rehearsal_that_is_ended_leaves_nothing_but_a_killed_one_whose_rest_the_next_removes(
    cluster: Cluster, tmp_path: Path, kill: signal.Signals, code: int, new_namespace: str
) -> None:
    wizard = CommandLine(tmp_path / "airflow-plan.yaml", new_namespace)
    write(wizard, database=postgresql(), logs=s3())
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    arguments = ["-f", str(wizard.plan), "-n", new_namespace, "--kubeconfig", kubeconfig]
    ended = subprocess.Popen([sys.executable, "-m", "wizard", "rehearse", "--yes", *arguments], stderr=subprocess.PIPE)
    until_a_pod_runs(cluster, new_namespace)
    ended.send_signal(kill)
    _, said = ended.communicate(timeout=90)
    assert ended.returncode == code, said.decode()
    if kill == signal.SIGKILL:
        assert left(cluster, new_namespace)
        write(wizard)
        assert "things of a rehearsal that was killed were removed" in wizard.ok("rehearse", "--yes").err
    assert not left(cluster, new_namespace)
    assert cluster.get("v1", "Namespace", new_namespace) is None


@pytest.fixture
def new_namespace(cluster: Cluster) -> Iterator[str]:
    """The name of one that doesn't exist yet."""
    name = f"wizard-rehearse-{secrets.token_hex(3)}"
    yield name
    remove(cluster, name)


def until_a_pod_runs(cluster: Cluster, namespace: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not any(pod["status"].get("phase") == "Running" for pod in cluster.list("v1", "Pod", namespace)):
        assert time.monotonic() < end, "a pod is to run"
        time.sleep(0.1)


def _an_installation_has_secrets(cluster: Cluster, namespace: str) -> None:
    """One with the value that the plan brings too, one with another, and one that is none of the plan's business."""
    _make_secret(cluster, namespace, "airflow-db-existing", POSTGRES_PASSWORD=variable("POSTGRES_PASSWORD"))
    _make_secret(cluster, namespace, "airflow-ldap", **{"bind-password": "of another time"})
    _make_secret(cluster, namespace, "airflow-fernet-key", **{"fernet-key": "kept"})


def _make_secret(cluster: Cluster, namespace: str, name: str, **values: str) -> Object:
    metadata = {"name": name, "namespace": namespace}
    return cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values})


def _wrong_key(beside: Path) -> Path:
    connection = json.loads(variable("S3_CONNECTION"))
    file = beside.with_name("connection.json")
    file.write_text(json.dumps({**connection, "password": "not the key"}))
    return file


def _mysql() -> Answers:
    return {"type": "mysql", "host": variable("POSTGRES_HOST"), "password": from_variable("POSTGRES_PASSWORD")}
