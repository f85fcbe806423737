"""What is stuck on a real node: images, killed containers, a database left half made; and Airflow's own pods with one
wrong answer after the other."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

from tests.cluster.test_causes import deployment, in_namespace, until_told
from tests.node.command_line import CommandLine, remove, variable
from tests.node.test_dags import by_key, by_token
from wizard.cluster.interface import Cluster, Object
from wizard.watch import rollouts
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

POSTGRES = "docker.io/library/postgres:17"
REGISTRY = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Registry(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401 if "private" in self.path else 404)
        self.end_headers()
    do_HEAD = do_GET
HTTPServer(("127.0.0.1", 5005), Registry).serve_forever()
"""
"""A registry on the node's own loopback, which containerd asks without TLS: it has nothing, and what is private it
doesn't talk of."""
SLEEP = ["sh", "-c", "exec sleep 1000"]
EAT = [
    "python",
    "-c",
    "x = bytearray(400 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nimport time; time.sleep(9)",
]
FAILS: Object = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 2, "timeoutSeconds": 5}
LIMITED: Object = {"resources": {"limits": {"memory": "64Mi"}}}
CUT_OFF = "mkdir -p $PGDATA && echo 17 > $PGDATA/PG_VERSION && exec docker-entrypoint.sh postgres"
OF_ANOTHER = "initdb -U airflow >/dev/null && echo 16 > $PGDATA/PG_VERSION && exec docker-entrypoint.sh postgres"
SERVER: Object = {
    "image": POSTGRES,
    "env": [{"name": "PGDATA", "value": "/tmp/data"}, {"name": "POSTGRES_PASSWORD", "value": "none"}],
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsUser": 999},
}

STUCK: dict[str, tuple[str, str, str, Object]] = {
    "image-name": ("control-plane", "name", "no name of an image (airflow.image)", {"image": "a.example/B:1:2"}),
    "image-missing": (
        "control-plane",
        "tag",
        "the registry has no such image (airflow.image)",
        {"image": "127.0.0.1:5005/airflow:1"},
    ),
    "image-refused": (
        "control-plane",
        "private",
        "lets nobody in without a login, or has no such image (airflow.pullSecret)",
        {"image": "127.0.0.1:5005/private/airflow:1"},
    ),
    "image-registry": (
        "database",
        "postgres",
        "the nodes do not reach the image's registry (database.image)",
        {"image": "registry.example.com/postgres:17"},
    ),
    "image-never-pulled": (
        "control-plane",
        "git-sync",
        "the node has no such image, and may not pull it (dags.image)",
        {"image": "registry.example.com/git-sync:v4", "imagePullPolicy": "Never"},
    ),
    "image-without-airflow": (
        "control-plane",
        "api-server",
        "the image has no Airflow in it (airflow.image): ",
        {"image": POSTGRES, "args": ["api-server"]},
    ),
    "memory-database": (
        "database",
        "postgres-oom",
        "the database needs more memory than its limit (database.memory)",
        {"command": EAT, **LIMITED},
    ),
    "memory-tasks": (
        "control-plane",
        "scheduler",
        "its tasks need more memory than its limit (executor.",
        {"command": EAT, **LIMITED},
    ),
    "memory": ("control-plane", "triggerer", "it needs more memory than its limit", {"command": EAT, **LIMITED}),
    "probe-startup": (
        "control-plane",
        "slow",
        "killed because it did not start in time: ",
        {"command": SLEEP, "startupProbe": FAILS},
    ),
    "probe-scheduler": (
        "control-plane",
        "scheduler",
        "killed because the scheduler looked stuck (liveness.scheduler.failureThreshold): ",
        {"command": SLEEP, "livenessProbe": FAILS, "readinessProbe": FAILS},
    ),
    "probe-liveness": (
        "control-plane",
        "hung",
        "killed because it no longer answered: ",
        {"command": SLEEP, "livenessProbe": FAILS, "readinessProbe": FAILS},
    ),
    "secret-missing": (
        "control-plane",
        "secretless",
        "a Secret that the pod reads is not there: ",
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "airflow-jwt-secret", "key": "a"}}}]},
    ),
    "database-image": (
        "database",
        "postgres-16",
        "the database's data is of another PostgreSQL than its image (database.image)",
        {**SERVER, "command": ["sh", "-c", OF_ANOTHER]},
    ),
    "database-half-made": (
        "database",
        "postgres-cut-off",
        "the database's folder was left half made when its first start was cut off",
        {**SERVER, "command": ["sh", "-c", CUT_OFF]},
    ),
}
"""By the row's name: the pod's role, the name of its container, what is told, and what leads to it."""


