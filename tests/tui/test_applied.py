"""In a namespace that holds an installation, the wizard goes on with its answers."""

from typing import Any

from tests.tui.screens import LARGE, wizard
from wizard import apply as applying
from wizard.cluster.sandbox import Sandbox
from wizard.plan.file import complete
from wizard.questions import Draft

HOLDS = "Namespace airflow holds an installation."


def installed(namespace: str = "airflow", made: type[Sandbox] = Sandbox, **answers: Any) -> Sandbox:
    cluster = made(pace=0)
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    plan = complete({**head, "executor": {"type": "kubernetes"}, **answers})
    list(applying.apply(cluster, applying.prepare(cluster, plan)))
    return cluster


async def test_its_answers_are_offered_and_open_with_enter() -> None:
    async with wizard(cluster=installed()) as screen:
        await screen.until(HOLDS)
        await screen.press("enter")
        assert HOLDS not in screen.text
        assert screen.app.session.draft.value(("executor",)) == "kubernetes"
        await screen.go("apply")
        await screen.until("unchanged")
        assert not screen.app.session.changed(), "it is as safe in the cluster as in a file"


async def test_who_wants_to_begin_anew_is_asked_once() -> None:
    async with wizard(cluster=installed()) as screen:
        await screen.until(HOLDS)
        await screen.press("tab", "enter")
        assert screen.app.session.draft.value(("executor",)) == "local"
        await screen.press("f5")
        await screen.go("apply")
        await screen.until("to change")
        assert HOLDS not in screen.text


async def test_answers_of_ones_own_are_not_interrupted() -> None:
    draft = Draft()
    draft.answer(("nodes", "controlPlane", "nodeSelector"), "pool=airflow")
    async with wizard(LARGE, cluster=installed(), draft=draft) as screen:
        await screen.until("√ airflow is there")
        assert HOLDS not in screen.text
        await screen.press("ctrl+p")
        await screen.type("Open the applied")
        await screen.until("Go on with what is applied")
        await screen.press("enter")
        await screen.wait_for(
            lambda: screen.app.session.draft.value(("executor",)) == "kubernetes", lambda: screen.text
        )


async def test_another_namespace_offers_its_own() -> None:
    async with wizard(LARGE, cluster=installed("team")) as screen:
        await screen.until("√ airflow will be created")
        await screen.press("tab", "tab")
        await screen.type("team")
        await screen.press("f8")
        await screen.until("Namespace team holds an installation.")
        await screen.press("escape")
        assert screen.app.session.draft.value(("executor",)) == "kubernetes", "the careful answer"
