"""The report of an installation whose pods find no node, with secret values planted where somebody may put them."""

import base64
import io
import json
import os
import re
import stat
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.cluster.test_apply import plan, send
from tests.cluster.test_nodes import wait_until
from wizard.cluster.interface import Cluster
from wizard.cluster.real import connect
from wizard.commands import run
from wizard.errors import Exit
from wizard.redact import MASK, parts_of
from wizard.status import components
from wizard.yaml_files import read_yaml

pytestmark = pytest.mark.cluster

Output = pytest.CaptureFixture[str]

THEIRS = {
    "password": "t#eir p@ss/w:rd%1'x\"\\y",
    "uri": "postgresql://someone:t0p%2Fsecret+1@db.example.com:5432/airflow",
    "port": "5432",
    "user": "airflow",
    "pgpass": "db.example.com:5432:airflow:someone:from-a-pgpass-file\n",
    "key.pem": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAabcdef\nQUFBQUFBQUFB\n-----END PRIVATE KEY-----\n",
}
LOGS = {
    "type": "s3",
    "bucket": "acme-logs",
    "credentials": {"type": "connection", "source": {"type": "secretsBackend"}},
}
CONNECTION = '{"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "conn/ect+ion-key", "extra": {}}'
PARTS = ["conn/ect+ion-key", "t0p/secret+1", "t0p%2Fsecret+1", "MC4CAQAwBQYDK2VwBCIEIAabcdef", "QUFBQUFBQUFB"]
"""What is secret in these by itself."""

DATABASE = {
    "type": "existing",
    "host": "db.example.com",
    "password": {"type": "secret", "name": "their.credentials", "key": "password"},
}


def report(namespace: str, *more: str, kubeconfig: str = "") -> int:
    kubeconfig = kubeconfig or os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    return run(["report", "-n", namespace, "--kubeconfig", kubeconfig, *more])


def files_of(content: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
        members = tar.getmembers()
        assert {(each.mode, each.uname, each.uid) for each in members} == {(0o600, "", 0)}
        assert len({each.mtime for each in members}) == 1
        names = [each.name for each in members]
        assert names == sorted(names) and len(set(names)) == len(names)
        return {each.name.partition("/")[2]: _text(tar, each) for each in members}


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member)
    assert file is not None
    return file.read().decode()


def secret(namespace: str, name: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
    }


def planted(values: list[str]) -> list[str]:
    """Each value as somebody may have written it."""
    whole = "|".join(values).encode()
    return [
        *values,
        *(base64.b64encode(value.encode()).decode() for value in values),
        *(base64.urlsafe_b64encode(value.encode()).decode() for value in values),
        *(f"postgresql://u:{quote(value, safe='')}@h/d?x={quote_plus(value)}" for value in values),
        json.dumps({"said": values}),
        json.dumps(json.dumps(values)),
        repr(values),
        base64.b64encode(whole).decode(),
    ]


def forms(value: str) -> set[str]:
    encoded = base64.b64encode(value.encode()).decode().rstrip("=")
    return {value, encoded, encoded.replace("+", "-").replace("/", "_"), quote(value), quote(value, safe="")} | {
        quote_plus(value),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
    }


def secrets_of(cluster: Cluster, namespace: str) -> list[str]:
    """What nobody may learn: the values that were made, and theirs."""
    found = []
    for body in cluster.list("v1", "Secret", namespace):
        for key, encoded in body["data"].items():
            value = base64.b64decode(encoded).decode().strip()
            found += [value] if key not in ("username", "user", "port", "POSTGRES_USER", "POSTGRES_DB") else []
    return found


