"""Log-in by LDAP and a public URL below a path, on a real node: TLS from the start, then StartTLS."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import VARIABLES, CommandLine, variable
from wizard.airflow_api import AirflowApi, ApiError
from wizard.cluster.interface import Cluster, Object
from wizard.watch import PODS
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

PUBLIC = "https://airflow.example.org/data/airflow"
NAME = "Staging: 100% ours"

AS_A_PROXY = """
import http.client, json, re, sys
from urllib.parse import urlencode

def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection("airflow-api-server", 8080, timeout=60)
    proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "airflow.example.org"}
    connection.request(method, "/data/airflow" + path, body, {**proxy, **headers})
    answer = connection.getresponse()
    cookies = answer.headers.get_all("Set-Cookie") or []
    return answer.status, answer.headers.get("Location", ""), cookies, answer.read().decode()

def log_in(username, password):
    _, _, cookies, page = ask("GET", "/auth/login/")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = urlencode({"username": username, "password": password, "csrf_token": token})
    headers = {"Cookie": cookies[0].partition(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
    status, location, after, _ = ask("POST", "/auth/login/", form, Referer="https://airflow.example.org/", **headers)
    return status, location, cookies + after

print(json.dumps({
    "redirects": [ask("GET", path)[:2] for path in ("/api/v2/auth/login", "/auth/login")],
    "forms": [log_in(*person) for person in json.loads(sys.argv[1])],
}))
"""
"""What a proxy in front sends, through the Service, and from another address than 127.0.0.1."""


def plan(tls: dict[str, Any], airflow: dict[str, Any]) -> str:
    """A laptop whose people are in the directory for tests."""
    login = {
        "type": "ldap",
        **tls,
        "caCertificate": Path(variable("LDAP_CA_FILE")).read_text(),
        "bindUser": variable("LDAP_BIND_DN"),
        "bindPassword": {"type": "environment", "variable": f"{VARIABLES}LDAP_BIND_PASSWORD"},
        "userBase": variable("LDAP_USERS_BASE"),
        "roles": {"Admin": [variable("LDAP_ADMINS_GROUP_DN")]},
    }
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "airflow": airflow}
    return write_yaml({**head, "login": login, "access": {"type": "service", "publicUrl": PUBLIC}})


def test_people_of_a_directory_below_a_path(cluster: Cluster, shared: CommandLine) -> None:
    _by_tls(cluster, shared)
    _by_start_tls(cluster, shared)


def _by_tls(cluster: Cluster, wizard: CommandLine) -> None:
    tls = {"server": variable("LDAP_LDAPS_URI")}
    wizard.plan.write_text(plan(tls, {"instanceName": NAME, "colour": "teal", "exposeConfig": True}))
    assert PUBLIC in wizard.ok("apply", "--yes").out
    assert "as admin" in wizard.ok("verify").err, "the admin of Airflow's own table, and a task below the path"

    alice, bob = _people(cluster, wizard.namespace)
    roles = alice.call("GET", "/auth/fab/v1/users/alice")["roles"]
    assert {role["name"] for role in roles} == {"Admin", "Viewer"}
    assert alice.call("GET", "/api/v2/connections")["connections"] == []
    assert bob.call("GET", "/api/v2/dags")["total_entries"] >= 1
    assert _refused(bob, "/api/v2/connections") == 403

    assert alice.call("GET", "/api/v2/config")["sections"]
    page = alice.call("GET", "/ui/config")
    print({key: page[key] for key in ("instance_name", "theme")})
    assert page["instance_name"] == NAME
    assert page["theme"]["tokens"]["colors"]["brand"]["500"]["value"].endswith(" 190.0)")

    seen = _as_a_proxy(cluster, wizard.namespace)
    assert seen["redirects"] == [[307, f"{PUBLIC}/auth/login/"], [308, f"{PUBLIC}/auth/login/"]]
    (status, location, cookies), (refused, back, _) = seen["forms"]
    assert status == 302 and "login" not in location
    assert all("Path=/data/airflow" in cookie and "Secure" in cookie for cookie in cookies), cookies
    assert refused == 302 and "/auth/login/" in back, "the page asks the directory alone"

    password = variable("LDAP_BIND_PASSWORD")
    readable = str([*_running(cluster, wizard.namespace), *cluster.list("v1", "ConfigMap", wizard.namespace)])
    assert password not in readable and base64.b64encode(password.encode()).decode() not in readable


def _by_start_tls(cluster: Cluster, wizard: CommandLine) -> None:
    before = _names(cluster, wizard.namespace)
    tls = {"server": variable("LDAP_URI"), "startTls": True}
    wizard.plan.write_text(plan(tls, {}))
    wizard.ok("apply", "--yes")
    after = _names(cluster, wizard.namespace)
    assert {name.rsplit("-", 2)[0] for name in before - after} == {"airflow-api-server"}, "nothing else restarted"

    alice, _ = _people(cluster, wizard.namespace)
    assert alice.call("GET", "/api/v2/connections")["connections"] == []
    assert _refused(alice, "/api/v2/config") == 403


def _people(cluster: Cluster, namespace: str) -> tuple[AirflowApi, AirflowApi]:
    """Alice and bob, logged in; alice is kept out with a wrong password first."""
    alice, bob = AirflowApi(cluster, namespace), AirflowApi(cluster, namespace)
    with pytest.raises(ApiError) as wrong:
        alice.login_as("alice", "wrong")
    assert wrong.value.status == 401
    alice.login_as("alice", variable("LDAP_ALICE_PASSWORD"))
    bob.login_as("bob", variable("LDAP_BOB_PASSWORD"))
    return alice, bob


def _refused(person: AirflowApi, path: str) -> int:
    with pytest.raises(ApiError) as error:
        person.call("GET", path)
    return error.value.status


def _as_a_proxy(cluster: Cluster, namespace: str) -> Any:
    """What the page answers when alice logs in, and when the admin of Airflow's own table tries to."""
    secret = cluster.get("v1", "Secret", "airflow-admin", namespace)
    assert secret is not None
    admin = [base64.b64decode(secret["data"][key]).decode() for key in ("username", "password")]
    people = json.dumps([["alice", variable("LDAP_ALICE_PASSWORD")], admin])
    (pod,) = (name for name in _names(cluster, namespace) if name.startswith("airflow-scheduler-"))
    code, out, err = cluster.exec(namespace, pod, "scheduler", ["python", "-c", AS_A_PROXY, people])
    assert code == 0, err
    return json.loads(out)


def _running(cluster: Cluster, namespace: str) -> list[Object]:
    pods = cluster.list("v1", "Pod", namespace, labels=PODS)
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]


def _names(cluster: Cluster, namespace: str) -> set[str]:
    return {str(pod["metadata"]["name"]) for pod in _running(cluster, namespace)}
