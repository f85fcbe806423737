"""Where logs go, as it is rendered: who gets the connection, the identity and the module, and in which settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import Pod, bodies, plan_of, pods
from tests.test_plan import problems
from wizard.apply import prepare
from wizard.cluster.interface import Cluster
from wizard.cluster.sandbox import Sandbox
from wizard.errors import UserError
from wizard.plan.file import parse
from wizard.render import render
from wizard.verify import _logs_stay

PLANS = Path(__file__).parent / "plans"
S3, IDENTITY = PLANS / "logs-s3.yaml", PLANS / "logs-s3-service-account.yaml"
FOUND = [PLANS / "logs-s3-secrets-backend.yaml", PLANS / "logs-wasb-secrets-backend.yaml"]
BACKEND = "AIRFLOW__SECRETS__BACKEND"
WASB, MODULE = PLANS / "logs-wasb.yaml", PLANS / "logs-wasb-log-config.yaml"


def settings(file: Path) -> dict[str, str]:
    found: dict[str, str] = named(file, "ConfigMap", "airflow-config")["data"]
    return found


def named(file: Path, kind: str, name: str) -> dict[str, Any]:
    return next(body for body in bodies(file) if (body["kind"], body["metadata"]["name"]) == (kind, name))


def of_airflow(file: Path) -> list[Pod]:
    return [
        pod
        for pod in pods(file)
        if "airflow-wizard/role" in (labels := pod.template["metadata"]["labels"])
        and labels["airflow-wizard/role"] != "database"
    ]


def sources(pod: Pod, variable: str) -> list[dict[str, Any]]:
    return [each["valueFrom"] for each in pod.main.get("env", []) if each["name"] == variable]


@pytest.mark.parametrize(
    ("file", "variable", "secret", "key"),
    [
        (S3, "AIRFLOW_CONN_S3_LOGS", "airflow-connections", "AIRFLOW_CONN_S3_LOGS"),
        (WASB, "AIRFLOW_CONN_WASB_LOGS", "azure-storage", "airflow-connection"),
        (MODULE, "AIRFLOW_CONN_WASB_LOGS", "airflow-connections", "AIRFLOW_CONN_WASB_LOGS"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_every_pod_has_the_connection_from_its_secret(file: Path, variable: str, secret: str, key: str) -> None:
    for pod in of_airflow(file):
        assert sources(pod, variable) == [{"secretKeyRef": {"name": secret, "key": key}}], pod.owner
    assert variable not in settings(file)


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_two_look_connections_up_and_nobody_has_them_in_the_environment(file: Path) -> None:
    looking = {pod.owner for pod in of_airflow(file) if any(e["name"] == BACKEND for e in pod.main.get("env", []))}
    assert looking == {"Deployment airflow-api-server", "Deployment airflow-triggerer"}
    with_token = {pod.owner for pod in of_airflow(file) if pod.template["spec"]["automountServiceAccountToken"]}
    assert looking <= with_token <= {*looking, "Deployment airflow-scheduler"}, "the scheduler's is for task pods"
    assert "AIRFLOW_CONN_" not in str([*bodies(file), *(pod.template for pod in pods(file))])


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_who_looks_connections_up_may_list_secrets_and_no_other(file: Path) -> None:
    may = {
        body["metadata"]["name"]: [rule for rule in body["rules"] if "secrets" in rule["resources"]]
        for body in bodies(file)
        if body["kind"] == "Role"
    }
    assert may.pop("airflow-connections") == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]
    assert not any(may.values())
    subjects = named(file, "RoleBinding", "airflow-connections")["subjects"]
    assert {subject["name"] for subject in subjects} == {"airflow-api-server", "airflow-triggerer"}


def test_the_labelled_secret_must_be_there(sandbox: Cluster) -> None:
    plan = plan_of(FOUND[0])
    metadata = {"name": plan.namespace}
    sandbox.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    with pytest.raises(UserError, match="has no Secret with label"):
        prepare(sandbox, plan)
    labels = {"airflow.apache.org/connection-id": "s3_logs"}
    secret = {"name": "any", "namespace": plan.namespace, "labels": labels}
    sandbox.create({"apiVersion": "v1", "kind": "Secret", "metadata": secret, "data": {"value": "e30="}})
    assert "Secret any" not in [label for _, label in prepare(sandbox, plan).labels()]


@pytest.fixture
def sandbox() -> Cluster:
    return Sandbox(pace=0)


def test_the_pods_identity_is_on_every_account() -> None:
    accounts = {
        body["metadata"]["name"]: body["metadata"] for body in bodies(IDENTITY) if body["kind"] == "ServiceAccount"
    }
    assert {pod.template["spec"]["serviceAccountName"] for pod in of_airflow(IDENTITY)} == accounts.keys()
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/airflow-logs"}
    assert [metadata["annotations"] for metadata in accounts.values()] == [role] * 5
    assert not [body for body in bodies(S3) if body["kind"] == "ServiceAccount" and "annotations" in body["metadata"]]


def test_an_identity_needs_no_secret() -> None:
    connection = json.loads(settings(IDENTITY)["AIRFLOW_CONN_S3_LOGS"])
    extra = {"region_name": "eu-central-1", "endpoint_url": "https://s3.eu-central-1.amazonaws.com"}
    assert connection == {"conn_type": "aws", "extra": extra}
    assert all(sources(pod, "AIRFLOW_CONN_S3_LOGS") == [] for pod in of_airflow(IDENTITY))


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        (S3, "s3://acme-airflow-logs/airflow"),
        (IDENTITY, "s3://acme-airflow-logs/production/airflow"),
        (WASB, "wasb://team-a/airflow"),
        (MODULE, None),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_airflow_is_told_where_logs_go(file: Path, folder: str | None) -> None:
    said = settings(file)
    assert said.get("AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER") == folder
    assert said.get("AIRFLOW__LOGGING__REMOTE_LOGGING") == (folder and "True")
    assert said["AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID"] == ("s3_logs" if file in (S3, IDENTITY) else "wasb_logs")


def test_every_process_of_airflow_finds_the_module() -> None:
    said = settings(MODULE)
    assert said["AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS"] == "log_config.LOGGING_CONFIG"
    assert (said["WASB_LOGS_CONTAINER"], said["WASB_LOGS_PREFIX"]) == ("airflow-logs", "airflow")
    for pod in of_airflow(MODULE):
        for container in pod.containers:
            mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert f"{said['PYTHONPATH']}/log_config.py" in mounts, (pod.owner, container["name"])


class Settings:
    """A cluster that knows airflow-config and nothing else."""

    def __init__(self, file: Path) -> None:
        self._body = named(file, "ConfigMap", "airflow-config")

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        return self._body if name == "airflow-config" else None


@pytest.mark.parametrize(
    ("name", "stay"),
    [
        ("laptop", True),
        ("team", False),
        ("logs-s3", True),
        ("logs-s3-service-account", True),
        ("logs-wasb-log-config", True),
    ],
)
def test_verify_knows_whether_logs_stay(name: str, stay: bool) -> None:
    cluster: Any = Settings(PLANS / f"{name}.yaml")
    known: Cluster = cluster
    assert _logs_stay(known, "airflow") is stay


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ("{type: s3, bucket: Acme_Logs, credentials: {type: serviceAccount}}", "logs.bucket"),
        ("{type: s3, bucket: acme, prefix: /a, credentials: {type: serviceAccount}}", "logs.prefix"),
        ("{type: s3, bucket: acme, prefix: ../a, credentials: {type: serviceAccount}}", "logs.prefix"),
        ("{type: s3, bucket: acme}", "logs.credentials"),
        ("{type: s3, bucket: acme, credentials: {type: serviceAccount, region: EU 1}}", "logs.credentials.region"),
        (
            "{type: s3, bucket: acme, credentials: {type: serviceAccount, endpointUrl: 'minio:9000'}}",
            "logs.credentials.endpointUrl",
        ),
        (
            "{type: s3, bucket: acme, credentials: {type: serviceAccount, annotations: role}}",
            "logs.credentials.annotations",
        ),
        ("{type: wasb, container: a--b, connection: {type: file, path: c}}", "logs.container"),
        ("{type: wasb, container: ab, connection: {type: file, path: c}}", "logs.container"),
    ],
)
def test_a_mistake_is_told_at_its_place(answers: str, place: str) -> None:
    assert problems(f"logs: {answers}").keys() == {place}


def test_annotations_can_be_written_in_a_line() -> None:
    head = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
    line = "eks.amazonaws.com/role-arn=arn:aws:iam::1:role/a=b,team=x"
    plan = parse(
        f"{head}logs: {{type: s3, bucket: acme, credentials: {{type: serviceAccount, annotations: '{line}'}}}}"
    )
    accounts = [each.body for each in render(plan).manifests if each.kind == "ServiceAccount"]
    wanted = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a=b", "team": "x"}
    assert len(accounts) == 4
    assert all(body["metadata"]["annotations"] == wanted for body in accounts)
