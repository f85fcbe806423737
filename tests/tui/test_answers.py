"""Answers: never lost, told to be wrong at their field, and what blocks Apply."""

from tests.tui.screens import wizard
from wizard.questions import Draft
from wizard.tui.choice_list import OFF, ON


async def test_going_back_loses_nothing() -> None:
    async with wizard() as screen:
        await screen.press("tab", "tab")
        await screen.type("data-team")
        await screen.walk("executor")
        await screen.press("tab")
        await screen.type("7")
        await screen.walk("cluster")
        assert "data-team" in screen.text
        await screen.go("executor")
        assert "7" in next(line for line in screen.lines if "Tasks at once" in line)


async def test_another_choice_and_back_loses_nothing() -> None:
    async with wizard() as screen:
        screen.app.session.draft.answer(("database", "postgresql", "storage"), "claim")
        screen.app.session.draft.answer(("database", "postgresql", "storage", "claim", "size"), "3Gi")
        await screen.go("database")
        await screen.press("tab", "tab", "down")
        assert f"{ON} In the pod" in screen.text
        assert "How much storage to ask for." not in screen.text
        await screen.press("up")
        await screen.press("pagedown", "tab")
        assert "3Gi" in screen.text


async def test_up_and_down_choose_and_leave_at_the_ends() -> None:
    async with wizard() as screen:
        await screen.press("tab", "down")
        assert f"{ON} Team" in screen.text
        assert f"{OFF} Laptop" in screen.text
        assert "team profile" in screen.text
        await screen.press("down", "down")
        assert "production profile" in screen.text
        await screen.type("below")
        assert screen.app.session.namespace == "below"


async def test_a_click_chooses() -> None:
    async with wizard() as screen:
        await screen.click("Team")
        assert f"{ON} Team" in screen.text
        await screen.click("Airflow")
        assert "Airflow version" in screen.text


async def test_the_profile_changes_the_defaults_of_what_follows() -> None:
    async with wizard() as screen:
        await screen.go("database")
        await screen.press("pagedown")
        assert "2Gi" in screen.text
        screen.app.session.answer(("profile",), "production")
        await screen.go("logs")
        await screen.go("database")
        await screen.press("pagedown")
        assert "20Gi" in screen.text


async def test_the_choice_of_a_cluster_holds_for_the_run_and_is_no_part_of_the_plan() -> None:
    async with wizard() as screen:
        await screen.press("down")
        assert "staging · https://10.0.0.1:6443" in screen.lines[0]
        assert "staging" not in str(screen.app.session.draft.answers())


async def test_a_wrong_answer_is_told_as_one_types() -> None:
    async with wizard() as screen:
        await screen.press("tab", "tab")
        await screen.type("Airflow_1")
        assert "× may hold only lower-case letters, digits" in screen.text
        assert "▸×Cluster" in screen.text
        await screen.type("airflow-1")
        assert "× may" not in screen.text and "▸×" not in screen.text


async def test_a_wrong_answer_blocks_review_and_apply_and_both_lead_to_it() -> None:
    async with wizard() as screen:
        await screen.go("executor")
        await screen.press("tab")
        await screen.type("1000")
        await screen.go("review")
        assert "1 answer is to fix first" in screen.text
        assert "× Executor · Tasks at once:" in screen.text
        await screen.go("apply")
        assert "Nothing can be applied before these answers are mended" in screen.text
        assert "× Executor · Tasks at once:" in screen.text
        await screen.press("enter")
        assert screen.app.wizard.step == "executor"
        await screen.type("8")
        assert "×" not in screen.text, "the focus was on the field to mend"
        await screen.go("review")
        assert "airflow-config" in screen.text


async def test_an_emptied_answer_is_the_default_again() -> None:
    async with wizard(draft=Draft({"profile": "laptop", "namespace": "mine"})) as screen:
        await screen.press("tab", "tab", "end", "ctrl+u")
        assert "namespace airflow" in screen.lines[0]
        assert "airflow" in next(line for line in screen.lines if "Namespace" in line), "in grey, as what holds"


async def test_a_number_that_is_none_is_told() -> None:
    async with wizard() as screen:
        await screen.go("executor")
        await screen.press("tab")
        await screen.type("many")
        assert "× " in screen.text, "in the plan's words"
        assert "many" in screen.text, "and what was typed stays"


async def test_nodes_says_what_there_is() -> None:
    async with wizard() as screen:
        await screen.go("nodes")
        assert "nodes" in screen.text.lower()
        await screen.press("f8")
        assert screen.app.wizard.step == "liveness"


async def test_help_is_of_the_question_at_hand() -> None:
    async with wizard() as screen:
        await screen.go("dags")
        await screen.press("f1")
        assert "How do your DAGs reach Airflow?" in screen.text
        assert "https://airflow.apache.org/" in screen.text
        await screen.press("escape", "tab", "f1")
        assert "DAGs folder" in screen.text
        await screen.press("f1")
        assert screen.app.screen is screen.app.wizard
