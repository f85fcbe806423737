"""The rehearsal in the wizard: asked for on Apply, consented to in its dialog, and gone without a trace."""

from tests.tui.screens import wizard
from wizard.cluster.sandbox import Sandbox
from wizard.plan.model import Plan
from wizard.questions import Draft
from wizard.rehearse.run import KINDS


def left_in(cluster: Sandbox) -> list[str]:
    """What is there of ours: nothing, where all was removed."""
    found = [body for kind in KINDS for body in cluster.list("v1", kind)]
    return [body["metadata"]["name"] for body in found if "airflow-wizard/rehearsal" in str(body)]


async def test_nothing_is_made_before_consent_and_nothing_is_left() -> None:
    cluster = Sandbox(pace=0)
    async with wizard(cluster=cluster) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("tab", "enter")
        await screen.until("To be tried, by a pod each: image.")
        assert "which is made for it and goes again" in " ".join(screen.text.split())
        assert cluster.get("v1", "Namespace", "airflow") is None
        await screen.press("enter")
        await screen.until("All went well. Nothing was applied.")
        assert "in the sandbox nothing is tried" in screen.text
        assert cluster.get("v1", "Namespace", "airflow") is None and not left_in(cluster)
        await screen.press("enter")
        assert screen.app.screen is screen.app.wizard


async def test_escape_ends_it_and_all_is_removed() -> None:
    cluster = Sandbox(pace=1000)
    async with wizard(cluster=cluster) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("tab", "enter")
        await screen.until("To be tried")
        await screen.press("enter")
        await screen.until("its pod starts")
        assert left_in(cluster)
        await screen.press("escape")
        assert screen.app.screen is screen.app.wizard
        await screen.wait_for(lambda: not left_in(cluster), lambda: str(left_in(cluster)))
        await screen.wait_for(lambda: cluster.get("v1", "Namespace", "airflow") is None, lambda: "the namespace stays")


async def test_what_failed_leads_to_its_question() -> None:
    plan = {
        "apiVersion": "airflow-wizard/v1",
        "kind": "Plan",
        "profile": "laptop",
        "login": {
            "type": "ldap",
            "server": "ldaps://ldap.example.org",
            "bindUser": "cn=reader",
            "bindPassword": {"type": "secret", "name": "not-there", "key": "password"},
            "userBase": "ou=people,dc=example,dc=org",
        },
    }
    async with wizard(draft=Draft.of(Plan.model_validate(plan))) as screen:
        await screen.go("apply")
        await screen.until("Try again")
        await screen.press("tab", "enter")
        await screen.until("To be tried")
        await screen.press("enter")
        await screen.until("1 of 2 did not go well.")
        assert "Secret not-there of namespace" in screen.text
        await screen.press("enter")
        await screen.until("Where is the bind user's password?")
        assert screen.app.wizard.step == "login"
