"""What to do once it runs: the commands and addresses at the end of `apply`, and none of them holds a secret."""

from pathlib import Path

import pytest

from tests.catalogue import every_plan, plan_of
from wizard.plan.file import parse
from wizard.summary import summary

PLANS = Path(__file__).parent / "plans"


def lines(name: str) -> dict[str, str]:
    return dict(summary(plan_of(PLANS / f"{name}.yaml")).lines())


def test_without_a_public_url_the_page_is_opened_by_port_forward() -> None:
    said = lines("laptop")
    assert said["Open"] == "airflow-wizard open -n airflow"
    assert (said["Page"], said["User"]) == ("http://localhost:8080", "admin")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("access-ingress", "https://example.com:8443/airflow"),
        ("access-ingress-plain", "http://airflow.local"),
        ("login-ldap", "https://example.org/data/airflow"),
    ],
)
def test_a_public_url_is_the_page_and_needs_no_command(name: str, url: str) -> None:
    said = lines(name)
    assert said["Page"] == url
    assert "Open" not in said


def test_with_a_directory_people_are_those_of_the_directory() -> None:
    said = lines("login-active-directory")
    assert said["User"] == "those of ldaps://dc1.corp.example.com"
    assert said["Admin"] == "local-admin, by the REST API alone"
    assert "Admin" not in lines("laptop")


def test_commands_name_their_cluster() -> None:
    plan = parse("apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\nnamespace: data")
    said = summary(plan, "my cluster", "/etc/kube config")
    for command in (said.open, said.password, said.verify):
        assert "-n data --context 'my cluster' --kubeconfig '/etc/kube config'" in command


@every_plan
def test_each_line_has_a_label_that_fits(file: Path) -> None:
    for label, text in summary(plan_of(file)).lines():
        assert 0 < len(label) <= 8 and text
