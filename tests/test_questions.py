"""The questions: one for each thing that a plan can say, and a draft that forgets nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.asked import ASKED
from tests.catalogue import every_plan, plan_of
from wizard.plan.file import answers_of, parse
from wizard.plan.model import Plan
from wizard.plan.profiles import defaults
from wizard.plan.walk import keys_at, models_in, tag_of, without_tags
from wizard.questions import PROFILES, Draft, Key, Question, questions
from wizard.steps import STEPS

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: "
CONSTANT = {"apiVersion", "kind", "type"}
CLAIM: Key = ("database", "postgresql", "storage", "claim", "size")
STORAGE: Key = ("database", "postgresql", "storage")


def fields_of_the_plan(model: type[BaseModel] = Plan, key: Key = ()) -> Iterator[Key]:
    """Every key a plan may have and a person decides, with the choices on the way."""
    for name, field in model.model_fields.items():
        part = field.alias or name
        below = models_in(field.annotation)
        if part in CONSTANT:
            continue
        if not below or tag_of(below[0]) is not None:
            yield (*key, part)
        for each in below:
            tag = tag_of(each)
            yield from fields_of_the_plan(each, (*key, part) if tag is None else (*key, part, tag))


EVERY = [each[0] for each in ASKED.values()]
every_one = pytest.mark.parametrize("question", EVERY, ids=lambda question: ".".join(question.key))


def test_all_that_a_plan_can_say_is_asked() -> None:
    assert ASKED.keys() == set(fields_of_the_plan())


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_asked_twice(name: str) -> None:
    draft = Draft()
    draft.answer(("profile",), name)
    places = [question.place for question in questions(draft)]
    assert len(places) == len(set(places))


@every_one
def test_a_question_says_what_it_is_about(question: Question) -> None:
    assert question.title and question.title != question.key[-1]
    assert question.help.endswith((".", "?")) and len(question.help) >= 20
    assert question.docs.startswith("https://") or question.key == ("profile",)
    assert question.step in STEPS


@every_one
def test_a_question_is_of_the_kind_of_its_field(question: Question) -> None:
    annotation = field_at(question.key).annotation
    allowed = {kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)}
    if models_in(annotation) or question.key == ("profile",):
        assert question.kind == "choice" and question.choices
    else:
        text = ("text", "lines")
        assert question.kind in {bool: ("flag",), int: ("number",)}.get(allowed.pop(), text)
    assert question.optional is (type(None) in get_args(annotation))


def field_at(key: Key) -> Any:
    """The field of the plan's model at a question's key."""
    models: list[type[BaseModel]] = [Plan]
    field: Any = None
    for part in key:
        tagged = [model for model in models if tag_of(model) == part]
        if tagged:
            models = tagged
            continue
        field = next(f for model in models for name, f in model.model_fields.items() if part in (f.alias or name,))
        models = models_in(field.annotation)
    return field


@every_one
def test_every_choice_has_its_texts(question: Question) -> None:
    for choice in question.choices:
        assert choice.title and choice.summary.endswith("."), choice.value
        if choice.blocked:
            assert choice.blocked.endswith("."), choice.value
            continue
        assert choice.when.endswith("."), choice.value
        if question.key != ("profile",):
            assert choice.pros and choice.cons, choice.value
    assert len({choice.title for choice in question.choices}) == len(question.choices)


@pytest.mark.parametrize("name", PROFILES)
def test_each_step_asks_only_its_own(name: str) -> None:
    draft = Draft()
    draft.answer(("profile",), name)
    by_step = [question for step in STEPS for question in questions(draft, step)]
    assert sorted(by_step, key=lambda each: each.key) == sorted(questions(draft), key=lambda each: each.key)


@every_plan
def test_a_plan_comes_back_from_its_draft(file: Path) -> None:
    plan = plan_of(file)
    assert Draft.of(plan).plan() == plan


@every_plan
def test_what_holds_is_what_the_plan_says(file: Path) -> None:
    """Each question shows the plan's own value, be it answered, the profile's default or the model's."""
    plan = plan_of(file)
    draft, dumped = Draft.of(plan), plan.model_dump(mode="json", exclude_none=True)
    for question in questions(draft):
        said: Any = dumped
        for part in question.place.split("."):
            said = said.get(part)
        said = said["type"] if question.kind == "choice" and isinstance(said, dict) else said
        assert draft.value(question.key) == said, question.place


def test_an_empty_draft_is_the_laptop() -> None:
    assert Draft().plan() == parse(HEAD + "laptop")
    assert Draft().problems() == {}


def test_a_profile_changes_the_defaults_and_no_answer() -> None:
    draft = Draft()
    draft.answer(("airflow", "version"), "3.3.0")
    assert draft.value(CLAIM) == defaults("laptop")["database"]["storage"]["size"]
    draft.answer(("profile",), "production")
    assert draft.value(CLAIM) == defaults("production")["database"]["storage"]["size"]
    assert draft.value(("airflow", "version")) == "3.3.0"


def test_going_back_and_forth_loses_no_answer() -> None:
    draft = Draft()
    draft.answer(CLAIM, "9Gi")
    draft.answer(STORAGE, "ephemeral")
    assert draft.plan().database.storage.type == "ephemeral"
    assert CLAIM not in {question.key for question in questions(draft)}
    draft.answer(STORAGE, "claim")
    assert draft.value(CLAIM) == "9Gi"
    assert draft.answers()["database"] == {"storage": {"type": "claim", "size": "9Gi"}, "type": "postgresql"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_answer_can_be_taken_back(nothing: Any) -> None:
    draft = Draft()
    draft.answer(CLAIM, "9Gi")
    draft.answer(CLAIM, nothing)
    assert draft.plan() == Draft().plan()
    draft.answer(CLAIM, nothing)


def test_wrong_answers_are_kept_and_told_by_place() -> None:
    draft = Draft()
    draft.answer(("namespace",), "Not OK")
    draft.answer(CLAIM, "much")
    draft.answer(("executor",), "local")
    draft.answer(("executor", "local", "parallelism"), "x")
    assert draft.problems().keys() == {"namespace", "database.storage.size", "executor.parallelism"}
    assert draft.problems().keys() <= {question.place for question in questions(draft)}
    assert draft.value(CLAIM) == "much"


def test_a_plan_without_answers_is_small() -> None:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": "airflow"}
    assert answers_of(Draft().plan()) == head


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        (("database", "postgresql", "image"), ("database", "image")),
        (("database", "storage", "claim", "size"), ("database", "storage", "size")),
        (("database", "storage", "ephemeral", "size"), ("database", "storage", "size")),
        (("database", "storage", "claim"), ("database", "storage")),
        (("quux", "claim"), ("quux", "claim")),
    ],
)
def test_places_have_no_tags(loc: Key, place: Key) -> None:
    assert without_tags(loc) == place


def test_the_keys_at_a_place() -> None:
    assert keys_at(("database", "storage", "claim")) == ["type", "size", "storageClass"]
    assert "airflow" in keys_at(())
    assert keys_at(("quux",)) == []
