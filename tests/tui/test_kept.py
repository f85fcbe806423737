"""Answers in no file: kept as one goes, without secrets, for their owner alone, and offered at the next start."""

from pathlib import Path

import pytest

from tests.tui.screens import wizard
from wizard.questions import Draft
from wizard.tui.kept import KeptDraft, usual_place


async def test_answers_that_were_not_saved_are_offered_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "state" / "draft.yaml"
    async with wizard(kept=KeptDraft(file)) as screen:
        await screen.press("tab", "down", "tab")
        await screen.type("seat-3")
        await screen.press("f8")
        assert "seat-3" in file.read_text(), "as one goes, and not only at the end"
        assert file.stat().st_mode & 0o777 == 0o600
    async with wizard(kept=KeptDraft(file)) as screen:
        await screen.until("Answers of an earlier run were not saved.")
        assert "the team profile in namespace" in screen.text and "seat-3" in screen.text
        await screen.press("enter")
        assert "namespace seat-3 · team profile" in screen.lines[0]


async def test_who_begins_anew_is_not_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    KeptDraft(file).keep(Draft({"profile": "team", "namespace": "x"}), None)
    async with wizard(kept=KeptDraft(file)) as screen:
        await screen.until("Answers of an earlier run")
        await screen.press("right", "enter")
        assert "namespace airflow · laptop profile" in screen.lines[0]
    assert not file.exists()


async def test_what_is_saved_is_kept_no_longer(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    async with wizard(kept=KeptDraft(file), path=tmp_path / "plan.yaml") as screen:
        await screen.press("tab", "tab")
        await screen.type("seat-4")
        await screen.press("f8")
        assert file.exists()
        await screen.press("ctrl+s", "enter")
    assert not file.exists()


async def test_without_an_answer_nothing_is_kept(tmp_path: Path) -> None:
    async with wizard(kept=KeptDraft(tmp_path / "draft.yaml")) as screen:
        await screen.press("f8", "f8")
    assert not list(tmp_path.iterdir())


def test_a_wrong_answer_may_be_a_secret_and_is_not_kept(tmp_path: Path) -> None:
    draft = Draft({"profile": "laptop", "namespace": "mine"})
    draft.answer(("dags",), "git-sync")
    draft.answer(("dags", "git-sync", "repository"), "https://me:glpat-planted@git.example.org/acme/dags.git")
    draft.answer(("dags", "git-sync", "ref"), "develop")
    file = tmp_path / "draft.yaml"
    KeptDraft(file).keep(draft, None)
    assert "planted" not in file.read_text()
    kept = KeptDraft(file).read(None)
    assert kept is not None
    assert kept.draft.value(("dags", "git-sync", "ref")) == "develop"
    assert kept.draft.value(("namespace",)) == "mine"


@pytest.mark.parametrize("text", ["", "[", "- a", "answers: {profile: none-such}", "plan: ''\nanswers: 3\n"])
def test_a_file_that_holds_no_draft_is_passed_over(tmp_path: Path, text: str) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(text)
    assert KeptDraft(file).read(None) is None


def test_a_draft_of_another_plan_is_not_offered(tmp_path: Path) -> None:
    kept = KeptDraft(tmp_path / "draft.yaml")
    kept.keep(Draft({"profile": "team", "namespace": "x"}), tmp_path / "one.yaml")
    assert kept.read(tmp_path / "one.yaml") is not None
    assert kept.read(tmp_path / "other.yaml") is None and kept.read(None) is None


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = KeptDraft(tmp_path / "file" / "draft.yaml")
    kept.keep(Draft(), None)
    assert kept.read(None) is None
    kept.forget()


def test_the_place_is_that_of_the_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert usual_place() == tmp_path / "airflow-wizard" / "draft.yaml"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert usual_place() == tmp_path / ".local" / "state" / "airflow-wizard" / "draft.yaml"
