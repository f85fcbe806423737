"""Which database, as it is rendered: who finds it where, with which password, and how much one of our own may take."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import Pod, bodies, pods, rendered
from tests.test_plan import HEAD, problems
from wizard.plan.file import parse
from wizard.plan.rules import warnings
from wizard.render import render

PLANS = Path(__file__).parent / "plans"
LAPTOP = PLANS / "laptop.yaml"
CLOUD, SECRET = PLANS / "database-existing.yaml", PLANS / "database-existing-secret.yaml"
PUBLIC, REQUIRE = PLANS / "database-existing-public-ca.yaml", PLANS / "database-existing-require.yaml"
MYSQL, MYSQL_SECRET = PLANS / "database-mysql.yaml", PLANS / "database-mysql-secret.yaml"
EXISTING = [CLOUD, SECRET, PUBLIC, REQUIRE, MYSQL, MYSQL_SECRET]


def info(file: Path) -> dict[str, str]:
    found: dict[str, str] = next(body for body in bodies(file) if body["metadata"]["name"] == "database-info")["data"]
    return found


def control_plane(file: Path) -> list[Pod]:
    return [pod for pod in pods(file) if pod.template["metadata"]["labels"]["airflow-wizard/role"] == "control-plane"]


def settings(container: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value") or each["valueFrom"] for each in container["env"]}


@pytest.mark.parametrize("file", EXISTING, ids=lambda file: file.stem)
def test_a_database_that_is_there_makes_none(file: Path) -> None:
    made = {(body["kind"], body["metadata"]["name"]) for body in bodies(file)}
    assert not {name for _, name in made if "postgres" in name}
    assert len(control_plane(file)) == 4


def test_where_it_is_stands_apart_from_its_secret() -> None:
    assert info(LAPTOP) == {"POSTGRES_HOST": "postgres-db", "POSTGRES_PORT": "5432"}
    assert info(CLOUD) == {
        "POSTGRES_HOST": "airflow.cluster-c1.eu-central-1.rds.amazonaws.com",
        "POSTGRES_PORT": "6432",
        "POSTGRES_USER": "airflow@acme",
        "POSTGRES_DB": "data-airflow",
        "POSTGRES_SSLMODE": "verify-full",
    }
    assert info(MYSQL) == {
        "MYSQL_HOST": "mysql.example.com",
        "MYSQL_PORT": "3307",
        "MYSQL_USER": "team",
        "MYSQL_DATABASE": "team_airflow",
    }


@pytest.mark.parametrize(
    ("file", "variable", "name", "key"),
    [
        (LAPTOP, "POSTGRES_PASSWORD", "airflow-db", "POSTGRES_PASSWORD"),
        (CLOUD, "POSTGRES_PASSWORD", "airflow-db-existing", "POSTGRES_PASSWORD"),
        (SECRET, "POSTGRES_PASSWORD", "airflow.postgres.credentials", "password"),
        (MYSQL, "MYSQL_PASSWORD", "airflow-db-mysql", "MYSQL_PASSWORD"),
        (MYSQL_SECRET, "MYSQL_PASSWORD", "mysql-airflow", "password"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_every_process_has_the_password_from_its_secret(file: Path, variable: str, name: str, key: str) -> None:
    for pod in control_plane(file):
        migrations = next(each for each in pod.template["spec"]["initContainers"] if each["name"] == "migrations")
        for container in (migrations, pod.main):
            assert settings(container)[variable] == {"secretKeyRef": {"name": name, "key": key}}, pod.owner


def test_the_password_of_a_database_of_our_own_is_never_another_ones() -> None:
    """A plan may go to another database and come back: the data still wants the first password."""
    ours = {secret.name for secret in rendered(LAPTOP).secrets}
    assert "airflow-db" in ours
    assert not [file for file in EXISTING for secret in rendered(file).secrets if secret.name == "airflow-db"]


@pytest.mark.parametrize(
    ("file", "ca"),
    [(CLOUD, "/etc/database-ca/ca.crt"), (PUBLIC, "/etc/ssl/certs/ca-certificates.crt"), (REQUIRE, None)],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_the_authority_is_known_to_every_process(file: Path, ca: str | None) -> None:
    for pod in control_plane(file):
        for container in pod.containers:
            assert settings(container).get("POSTGRES_SSLROOTCERT") == ca, (pod.owner, container["name"])
            mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert ("/etc/database-ca" in mounts) is (ca is not None)


def test_airflow_is_told_the_url_of_its_other_driver_where_tls_is_asked_for() -> None:
    """asyncpg, for which Airflow would make one, takes no sslmode in a URL."""
    program = "python /opt/airflow/scripts/airflow_database.py"
    for file, asynchronous in (
        (CLOUD, f"{program} psycopg"),
        (SECRET, f"{program} psycopg"),
        (LAPTOP, None),
        (MYSQL, None),
    ):
        for pod in control_plane(file):
            assert settings(pod.main)["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"] == program
            assert settings(pod.main).get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC_CMD") == asynchronous


@pytest.mark.parametrize(
    ("answers", "cpu", "memory", "limit"),
    [
        ("profile: laptop", "100m", "256Mi", "1Gi"),
        ("profile: team", "500m", "1Gi", "1Gi"),
        ("profile: production", "2", "4Gi", "4Gi"),
        ("profile: laptop\ndatabase: {cpu: '0.5', memory: 1000M}", "0.5", "1000M", "1Gi"),
        ("profile: laptop\ndatabase: {memory: 1074M}", "100m", "1074M", "1074M"),
        ("profile: laptop\ndatabase: {memory: 1.5Gi}", "100m", "1.5Gi", "1.5Gi"),
    ],
)
def test_what_a_database_of_our_own_may_take(answers: str, cpu: str, memory: str, limit: str) -> None:
    dags = "dags: {type: image}\n"
    plan = parse(f"apiVersion: airflow-wizard/v1\nkind: Plan\n{dags}{answers}")
    body = next(each.body for each in render(plan).manifests if each.label == "Deployment postgres-db")
    resources = body["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert resources == {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}


PASSWORD = {"type": "file", "path": "p"}


@pytest.mark.parametrize(
    ("answers", "place", "sentence"),
    [
        ({"host": "postgres://db:5432/airflow"}, "host", "must be a host or an address alone, such as db.example.com"),
        ({"host": "db.example.com:5432"}, "host", "must be a host or an address alone"),
        ({"host": "me:s3cret@db"}, "host", "must be a host or an address alone"),
        ({"host": "localhost"}, "host", "is the pod itself, to a pod"),
        ({"host": "127.0.0.1"}, "host", "is the pod itself, to a pod"),
        ({"host": "::1"}, "host", "is the pod itself, to a pod"),
        ({"port": 0}, "port", "must be 1 or more"),
        ({"port": 65536}, "port", "must be 65535 or less"),
        ({"port": "5432x"}, "port", "must be a whole number"),
        ({"name": ""}, "name", "must be a name of at most 64 characters, in one line"),
        ({"user": "a\nb"}, "user", "must be a name of at most 64 characters, in one line"),
        ({"password": "s3cret"}, "password", "must be a mapping of keys to values, such as {type: secret}"),
        ({"sslmode": "require"}, "sslmode", "is no key of a plan"),
    ],
)
@pytest.mark.parametrize("kind", ["existing", "mysql"])
def test_a_mistake_is_told_at_its_place(kind: str, answers: dict[str, Any], place: str, sentence: str) -> None:
    database = {"type": kind, "host": "db.example.com", "password": PASSWORD, **answers}
    told = problems(json.dumps({"database": database})[1:-1])
    assert told.keys() == {f"database.{place}"}
    assert told[f"database.{place}"].startswith(sentence)
    assert "s3cret" not in str(told)


@pytest.mark.parametrize(
    ("answers", "place", "sentence"),
    [
        ("{type: existing, host: db}", "password", "is required"),
        ("{type: existing, password: {type: file, path: p}}", "host", "is required"),
        ("{cpu: two}", "cpu", "must be a number of CPUs such as 500m or 2"),
        ("{cpu: '0'}", "cpu", "must be a number of CPUs such as 500m or 2"),
        ("{cpu: 2}", "cpu", "must be text; put it in quotes"),
        ("{memory: 4}", "memory", "must be text; put it in quotes"),
        (
            "{type: existing, host: db, password: {type: file, path: p}, tls: {type: verify-ca}}",
            "tls",
            "type 'verify-ca' is not one of 'disable', 'prefer', 'require', 'verify-full'",
        ),
        (
            "{type: existing, host: db, password: {type: file, path: p}, tls: {type: verify-full, caCertificate: x}}",
            "tls.caCertificate",
            "is no certificate; it starts with -----BEGIN CERTIFICATE-----",
        ),
        ("{type: sqlite}", "", "type 'sqlite' is not one of 'postgresql', 'existing', 'mysql'"),
    ],
)
def test_what_only_some_databases_are_asked(answers: str, place: str, sentence: str) -> None:
    assert problems(f"database: {answers}") == {f"database.{place}".removesuffix("."): sentence}


@pytest.mark.parametrize("host", ["db", "db.example.com", "10.0.0.5", "fd00::5", "my_db.databases.svc", "a-1.b"])
def test_hosts_that_pods_may_reach(host: str) -> None:
    plan = parse(f"{HEAD}database: {{type: existing, host: '{host}', password: {{type: file, path: p}}}}")
    assert plan.model_dump()["database"]["host"] == host


def test_a_plain_connection_is_warned_of() -> None:
    database = "database: {type: existing, host: db, password: {type: file, path: p}, tls: {type: %s}}"
    assert warnings(parse(HEAD + database % "prefer")) == []
    (warning,) = warnings(parse(HEAD + database % "disable"))
    assert warning.places == ("database.tls",) and "not encrypted" in warning.sentence
