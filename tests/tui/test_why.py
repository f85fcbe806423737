"""Why a line is there, and what an answer brings in: one key each way. And only keys that do something are shown."""

from tests.tui.screens import LARGE, SMALL, Driven, wizard
from wizard.questions import Draft
from wizard.steps import RAIL
from wizard.tui.yaml_view import YamlView


async def point_at(screen: Driven, text: str) -> None:
    """Move the pointer down to the line with this text."""
    for _ in range(400):
        if any("▸" in line and text in line for line in screen.lines):
            return
        await screen.press("down")
    raise AssertionError(f"no line {text}:\n{screen.text}")


async def test_from_an_answer_to_its_lines_and_back_to_it() -> None:
    for size in (SMALL, LARGE):
        async with wizard(size) as screen:
            await screen.go("executor")
            await screen.press("tab", "f3")
            assert "What Tasks at once brings in: 1 object" in screen.text
            assert "▸+   AIRFLOW__CORE__PARALLELISM: '4'" in screen.text, "the pointer is at its line"
            assert "AIRFLOW__CORE__EXECUTOR" not in screen.text, "which is no line of this answer"
            await screen.until("F3 why: Executor → Tasks")
            await screen.press("f3")
            assert "▌ Tasks at once" in screen.text, "the focus is on the question"
            assert not isinstance(screen.app.focused, YamlView)


async def test_a_choice_has_lines_in_many_objects() -> None:
    async with wizard(draft=Draft({"profile": "laptop", "executor": {"type": "kubernetes"}})) as screen:
        await screen.go("executor")
        await screen.press("f3")
        assert "+ Role" in screen.text
        assert "What Where do tasks run? brings in" in screen.text
        await screen.press("escape")
        await screen.until("▌ Where do tasks run?")


async def test_from_any_line_of_review_to_its_question() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("review")
        await screen.press("ctrl+f", *"parallelism", "enter")
        await screen.press("f2")
        await point_at(screen, "PARALLELISM")
        await screen.until("F3 why: Executor → Tasks at once → 4")
        await screen.press("enter")
        assert "▸ Executor" in screen.text and "▌ Tasks at once" in screen.text


async def test_a_line_that_every_airflow_has_says_so() -> None:
    async with wizard() as screen:
        await screen.go("review")
        await screen.press("ctrl+f", *"airflow-triggerer", "enter", "f2")
        await screen.until("F3 why: every Airflow has it")


async def test_a_question_without_lines_says_so() -> None:
    async with wizard() as screen:
        await screen.press("f3")
        await screen.until("No line of a manifest")
        assert "▌ Which cluster?" in screen.text


async def test_changed_lines_are_marked_by_a_sign() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("executor")
        await screen.press("tab")
        await screen.type("7")
        await screen.until("~   AIRFLOW__CORE__PARALLELISM: '7'")


async def test_keys_that_do_nothing_are_not_shown() -> None:
    async with wizard() as screen:
        for step in RAIL:
            await screen.go(step)
            await screen.settled()
            first, last = step == "cluster", step == "apply"
            keys = screen.lines[-1]
            assert ("F7 back" in keys) is not first, step
            assert ("F8 next" in keys) is not last, step
            assert ("F2 preview" in keys) is not last, step
