"""Rules about several answers: each names answers that exist, and refuses in all the places where answers are taken."""

from typing import Any

import pytest

from tests.asked import ASKED
from wizard.plan.file import PlanErrors, complete
from wizard.plan.rules import RULES, Beginning, Rule, blocked, said_by, warnings
from wizard.questions import Draft, questions, with_blocked

HEAD = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
ONE_NODE = {"type": "volume", "claim": {"type": "new", "accessMode": "ReadWriteOnce"}}
APART = {"antiAffinity": {"type": "hard"}}

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: " ".join(rule.places))


@every_rule
def test_a_rule_names_answers_that_exist(rule: Rule) -> None:
    asked = {question.place: question for group in ASKED.values() for question in group}
    for place, answers in rule.when.items():
        choices = {
            choice.value
            for group in ASKED.values()
            for question in group
            if question.place == place
            for choice in question.choices
        }
        assert place in asked, place
        assert not choices or set(answers) <= choices, place


@every_rule
def test_a_rule_is_a_sentence(rule: Rule) -> None:
    assert rule.sentence[0].isupper() and rule.sentence.endswith(".")


def example(answer: Any) -> Any:
    return answer.example if isinstance(answer, Beginning) else answer


@every_rule
def test_a_rule_holds_with_its_answers_and_with_no_other(rule: Rule) -> None:
    said = {place: example(answers[0]) for place, answers in rule.when.items()}
    assert rule.holds(said)
    for place in rule.places:
        assert not rule.holds({**said, place: "something else"})
        assert not rule.holds({other: said[other] for other in said if other != place})


def test_what_a_plan_says_is_what_its_draft_says() -> None:
    draft = Draft({**HEAD, "dags": ONE_NODE})
    said = said_by(draft.plan())
    both = said.keys() & draft.said().keys()
    assert {"dags", "dags.claim.accessMode", "executor", "namespace"} <= both
    assert {place: said[place] for place in both} == {place: draft.said()[place] for place in both}


def test_a_refused_combination_is_no_plan() -> None:
    with pytest.raises(PlanErrors) as refused:
        complete({**HEAD, "dags": ONE_NODE, "nodes": APART})
    assert list(refused.value.problems) == ["dags.claim.accessMode"]
    assert warnings(complete({**HEAD, "dags": ONE_NODE}))


def test_a_choice_that_would_be_refused_is_blocked_with_the_reason() -> None:
    draft = Draft({**HEAD, "dags": ONE_NODE})
    (question,) = (each for each in questions(draft, "nodes") if each.place == "nodes.antiAffinity")
    (judged,) = with_blocked([question], draft)
    told = {choice.value: choice.blocked for choice in judged.choices}
    assert told["hard"] == blocked(draft.said(), "nodes.antiAffinity", "hard") != ""
    assert told["soft"] == told["none"] == ""


def test_what_can_never_be_had_is_shown_with_the_reason() -> None:
    shown = {choice.value: choice for group in ASKED.values() for choice in group[0].choices if choice.blocked}
    assert {"config-map", "dask", "sqlite"} <= shown.keys()
    assert all(choice.summary and choice.blocked.endswith(".") for choice in shown.values())


def test_a_sentence_names_the_answers() -> None:
    redundant = {"type": "redundant", "schedulers": 3}
    plan = complete({**HEAD, "nodes": APART, "availability": redundant})
    (told,) = (rule.sentence for rule in warnings(plan) if "availability" in rule.places)
    assert "3 for schedulers, 2 for api-servers, 2 for dag-processor and triggerer" in told
