"""`airflow-wizard ask`: the same questions as on the screen, and the same plan for the same answers."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.catalogue import every_plan
from wizard import prompts
from wizard.asking import kind_of, read
from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.plan.file import load, parse
from wizard.plan.model import Plan
from wizard.plan.shorthand import in_a_line
from wizard.prompts.interview import Interview
from wizard.prompts.keys import Keys
from wizard.prompts.plain import NOTHING, Plain
from wizard.questions import STEPS, Draft, Question, questions
from wizard.session import Session

DOWN, ENTER, CLEAR, END, CTRL_C = "\x1b[B", "\r", "\x15", "\x1b\r", "\x03"
HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: "
PROFILES = ("laptop", "team", "production")


def no_cluster(_: str) -> Cluster:
    raise AssertionError("no context was chosen")


def session(draft: Draft | None = None) -> Session:
    return Session(draft or Draft(), no_cluster, ())


def walked(plan: Plan) -> tuple[Session, list[tuple[Question, object, object]]]:
    """The screen's way to a plan: each question with what held before, and what was answered."""
    there, wanted, seen = session(), Draft.of(plan), []
    for step in STEPS:
        asked: set[tuple[str, ...]] = set()
        while question := next((each for each in there.questions(step) if each.key not in asked), None):
            asked.add(question.key)
            before, after = there.value(question.key), wanted.value(question.key)
            if after != before:
                typed = after if question.kind in ("choice", "flag") else read(question, in_a_line(after))
                there.answer(question.key, typed)
            seen.append((question, before, after))
    return there, seen


def keys_for(question: Question, before: object, after: object) -> str:
    """What somebody presses who wants this answer."""
    kind = kind_of(question, before)
    if kind == "choice":
        can = [choice.value for choice in question.choices if choice.value == before or not choice.blocked]
        at = can.index(str(before)) if before in can else 0
        return DOWN * ((can.index(str(after)) - at) % len(can)) + ENTER
    if kind == "flag":
        return ("y" if after else "n") + ENTER
    if kind == "lines":
        text = in_a_line(after).replace("\n", ENTER) if after != before else ""
        return text + END
    return (CLEAR + in_a_line(after) if after != before else "") + ENTER


def line_for(question: Question, before: object, after: object) -> str:
    """The same on a dumb terminal, where an empty line keeps what holds."""
    if question.kind == "choice":
        can = [choice.value for choice in question.choices if choice.value == before or not choice.blocked]
        return f"{can.index(str(after)) + 1}\n"
    if question.kind == "flag":
        return "y\n" if after else "n\n"
    if after == before:
        return "\n"
    text = in_a_line(after) or NOTHING
    return f"{text}\n.\n" if kind_of(question, before) == "lines" else f"{text}\n"


@pytest.fixture
def typed() -> Iterator[object]:
    """A terminal whose keys come from the test."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


@every_plan
def test_keys_make_the_plan_that_the_screen_makes(file: Path, typed) -> None:  # type: ignore[no-untyped-def]
    screen, seen = walked(load(file))
    here = session()
    interview = Interview(here, Keys())
    for step in STEPS:
        typed.send_text("".join(keys_for(*each) for each in seen if each[0].step == step))
        interview.step(step)
    assert here.draft.plan() == screen.draft.plan() == load(file)


@every_plan
def test_lines_make_the_plan_that_the_screen_makes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, seen = walked(load(file))
    here = session()
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(line_for(*each) for each in seen)))
    Interview(here, Plain()).all_steps()
    assert sys.stdin.read() == "", "nothing was asked less than on the screen"
    assert here.draft.plan() == screen.draft.plan() == load(file)
