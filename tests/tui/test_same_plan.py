"""The screen, walked by keys alone, and `ask`, answered in lines, come to the same plan."""

import io
import sys

import pytest

from tests.test_ask import PLANS, line_for, session
from tests.tui.screens import Driven, wizard
from wizard.plan.file import load
from wizard.plan.shorthand import in_a_line
from wizard.prompts.interview import Interview
from wizard.prompts.plain import Plain
from wizard.questions import Draft, Key, Question
from wizard.steps import STEPS
from wizard.tui.form import Form

Answered = tuple[Question, object, object]
"""A question, what held before, and what was answered."""


async def choose(screen: Driven, question: Question, wanted: object) -> None:
    """By arrow keys, of which the first takes the first choice where none is taken."""
    values = [choice.value for choice in question.choices]
    for _ in values:
        held = str(screen.app.session.value(question.key))
        if held != str(wanted):
            await screen.press("down" if held not in values or values.index(str(wanted)) > values.index(held) else "up")


async def answer_step(screen: Driven, wanted: Draft) -> list[Answered]:
    """All questions of the step at hand, from field to field by Tab, until it is round."""
    form, answered, seen = screen.app.wizard.query_one(Form), list[Answered](), set[Key]()
    while (field := form.field_at_hand()) and field.question.key not in seen:
        question = field.question
        seen.add(question.key)
        before, after = screen.app.session.value(question.key), wanted.value(question.key)
        if question.kind == "choice":
            await choose(screen, question, after)
        elif question.kind == "flag" and before != after:
            await screen.press("space")
        elif before != after:
            await screen.type(in_a_line(after))
        answered.append((question, before, after))
        await screen.press("tab")
    return answered


@pytest.mark.parametrize("name", ["team", "login-ldap"])
async def test_keys_on_the_screen_and_lines_of_ask_make_the_same_plan(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load(PLANS / f"{name}.yaml")
    answered: list[Answered] = []
    async with wizard(contexts=()) as screen:
        for step in STEPS:
            assert screen.app.wizard.step == step
            answered += await answer_step(screen, Draft.of(plan))
            await screen.press("f8")
        assert screen.app.session.draft.plan() == plan
    here = session()
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(line_for(*each) for each in answered)))
    Interview(here, Plain()).all_steps()
    assert sys.stdin.read() == "", "nothing was asked less than on the screen"
    assert here.draft.plan() == plan
