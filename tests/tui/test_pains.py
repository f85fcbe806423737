"""What goes wrong in the demo: told while Apply waits, mended by another answer, and applied anew."""

import re
from typing import Any

import pytest

from tests.tui.screens import wizard
from wizard.cluster.sandbox import Sandbox
from wizard.cluster.sandbox_pains import PAINS
from wizard.commands import demo
from wizard.questions import Draft, Key

NO_RWX = "the class has no volumes of this access mode (logs.storageClass): supports ReadWriteOnce, not ReadWriteMany"
SAID: dict[str, tuple[str, Key, Any]] = {
    "rwx-pending": (NO_RWX, ("logs",), "none"),
    "taint": (
        "→ Add dedicated=batch:NoSchedule to nodes.controlPlane.tolerations, or take it from a node.",
        ("nodes", "controlPlane", "tolerations"),
        "dedicated=batch:NoSchedule",
    ),
    "image": ("the nodes do not reach the image's registry (airflow.image)", ("airflow", "image"), None),
}


@pytest.mark.parametrize("name", PAINS)
async def test_a_pain_is_told_and_another_answer_mends_it(name: str) -> None:
    says, key, answer = SAID[name]
    pain = PAINS[name]
    async with wizard((80, 50), cluster=Sandbox(pace=0, pain=pain), draft=Draft(pain.answers)) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Change the answer and come back here")
        told = " ".join(re.sub(r"\d+\.\d s$", "", screen.text, flags=re.MULTILINE).split())
        assert says in told, told
        await screen.go("apply")
        assert screen.app.wizard.apply_pane.state == "running", "the answers are the same"
        screen.app.session.answer(key, answer)
        await screen.go("apply")
        await screen.until("to change")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")


async def test_a_key_leads_from_what_is_stuck_to_its_answer_and_the_claim_that_waits_is_made_anew() -> None:
    pain = PAINS["rwx-pending"]
    sandbox = Sandbox(pace=0, pain=pain)

    def claim() -> Any:
        return sandbox.get("v1", "PersistentVolumeClaim", "airflow-logs", "airflow")

    async with wizard((80, 50), cluster=sandbox, draft=Draft(pain.answers)) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Change the answer and come back here")
        await screen.until("Go to the answer")
        before = claim()
        await screen.press("enter")
        assert screen.app.wizard.step == "logs"
        await screen.type("shared-storage")
        await screen.go("apply")
        await screen.until("1 to recreate")
        said = " ".join(screen.text.split())
        assert "± PersistentVolumeClaim airflow-logs (deleted and made anew: unbound, holds nothing)" in said, said
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")
    assert (before["spec"]["storageClassName"], before["status"]["phase"]) == ("block-storage", "Pending")
    assert (claim()["spec"]["storageClassName"], claim()["status"]["phase"]) == ("shared-storage", "Bound")
    assert claim()["metadata"]["uid"] != before["metadata"]["uid"]


@pytest.mark.parametrize("name", PAINS)
async def test_answers_that_do_not_meet_it_go_well(name: str) -> None:
    draft = Draft({"nodes": {"controlPlane": {"tolerations": "dedicated=batch:NoSchedule"}}})
    async with wizard(cluster=Sandbox(pace=0, pain=PAINS[name]), draft=draft) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")


def test_all_of_them_can_be_asked_for() -> None:
    assert set(demo.PAINS) == set(PAINS)