def plant(cluster: Any, namespace: str, values: list[str]) -> None:
    """By another manager: into an annotation, a variable, a ConfigMap and an event."""
    texts = planted(values)
    annotations = {f"example.com/note-{n}": text for n, text in enumerate(texts)}
    container = {"name": "scheduler", "env": [{"name": "NOTE", "value": "\n".join(texts)}]}
    scheduler = {"apiVersion": "apps/v1", "kind": "Deployment"}
    body = {
        **scheduler,
        "metadata": {"name": "airflow-scheduler", "namespace": namespace, "annotations": annotations},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    cluster.apply(body, manager="somebody", force=True)
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-config", "namespace": namespace}}
    data = {f"NOTE_{n}": text for n, text in enumerate(texts)} | {
        "MY_TOKEN": "nobody-knows",
        "nested.yaml": f"a: {texts}",
        "AIRFLOW__CORE__LOAD_EXAMPLES": texts[0],
    }
    cluster.apply({**config, "data": data}, manager="somebody", force=True)
    for n, text in enumerate(texts):
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"planted-{n}", "namespace": namespace},
            "involvedObject": {**scheduler, "name": "airflow-scheduler", "namespace": namespace},
            "reason": "Planted",
            "message": f"planted {n}: {text[:900]}",
            "type": "Warning",
            "lastTimestamp": f"2026-01-12T09:14:{n % 60:02}Z",
        }
        cluster.create(event)


def test_no_secret_is_in_it_and_all_that_helps(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output
) -> None:
    cluster.create(secret(namespace, "their.credentials", THEIRS))
    labelled = secret(namespace, "found-by-its-label", {"value": CONNECTION})
    labelled["metadata"]["labels"] = {"airflow.apache.org/connection-id": "s3_logs"}
    cluster.create(labelled)
    send(cluster, plan(namespace))
    send(cluster, plan(namespace, database=DATABASE, logs=LOGS))
    values = [*secrets_of(cluster, namespace), *PARTS]
    assert len(values) >= 16
    plant(cluster, namespace, values)
    wait_until(
        lambda: all(each.state.way_out for each in components(cluster, namespace)),
        lambda: components(cluster, namespace),
    )
    path = tmp_path / "report.tar.gz"
    assert report(namespace, "-o", str(path)) == Exit.OK
    said = capsys.readouterr()
    assert said.out == f"{path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and list(tmp_path.iterdir()) == [path]
    files = files_of(path.read_bytes())
    everything = "\n".join([*files, *files.values(), said.err])
    for value in values:
        for part in {part for part in parts_of(value) if len(part) >= 4}:
            for form in forms(part) - {"db.example.com", "airflow"}:
                assert form not in everything, (value, form)
    assert "nobody-knows" not in everything and cluster.server not in everything
    holds_what_helps(files, namespace)


def holds_what_helps(files: dict[str, str], namespace: str) -> None:
    assert "errors.txt" not in files, files["errors.txt"]
    trees = {name: read_yaml(text) for name, text in files.items() if name.endswith((".yaml", ".json"))}
    assert all(trees.values()) and len(trees) > 20, "what was taken out leaves YAML and JSON whole"
    assert read_yaml(files["plan.yaml"])["database"]["host"] == "db.example.com"
    assert [each["revision"] for each in json.loads(files["history.json"])] == [1, 2]
    told = json.loads(files["status.json"])
    assert [each["wanted"] for each in told["components"]] == [1] * 4 and not told["ready"]
    assert {each["check"] for each in json.loads(files["check.json"])} >= {"secrets", "rights", "size"}
    assert f"-  AIRFLOW__CORE__LOAD_EXAMPLES: {MASK}" in files["diff.txt"]
    scheduler = read_yaml(files["objects/deployment-airflow-scheduler.yaml"])
    assert "managedFields" not in scheduler["metadata"]
    notes = [text for key, text in scheduler["metadata"]["annotations"].items() if "/note-" in key]
    assert len(notes) > 40 and all(MASK in note for note in notes), notes
    text = files["objects/deployment-airflow-scheduler.yaml"]
    for readable in ("secretKeyRef:", "name: airflow-fernet-key", "key: fernet-key", "docker.io/apache/airflow:3.3.2"):
        assert readable in text
    assert "AIRFLOW__CORE__EXECUTOR: LocalExecutor" in files["objects/configmap-airflow-config.yaml"]
    listed = {each["name"]: each for each in read_yaml(files["objects/secrets.yaml"])}
    assert listed["their.credentials"]["keys"] == sorted(THEIRS) and not listed["their.credentials"]["ours"]
    assert listed["airflow-fernet-key"]["ours"]
    events = files["events.txt"].splitlines()
    times = [line[:19] for line in events if line.startswith("2")]
    assert len(times) > 50 and times == sorted(times)
    assert any("Pod/airflow-scheduler-" in line and "FailedScheduling" in line for line in events)
    assert sum(" Planted: planted " in line for line in events) > 40
    assert any(name.startswith("objects/pod-airflow-scheduler-") for name in files)
    assert f"namespace {namespace}" in files["version.txt"] and "Kubernetes v1." in files["version.txt"]
    assert "look through the files" in " ".join(files["README.txt"].split()) and MASK in files["README.txt"]


