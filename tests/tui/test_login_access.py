"""The steps Login and Access, as somebody answers them at 80x24."""

import pytest

from tests.tui.screens import Driven, wizard
from tests.tui.test_layout import overflowing
from wizard.plan.sections.access import Ingress
from wizard.plan.sections.login import Ldap
from wizard.questions import Draft
from wizard.tui.fields import Field

HEAD = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}


async def reach(screen: Driven, place: str) -> None:
    """Go to a question of this step by Tab."""
    for _ in range(30):
        field = screen.app.wizard.query_one("Form").query("Field:focus-within").first(Field)
        if field.question.place == place:
            return
        await screen.press("tab")
    raise AssertionError(f"{place} is not asked:\n{screen.text}")


async def answer(screen: Driven, place: str, text: str) -> None:
    """Go to a question of this step and type."""
    await reach(screen, place)
    await screen.type(text)


async def test_ldap_is_answered_by_typing() -> None:
    async with wizard() as screen:
        await screen.go("login")
        await screen.press("down")
        assert "(●) LDAP" in screen.text
        await answer(screen, "login.server", "ldap://ldap.example.org")
        assert "× is required" not in next(line for line in screen.lines if "Server" in line)
        await answer(screen, "login.bindUser", "cn=reader,dc=example,dc=org")
        await answer(screen, "login.userBase", "ou=people,dc=example,dc=org")
        await answer(screen, "login.roles", "Admin: cn=admins,dc=example,dc=org")
        assert not overflowing(screen)
        draft = screen.app.session.draft
        draft.answer(("login", "ldap", "bindPassword"), "file")
        draft.answer(("login", "ldap", "bindPassword", "file", "path"), "~/password")
        login = draft.plan().login
        assert isinstance(login, Ldap)
        assert login.roles == {"Admin": ["cn=admins,dc=example,dc=org"]}
        await screen.go("access")
        await screen.go("login")
        await screen.until("‼ Names and passwords go to the directory")
        screen.app.session.answer(("login", "ldap", "startTls"), True)
        await screen.go("access")
        await screen.go("login")
        assert "‼" not in screen.text


async def test_groups_of_a_plan_are_shown_as_lines() -> None:
    login = {"type": "ldap", "roles": {"Admin": ["cn=a,dc=x", "cn=b,dc=x"], "Op": ["cn=c,dc=x"]}}
    async with wizard(draft=Draft({**HEAD, "login": login})) as screen:
        await screen.go("login")
        await reach(screen, "login.roles")
        for line in ("Admin: cn=a,dc=x", "Admin: cn=b,dc=x", "Op: cn=c,dc=x"):
            assert line in screen.text


async def test_an_ingress_needs_its_url_and_no_certificate_without_https() -> None:
    async with wizard() as screen:
        await screen.go("access")
        await screen.press("down")
        assert "× is required" in screen.text
        await answer(screen, "access.publicUrl", "http://airflow.example.com")
        await screen.until("Passwords and sessions can be read on the way")
        assert isinstance(screen.app.session.draft.plan().access, Ingress)
        asked = {question.place: question for question in screen.app.session.questions("access")}
        told = {choice.value: choice.blocked for choice in asked["access.tls"].choices}
        assert told["secret"] and told["certManager"] and not told["none"]
        assert not overflowing(screen)


@pytest.mark.parametrize(("step", "choice"), [("login", "ldap"), ("access", "ingress")])
async def test_what_the_choice_brings_in_is_shown(step: str, choice: str) -> None:
    brought = {"login": "+ ConfigMap airflow-ldap-ca", "access": "+ Ingress airflow-api-server"}[step]
    answers = {
        "login": {
            "type": "ldap",
            "server": "ldaps://x",
            "bindUser": "b",
            "bindPassword": {"type": "file", "path": "p"},
            "userBase": "dc=x",
        },
        "access": {"type": "ingress", "publicUrl": "https://example.org/airflow"},
    }
    async with wizard((120, 50), draft=Draft({**HEAD, step: answers[step]})) as screen:
        await screen.go(step)
        await screen.until(brought)
