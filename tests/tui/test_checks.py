"""What the wizard knows of the cluster: beside each question, on the rail, in Review; asked in the background."""

import threading
from typing import Any

from tests.tui.screens import LARGE, wizard
from wizard.cluster.interface import Object, Unreachable
from wizard.cluster.sandbox import Sandbox
from wizard.questions import Draft
from wizard.steps import RAIL


async def test_a_fact_stands_beside_its_question() -> None:
    async with wizard(LARGE) as screen:
        await screen.until("√ airflow will be created")
        assert "√ Kubernetes v1.34.0" in screen.text
        await screen.go("nodes")
        await screen.until("√ the node can take the control")


async def test_what_would_wait_is_told_at_the_field_and_on_the_rail() -> None:
    draft = Draft()
    draft.answer(("nodes", "controlPlane", "nodeSelector"), "pool=airflow")
    async with wizard(LARGE, draft=draft) as screen:
        await screen.go("nodes")
        await screen.until("‼ No node takes")
        await screen.go("liveness")
        assert f"‼ {RAIL['nodes']}" in screen.text
        await screen.go("review")
        assert "√ 5  ‼ 1" in screen.text
        assert "asked just now; F5 asks it again" in screen.text


async def test_another_section_that_is_not_finished_hides_no_fact() -> None:
    draft = Draft()
    draft.answer(("database",), "existing")
    draft.answer(("nodes", "controlPlane", "nodeSelector"), "pool=airflow")
    async with wizard(draft=draft) as screen:
        await screen.go("nodes")
        await screen.until("‼ No node takes the control plane")


async def test_f5_asks_again() -> None:
    cluster = Sandbox(pace=0)
    async with wizard(LARGE, cluster=cluster) as screen:
        await screen.until("√ airflow will be created")
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "airflow"}})
        await screen.press("f5")
        await screen.until("√ airflow is there")


async def test_another_namespace_is_looked_at_when_its_step_is_left() -> None:
    cluster = Sandbox(pace=0)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}})
    async with wizard(LARGE, cluster=cluster) as screen:
        await screen.until("√ airflow will be created")
        await screen.press("tab", "tab")
        await screen.type("team")
        await screen.press("f8", "f7")
        await screen.until("√ team is there")


async def test_a_cluster_that_does_not_answer_blocks_no_key() -> None:
    answer = threading.Event()

    class Slow(Sandbox):
        def list(self, *about: Any, **how: Any) -> list[Object]:  # type: ignore[override]
            answer.wait(30)
            return super().list(*about, **how)

    async with wizard(cluster=Slow(pace=0)) as screen:
        try:
            await screen.press("f8", "f8")
            assert "▸ DAGs" in screen.text
            await screen.go("review")
            assert "not asked yet" in screen.text
        finally:
            answer.set()
        await screen.until("√ 7")


async def test_of_a_cluster_that_is_not_there_nothing_is_told() -> None:
    class Gone(Sandbox):
        def version(self) -> str:
            raise Unreachable("nobody answers")

    async with wizard(cluster=Gone(pace=0)) as screen:
        await screen.go("review")
        await screen.settled()
        assert "not asked yet" in screen.text


async def test_enter_on_what_is_to_fix_leads_there() -> None:
    draft = Draft()
    draft.answer(("database",), "existing")
    async with wizard(draft=draft) as screen:
        await screen.go("review")
        await screen.press("enter")
        assert "▸× Database" in screen.text.replace("▸×Database", "▸× Database"), screen.text


async def test_an_answer_of_the_cluster_that_comes_while_fields_are_mounted_waits_for_them() -> None:
    async with wizard() as screen:
        for step in ("nodes", "cluster", "database", "logs", "nodes"):
            await screen.app.wizard.go(step)
            screen.app.wizard.action_look()
            await screen.press("f8")
        await screen.go("nodes")
        await screen.until("√ the node can take the control")


async def test_each_choice_says_what_it_would_mean_here_before_it_is_taken() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("logs")
        await screen.until("× here: Claim airflow-logs asks for")
        assert "(×)" in screen.text
        assert screen.app.session.draft.plan().logs.type == "none", "nothing was taken"
        await screen.press("f1")
        box = " ".join(line[line.find("│") + 1 : line.rfind("│")].strip() for line in screen.lines if "│" in line)
        assert "No class here offers it" in box, "the help has the way out too"


async def test_what_choices_mean_follows_the_answers() -> None:
    async with wizard() as screen:
        await screen.go("dags")
        await screen.until("3 pods would clone the repository")
        screen.app.session.answer(("executor",), "kubernetes")
        await screen.go("dags")
        await screen.until("2 pods, and one per task, would clone")


async def test_what_choices_would_mean_is_thought_about_while_keys_are_taken() -> None:
    async with wizard() as screen:
        for _ in range(3):
            await screen.press("f8", "tab", "down", "f8", "f7")
        await screen.go("executor")
        await screen.until("here: Task logs stay in the worker")


async def test_what_is_missing_is_shown_with_an_example() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("dags")
        await screen.press("down")
        await screen.until("+ ConfigMap airflow-git-sync")
        assert "examples in place of: Repository" in " ".join(line[75:].strip() for line in screen.lines)