def test_nothing_is_written_over(cluster: Cluster, namespace: str, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    assert report(namespace, "-o", str(path)) == Exit.USAGE
    assert "is there already, and nothing was written" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert report(namespace, "-o", str(tmp_path / "no" / "file")) == Exit.USAGE
    assert report(namespace, "-o", str(tmp_path / "other")) == Exit.FAILED
    assert f"applied nothing in namespace {namespace}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_has_a_name_of_its_own_or_goes_to_stdout(
    cluster: Cluster, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    send(cluster, plan(namespace))
    monkeypatch.chdir(tmp_path)
    assert report(namespace) == Exit.OK
    (path,) = tmp_path.iterdir()
    assert re.fullmatch(rf"airflow-report-{namespace}-\d{{8}}-\d{{6}}\.tar\.gz", path.name)
    assert capfdbinary.readouterr().out == f"{path.name}\n".encode()
    assert report(namespace, "-o", "-") == Exit.OK
    assert files_of(capfdbinary.readouterr().out).keys() >= {"README.txt", "plan.yaml", "status.json"}
    assert list(tmp_path.iterdir()) == [path]


def test_what_may_not_be_read_is_told_beside_the_rest(
    cluster: Cluster, namespace: str, nobody: Path, tmp_path: Path, capsys: Output
) -> None:
    send(cluster, plan(namespace))
    metadata = {"name": "reader", "namespace": namespace}
    rules = [{"apiGroups": [""], "resources": ["configmaps", "services"], "verbs": ["get", "list"]}]
    rbac = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": metadata}
    cluster.create({**rbac, "kind": "Role", "rules": rules})
    subjects = [{"kind": "ServiceAccount", "name": "nobody", "namespace": namespace}]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    cluster.create({**rbac, "kind": "RoleBinding", "roleRef": role, "subjects": subjects})
    reader = connect(str(nobody))
    wait_until(lambda: reader.may("list", "configmaps", namespace=namespace), lambda: "no right yet")
    path = tmp_path / "report.tar.gz"
    assert report(namespace, "-o", str(path), kubeconfig=str(nobody)) == Exit.OK
    files, said = files_of(path.read_bytes()), capsys.readouterr().err
    for what in ("objects of kind Deployment", "objects of kind Pod", "Secret airflow-db", "status", "diff", "events"):
        assert re.search(rf"^{what}: .*not allowed|^{what}: .*may not|^{what}: .*forbid", files["errors.txt"], re.M), (
            what
        )
        assert f"left out   {what}: " in said
    assert "The values of Secret airflow-db could not be read" in said
    assert "NOT looked for: the values of Secret airflow-db" in files["README.txt"]
    assert files.keys() >= {"plan.yaml", "history.json", "objects/configmap-airflow-config.yaml"}