def everything(namespace: str) -> list[Object]:
    """A Deployment for each, named as the row."""
    return [
        deployment(namespace, name, role, {"name": container, **more})
        for name, (role, container, _, more) in STUCK.items()
    ]


def registry(namespace: str) -> list[Object]:
    """The namespace with the registry's pod, which needs the node's network."""
    body: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    container = {"name": "registry", "image": "docker.io/apache/airflow:3.3.2", "command": ["python", "-c", REGISTRY]}
    spec = {"hostNetwork": True, "containers": [container], "terminationGracePeriodSeconds": 0}
    return [body, in_namespace("v1", "Pod", namespace, "registry", spec=spec)]


def wrong(private_key: Path, known_hosts: str) -> list[tuple[dict[str, Any], str]]:
    """Answers about DAGs, each with one that is wrong, and what is told of it."""
    key = by_key({"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")})
    strange = by_key({"type": "file", "path": str(private_key)})
    token = {**by_token(), "token": {"type": "file", "path": str(private_key.with_name("token"))}}
    ssh, https = variable("GIT_SSH_URL"), variable("GIT_HTTPS_URL")
    return [
        (git_sync(ssh, strange), "refuses the deploy key (dags.credentials.privateKey): Permission denied"),
        (git_sync(ssh, {**key, "knownHosts": known_hosts}), "than the known hosts have (dags.credentials.knownHosts)"),
        (git_sync(ssh, key, ref="no-such"), "no such branch (dags.ref): couldn't find remote ref no-such"),
        (git_sync(f"{ssh.removesuffix('.git')}-not.git", key), "has no such repository, or hides it from this key"),
        (git_sync(https, token), "refuses user or token (dags.credentials.token)"),
    ]


def git_sync(repository: str, credentials: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"type": "git-sync", "repository": repository, "period": "5s", "credentials": credentials, **more}


def public_half(private_key: str) -> str:
    key = load_ssh_private_key(private_key.encode(), None).public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def test_airflow_with_one_wrong_answer_after_the_other(
    cluster: Cluster, wizard: CommandLine, tmp_path: Path, deploy_key: str
) -> None:
    (tmp_path / "key").write_text(deploy_key)
    (tmp_path / "token").write_text("wrong")
    known_hosts = f"{variable('GIT_KNOWN_HOSTS').split()[0]} {public_half(deploy_key)}"
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    database = {"storage": {"type": "ephemeral"}}
    for dags, sentence in wrong(tmp_path / "key", known_hosts):
        wizard.plan.write_text(write_yaml({**head, "database": database, "dags": dags}))
        wizard.ok("apply", "--yes", "--wait=false")
        row = until_told(cluster, wizard.namespace, sentence)
        print(row.line())
        assert row.way_out

    key = by_key({"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")})
    dags = git_sync(variable("GIT_SSH_URL"), key, folder="no/such")
    wizard.plan.write_text(write_yaml({**head, "database": database, "dags": dags}))
    said = wizard.ok("apply", "--yes").err
    assert "ready, but the repository has no DAG in this folder (dags.folder): /git/repo/no/such" in said
    assert "→ Mend dags.folder" in said


def test_what_fails_on_a_node_is_told(cluster: Cluster, namespace: str) -> None:
    aside = f"{namespace}-registry"
    try:
        for body in [*registry(aside), *everything(namespace)]:
            cluster.create(body)
        missing = {name: sentence for name, (_, _, sentence, _) in STUCK.items()}
        for row in rollouts(cluster, namespace, 120):
            print(row.line())
            if missing.get(row.thing, row.text) in row.text:
                missing.pop(row.thing, None)
            if not missing:
                return
    finally:
        for each in (aside, namespace):
            remove(cluster, each)
