"""The answers of a run that was left without saving: kept as one goes, and offered at the next start."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from wizard.errors import UserError
from wizard.plan.profiles import PROFILES
from wizard.questions import Draft, questions
from wizard.saving import save
from wizard.yaml_files import read_yaml, write_yaml


def usual_place() -> Path:
    """Where the XDG Base Directory Specification has what a program remembers between two runs."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return folder / "airflow-wizard" / "draft.yaml"


@dataclass(frozen=True)
class Kept:
    """Answers of an earlier run."""

    draft: Draft
    at: datetime


class KeptDraft:
    """One file, which only its owner can read. It is an aid: where it can't be written or read, nothing is kept."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def keep(self, draft: Draft, plan: Path | None) -> None:
        """Write the answers that are right; a wrong one may be a token in an address, or a private key."""
        answers = _sound(draft).answers()
        text = write_yaml({"plan": _name(plan), "answers": answers})
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            save(self._file, text, mode=0o600)
        except (OSError, UserError):
            return

    def read(self, plan: Path | None) -> Kept | None:
        """What was kept while this plan, or none, was at hand."""
        try:
            at = datetime.fromtimestamp(self._file.stat().st_mtime)
            said: Any = read_yaml(self._file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError, yaml.YAMLError):
            return None
        answers = said.get("answers") if isinstance(said, dict) else None
        if not isinstance(answers, dict) or answers.get("profile") not in PROFILES or said.get("plan") != _name(plan):
            return None
        return Kept(Draft(answers), at)

    def forget(self) -> None:
        """They are in a file or in a cluster now, or not wanted."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            return


def _name(plan: Path | None) -> str:
    return str(plan.resolve()) if plan else ""


def _sound(draft: Draft) -> Draft:
    """The draft without the answers that are wrong."""
    wrong = draft.problems()
    for question in list(questions(draft)):
        if any(f"{place}.".startswith(f"{question.place}.") for place in wrong) and question.kind != "choice":
            draft = draft.with_answer(question.key, None)
    return draft
