"""Log-in by LDAP and the ways to the page, as they are rendered: who gets the password, and what follows from a URL."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import bodies, plan_of, pods, rendered
from tests.test_plan import problems
from wizard.airflow_api import AirflowApi
from wizard.blueprints_folder import BLUEPRINTS
from wizard.plan.derived.theme import theme
from wizard.plan.rules import warnings
from wizard.plan.sections.airflow import COLOURS
from wizard.plan.shorthand import groups_of, in_a_line
from wizard.render.hashes import CONFIG_HASH

PLANS = Path(__file__).parent / "plans"
LAPTOP, LDAP, DIRECTORY = PLANS / "laptop.yaml", PLANS / "login-ldap.yaml", PLANS / "login-active-directory.yaml"
INGRESS, PLAIN = PLANS / "access-ingress.yaml", PLANS / "access-ingress-plain.yaml"
MODULE = BLUEPRINTS / "login" / "ldap" / "webserver_config.py"


def named(file: Path, kind: str, name: str) -> dict[str, Any]:
    return next(body for body in bodies(file) if (body["kind"], body["metadata"]["name"]) == (kind, name))


def settings(file: Path, name: str = "airflow-config") -> dict[str, str]:
    found: dict[str, str] = named(file, "ConfigMap", name)["data"]
    return found


def own(file: Path) -> dict[str, str]:
    return settings(file, "airflow-api-server-config")


def api_server(file: Path) -> dict[str, Any]:
    return next(pod.template for pod in pods(file) if pod.owner == "Deployment airflow-api-server")


# LDAP


@pytest.mark.parametrize(
    ("file", "secret", "key"),
    [(LDAP, "airflow-ldap", "bind-password"), (DIRECTORY, "directory", "password")],
    ids=["brought", "existing"],
)
def test_the_api_server_alone_has_the_password(file: Path, secret: str, key: str) -> None:
    for pod in pods(file):
        found = [each for each in pod.main.get("env", []) if each["name"] == "LDAP_BIND_PASSWORD"]
        wanted = [{"name": "LDAP_BIND_PASSWORD", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}]
        assert found == (wanted if "api-server" in pod.owner else []), pod.owner


def test_airflow_is_told_of_the_file_that_is_mounted() -> None:
    container = api_server(LDAP)["spec"]["containers"][0]
    (mount,) = (each for each in container["volumeMounts"] if each.get("subPath") == "webserver_config.py")
    assert mount["mountPath"] == own(LDAP)["AIRFLOW__FAB__CONFIG_FILE"] == "/opt/airflow/webserver_config.py"
    (secret,) = (secret for secret in rendered(LDAP).secrets if secret.name == "airflow-webserver-config")
    assert secret.keys["webserver_config.py"].text == MODULE.read_text("utf-8")


def test_the_settings_are_the_plans() -> None:
    said = own(LDAP)
    assert (said["LDAP_SERVER"], said["LDAP_START_TLS"]) == ("ldap://ldap.example.org:1389", "True")
    assert json.loads(said["LDAP_ROLES"]) == {
        "cn=airflow-admins,ou=groups,dc=example,dc=org": ["Admin", "Op"],
        "cn=Müller & Söhne,ou=groups,dc=example,dc=org": ["Op"],
    }
    assert said["LDAP_CA_FILE"] == "/opt/airflow/ldap-ca/ca.crt"
    assert own(DIRECTORY)["LDAP_CA_FILE"] == "/etc/ssl/certs/ca-certificates.crt"
    assert "LDAP_USER_FILTER" not in said and "LDAP_USER_FILTER" in own(DIRECTORY)


def configured(**environment: str) -> dict[str, Any]:
    """What webserver_config.py sets, with an LDAP library that only takes options."""
    code, found = MODULE.read_text("utf-8"), {}

    def imported(name: str, *_: Any) -> Any:
        return {"os": Module(environ=environment), "json": json, "ldap": Ldap, "flask_appbuilder.const": Constants}[
            "ldap" if name.startswith("ldap") else name
        ]

    exec(compile(code, "webserver_config.py", "exec"), {"__builtins__": {"__import__": imported, **ERRORS}}, found)
    return {name: value for name, value in found.items() if name.isupper()}


class Module:
    def __init__(self, **names: Any) -> None:
        self.__dict__ |= names


Ldap = Module(OPT_NETWORK_TIMEOUT=1, set_option=lambda *_: None, filter=None)
Constants = Module(AUTH_LDAP=2)
ERRORS = {"ImportError": ImportError, "SystemExit": SystemExit}


def test_the_file_turns_settings_into_pythons_own_values() -> None:
    found = configured(**{**own(LDAP), "LDAP_BIND_PASSWORD": "b1nd p@ss,\"w'rd=#é"})
    assert found["AUTH_TYPE"] == 2, "the constant, not its name"
    assert found["AUTH_LDAP_USE_TLS"] is True
    assert found["AUTH_LDAP_TLS_DEMAND"] is True and found["AUTH_LDAP_ALLOW_SELF_SIGNED"] is False
    assert found["AUTH_ROLES_SYNC_AT_LOGIN"] is True and found["AUTH_USER_REGISTRATION_ROLE"] == "Viewer"
    assert found["AUTH_LDAP_BIND_PASSWORD"] == "b1nd p@ss,\"w'rd=#é"
    assert found["AUTH_ROLES_MAPPING"] == json.loads(own(LDAP)["LDAP_ROLES"])
    assert found["AUTH_LDAP_SEARCH_FILTER"] == ""
    directory = configured(**{**own(DIRECTORY), "LDAP_BIND_PASSWORD": "x"})
    assert directory["AUTH_LDAP_USE_TLS"] is False and directory["AUTH_LDAP_UID_FIELD"] == "sAMAccountName"


def test_the_file_reads_what_the_config_map_has() -> None:
    wanted = {
        str(ast.literal_eval(node.slice))
        for node in ast.walk(ast.parse(MODULE.read_text("utf-8")))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ"
    }
    assert wanted - {"LDAP_BIND_PASSWORD"} <= own(LDAP).keys()


def test_people_may_add_to_the_file_and_lose_nothing() -> None:
    from wizard.secrets import make

    (needed,) = (secret for secret in rendered(LDAP).secrets if secret.name == "airflow-webserver-config")
    live = make(needed, "airflow", None).body
    edited = {**live, "data": {"webserver_config.py": "ZWRpdGVk"}}
    made = make(needed, "airflow", edited)
    assert made.what == "keep" and made.body["data"] == edited["data"]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Admin: cn=a,dc=x\n\n Op :  cn=b,dc=x ", {"Admin": ["cn=a,dc=x"], "Op": ["cn=b,dc=x"]}),
        ("Admin: cn=a,dc=x\nAdmin: cn=b: c,dc=x", {"Admin": ["cn=a,dc=x", "cn=b: c,dc=x"]}),
        ({"Admin": "cn=a,dc=x"}, {"Admin": ["cn=a,dc=x"]}),
        ("", {}),
    ],
)
def test_groups_are_lines(text: Any, groups: dict[str, list[str]]) -> None:
    assert groups_of(text) == groups
    assert groups_of(in_a_line(groups)) == groups


LDAP_ANSWERS = (
    "type: ldap, server: 'ldaps://x', bindUser: 'cn=b', userBase: 'dc=x', bindPassword: {type: file, path: p}"
)


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        (LDAP_ANSWERS.replace("ldaps://x", "x"), "login.server"),
        (LDAP_ANSWERS.replace("ldaps://x", "ldap://me:pw@x"), "login.server"),
        (LDAP_ANSWERS + ", startTls: true", "login.server"),
        (LDAP_ANSWERS + ", roles: cn=admins", "login.roles"),
        (LDAP_ANSWERS + ", userFilter: uid=x", "login.userFilter"),
        (LDAP_ANSWERS.replace("dc=x", "people"), "login.userBase"),
        (LDAP_ANSWERS + ", caCertificate: x", "login.caCertificate"),
        ("type: ldap, server: 'ldaps://x', bindUser: 'cn=b', userBase: 'dc=x'", "login.bindPassword"),
    ],
)
def test_a_mistake_of_ldap_is_told_at_its_place(answers: str, place: str) -> None:
    assert problems(f"login: {{{answers}}}").keys() == {place}


def test_clear_text_is_warned_of() -> None:
    def warned(answers: str) -> bool:
        from wizard.plan.file import parse

        head = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
        return any("in the clear" in rule.sentence for rule in warnings(parse(f"{head}login: {{{answers}}}")))

    assert warned(LDAP_ANSWERS.replace("ldaps", "ldap"))
    assert not warned(LDAP_ANSWERS.replace("ldaps", "ldap") + ", startTls: true")
    assert not warned(LDAP_ANSWERS)


# Access


def test_without_a_public_url_no_proxy_is_believed() -> None:
    assert "AIRFLOW__API__BASE_URL" not in settings(LAPTOP)
    assert own(LAPTOP) == {"AIRFLOW__API__EXPOSE_CONFIG": "False"}
    assert api_server(LAPTOP)["spec"]["containers"][0]["args"] == ["api-server"]


@pytest.mark.parametrize(
    ("file", "url", "path"),
    [
        (LDAP, "https://example.org/data/airflow", "/data/airflow"),
        (INGRESS, "https://example.com:8443/airflow", "/airflow"),
        (PLAIN, "http://airflow.local", ""),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_all_addresses_follow_from_the_public_url(file: Path, url: str, path: str) -> None:
    said = settings(file)
    assert said["AIRFLOW__API__BASE_URL"] == url
    assert said["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == f"http://airflow-api-server:8080{path}/execution/"
    assert api_server(file)["spec"]["containers"][0]["args"] == ["api-server", "--proxy-headers"]
    assert own(file)["FORWARDED_ALLOW_IPS"] == "*" and own(file)["AIRFLOW__FAB__ENABLE_PROXY_FIX"] == "True"
    assert own(file).get("AIRFLOW__FAB__COOKIE_SECURE") == ("True" if url.startswith("https") else None)


def test_the_ingress_has_host_and_path_of_the_public_url() -> None:
    ingress = named(INGRESS, "Ingress", "airflow-api-server")
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert (rule["host"], path["path"], path["pathType"]) == ("example.com", "/airflow", "Prefix")
    assert path["backend"] == {"service": {"name": "airflow-api-server", "port": {"name": "api-server"}}}
    assert "ingressClassName" not in ingress["spec"]
    assert ingress["metadata"]["annotations"] == {"cert-manager.io/issuer": "letsencrypt"}
    assert ingress["spec"]["tls"] == [{"hosts": ["example.com"], "secretName": "airflow-tls"}]


def test_an_ingress_can_name_a_class_and_a_certificate_or_neither() -> None:
    ingress, plain = (named(file, "Ingress", "airflow-api-server")["spec"] for file in (DIRECTORY, PLAIN))
    assert ingress["ingressClassName"] == "nginx"
    assert ingress["tls"] == [{"hosts": ["airflow.example.com"], "secretName": "airflow-example-com"}]
    assert plain.keys() == {"rules"}
    assert plain["rules"][0]["http"]["paths"][0]["path"] == "/"


URL = "access: {type: service, publicUrl: %s}"
AN_INGRESS = "access: {type: ingress, publicUrl: %s, tls: %s}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (URL % "example.com", "access.publicUrl"),
        (URL % "https://example.com/?x=1", "access.publicUrl"),
        (URL % "https://me:pw@example.com", "access.publicUrl"),
        (URL % "https://example.com//airflow", "access.publicUrl"),
        (URL % "https://example.com/api/airflow", "access.publicUrl"),
        ("access: {type: ingress}", "access.publicUrl"),
        (AN_INGRESS % ("https://10.0.0.1", "{type: none}"), "access.publicUrl"),
        (AN_INGRESS % ("http://example.com", "{type: secret, name: x}"), "access.publicUrl"),
        (AN_INGRESS % ("https://example.com", "{type: certManager}"), "access.tls.issuer"),
    ],
)
def test_a_mistake_of_access_is_told_at_its_place(text: str, place: str) -> None:
    assert problems(text).keys() == {place}


def test_what_passwords_travel_by_is_warned_of() -> None:
    told = {file: [rule.places[0] for rule in warnings(plan_of(file))] for file in (PLAIN, DIRECTORY, LDAP)}
    assert "access.publicUrl" in told[PLAIN]
    assert "access.publicUrl" not in told[DIRECTORY] + told[LDAP]


# The page


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_eleven_shades_that_airflow_takes(colour: Any) -> None:
    shades = json.loads(theme(colour))["tokens"]["colors"]["brand"]
    assert list(shades) == ["50", *(str(step) for step in range(100, 1000, 100)), "950"]
    parts = [[float(part) for part in shade["value"][len("oklch(") : -1].split(" ")] for shade in shades.values()]
    assert all(0 <= lightness <= 1 and 0 <= chroma <= 0.5 and 0 <= hue <= 360 for lightness, chroma, hue in parts)
    assert [part[0] for part in parts] == sorted((part[0] for part in parts), reverse=True), "from light to dark"


def test_what_only_the_page_shows_restarts_the_api_server_alone() -> None:
    """The directory, the name, the colour: whoever runs tasks doesn't read them."""
    one, other = (
        {pod.owner: pod.template["metadata"].get("annotations", {}).get(CONFIG_HASH) for pod in pods(file)}
        for file in (LAPTOP, PLANS / "page.yaml")
    )
    assert [owner for owner in one if one[owner] != other[owner]] == ["Deployment airflow-api-server"]


# What asks the API


class Settings:
    """A cluster that knows airflow-config alone."""

    def __init__(self, file: Path) -> None:
        self._body = named(file, "ConfigMap", "airflow-config")

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        return self._body if name == "airflow-config" else None


@pytest.mark.parametrize(("file", "prefix"), [(LAPTOP, ""), (LDAP, "/data/airflow"), (PLAIN, "")])
def test_verify_asks_below_the_path(file: Path, prefix: str) -> None:
    cluster: Any = Settings(file)
    assert AirflowApi(cluster, "airflow").prefix == prefix
