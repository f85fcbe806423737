"""Saving the plan: under a name, whole, and never over something else unasked."""

from pathlib import Path

import pytest

from tests.tui.screens import wizard
from wizard.plan.file import load
from wizard.questions import Draft
from wizard.saving import save


async def test_the_plan_is_saved_under_its_usual_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with wizard() as screen:
        await screen.press("tab", "tab")
        await screen.type("seat-1")
        await screen.press("ctrl+s")
        assert "airflow-plan.yaml" in screen.text
        await screen.press("enter")
        await screen.until("The plan is in airflow-plan.yaml.")
    assert load(tmp_path / "airflow-plan.yaml").namespace == "seat-1"
    assert [file.name for file in tmp_path.iterdir()] == ["airflow-plan.yaml"]


async def test_other_content_is_not_overwritten_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "airflow-plan.yaml"
    there.write_text("somebody's work")
    async with wizard() as screen:
        await screen.press("ctrl+s", "enter")
        assert "airflow-plan.yaml is there already, with other content." in screen.text
        await screen.press("enter")
        assert there.read_text() == "somebody's work", "Enter again is no consent"
        await screen.press("ctrl+s", "enter", "right", "enter")
        assert load(there).profile == "laptop"


async def test_another_name_after_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "airflow-plan.yaml").write_text("somebody's work")
    async with wizard() as screen:
        await screen.press("ctrl+s", "enter", "shift+tab")
        await screen.type("mine.yaml")
        assert "already" not in screen.text
        await screen.press("enter")
    assert load(tmp_path / "mine.yaml").profile == "laptop"
    assert (tmp_path / "airflow-plan.yaml").read_text() == "somebody's work"


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with wizard(path=tmp_path / "gone" / "plan.yaml") as screen:
        await screen.press("ctrl+s", "enter")
        assert "cannot be written" in screen.text.replace("\n", " ")


async def test_a_draft_that_is_no_plan_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with wizard() as screen:
        await screen.press("tab", "tab")
        await screen.type("NO")
        await screen.go("logs")
        await screen.press("ctrl+s")
        await screen.until("Nothing was saved")
        assert screen.app.wizard.step == "cluster"
    assert not list(tmp_path.iterdir())


async def test_a_plan_that_was_read_is_saved_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    async with wizard(draft=Draft({"profile": "laptop", "namespace": "x"}), path=path) as screen:
        await screen.press("ctrl+s", "enter")
    assert load(path).namespace == "x"


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    save(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600
