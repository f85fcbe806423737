"""Everything fits 80x24, nothing hangs on colour, and importing the face costs nobody else."""

import subprocess
import sys

import pytest
from textual.widget import Widget

from tests.tui.make_screenshots import PLANS
from tests.tui.make_snapshots import HERE
from tests.tui.screens import LARGE, SMALL, Driven, wizard
from wizard.cluster.kubeconfig import Context
from wizard.plan.file import load
from wizard.questions import Draft
from wizard.steps import RAIL, STEPS
from wizard.tui.fields import Field
from wizard.tui.form import Form
from wizard.tui.yaml_view import YamlView

LONG = [
    Context(
        "arn:aws:eks:eu-west-1:123456789012:cluster/production-data-platform",
        "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
        "default",
        True,
    )
]


def overflowing(screen: Driven) -> list[str]:
    """Widgets that reach beyond the screen's sides, and containers that scroll sideways; YAML may."""
    width = screen.app.size.width
    found = []
    for widget in screen.app.screen.walk_children(Widget):
        if (
            not widget.display
            or not widget.region
            or any(isinstance(node, YamlView) for node in widget.ancestors_with_self)
        ):
            continue
        around = widget.parent.region if isinstance(widget.parent, Widget) else widget.region
        beyond = widget.region.x < around.x or widget.region.right > min(around.right, width)
        if beyond or (widget.is_scrollable and widget.max_scroll_x > 0):
            found.append(f"{widget} {widget.region} in {around}")
    return found


@pytest.mark.parametrize("size", [SMALL, (100, 30), LARGE])
async def test_every_step_fits(size: tuple[int, int]) -> None:
    async with wizard(size, contexts=LONG) as screen:
        for step in RAIL:
            await screen.go(step)
            await screen.settled()
            await screen.wait_for(lambda: not overflowing(screen), lambda: str(overflowing(screen)))
            assert "namespace airflow · laptop profile" in screen.lines[0], "never cut off"


async def test_dialogs_fit() -> None:
    async with wizard() as screen:
        for key in ("f1", "ctrl+s"):
            await screen.press(key)
            assert not overflowing(screen), key
            await screen.press("escape")


async def test_fields_that_do_not_fit_are_scrolled_to() -> None:
    async with wizard() as screen:
        await screen.go("database")
        for _ in range(4):
            await screen.press("tab")
            focused = screen.app.focused
            assert focused is not None
            assert focused.region.y > 0 and focused.region.bottom < 24


@pytest.mark.parametrize("name", ["laptop", "database-existing"])
async def test_the_title_of_the_question_with_the_focus_is_seen_on_the_way_through_all_of_them(name: str) -> None:
    draft = Draft.of(load(PLANS / f"{name}.yaml"))
    async with wizard(draft=draft, contexts=HERE, sandbox=True) as screen:
        form = screen.app.wizard.query_one(Form)
        for step in STEPS:
            await screen.go(step)
            await screen.wait_for(lambda: not form.considering, lambda: screen.text)
            for key in ("tab", "shift+tab"):
                for _ in form.query(Field):
                    field = form.field_at_hand()
                    assert field is not None
                    parts = [field.query(".title").first().region, field.in_sight.region]
                    inside = [form.region.contains_region(part) for part in parts]
                    assert all(inside), f"{step}: {field.question.title}\n{screen.text}"
                    await screen.press(key)


async def test_what_a_choice_would_mean_is_not_cut_off() -> None:
    async with wizard(contexts=HERE, sandbox=True) as screen:
        await screen.go("executor")
        await screen.until("choose where logs go to keep them. 0.1 CPU and 512Mi for each task")
        assert "…" not in screen.text


async def test_the_rail_is_one_line_at_80_columns_and_a_column_at_120() -> None:
    async with wizard() as screen:
        await screen.go("logs")
        assert "▸ Logs" in screen.lines[1] and "· Database" in screen.lines[1] and f"6/{len(RAIL)}" in screen.lines[1]
    async with wizard(LARGE) as screen:
        assert [line[:15].split()[-1] for line in screen.lines[2 : 2 + len(RAIL)]] == list(RAIL.values())


async def test_letters_are_only_typed() -> None:
    async with wizard() as screen:
        await screen.press("tab", "tab")
        await screen.press("end", "ctrl+u", *"nqhxs")
        assert screen.app.session.namespace == "nqhxs"
        assert screen.app.wizard.step == "cluster"


async def test_without_colour_the_state_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with wizard() as screen:
        assert "(●) Laptop" in screen.text and "( ) Team" in screen.text
        assert "▌ Which cluster?" in screen.text, "a bar stands beside the question with the focus"


def test_the_face_imports_no_kubernetes_and_no_markdown() -> None:
    unwanted = "{'kubernetes', 'markdown_it', 'questionary'}"
    code = f"import sys, wizard.tui.app; print(*{unwanted} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_asking_whether_it_is_usable_imports_no_textual() -> None:
    code = "import sys, wizard.tui; wizard.tui.usable(); print('textual' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
