"""The questions, in order, made from the plan's model and the texts beside the blueprints.

Every front asks these: the steps of the TUI, the prompts, the reference. A `Draft` holds what was answered so far; it
may be incomplete or wrong, says so by place, and forgets nothing when another choice is taken and then the first again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args

from pydantic.fields import FieldInfo

from wizard.blueprints_folder import BLUEPRINTS
from wizard.plan.file import PlanErrors, answers_of, complete
from wizard.plan.model import API_VERSION, Plan
from wizard.plan.profiles import PROFILES, Answers, defaults, profile
from wizard.plan.rules import blocked
from wizard.plan.walk import Model, models_in, tag_of
from wizard.yaml_files import read_yaml

Key = tuple[str, ...]
"""Where an answer belongs, with the choices on the way: `("database", "postgresql", "storage", "claim", "size")`."""


@dataclass(frozen=True)
class Choice:
    """One of several: its value in the plan, and the texts of its card."""

    value: str
    title: str
    summary: str
    when: str = ""
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    blocked: str = ""
    """Why it can't be taken; empty for one that can."""


@dataclass(frozen=True)
class Question:
    """What is asked, and where the answer goes."""

    key: Key
    place: str
    """As errors name it: `database.storage.size`."""
    step: str
    title: str
    help: str
    docs: str
    kind: Literal["choice", "text", "lines", "number", "flag"]
    optional: bool
    default: Any
    """What holds without an answer: the profile's default, else the plan's."""
    choices: tuple[Choice, ...] = ()
    picks: str = ""
    """What names of the cluster at hand it may hold, as `wizard.picks` calls them."""
    examples: tuple[str, ...] = ()
    """Of a text that must be given, answers that would do."""


class Draft:
    """The answers so far. Empty where nothing was answered: then the profile's and the plan's defaults hold."""

    def __init__(self, answers: Answers | None = None) -> None:
        self.given: dict[Key, Any] = {}
        self._asked: tuple[dict[Key, Any], tuple[Question, ...]] | None = None
        self._made: tuple[dict[Key, Any], Plan | PlanErrors] | None = None
        if answers:
            self._take(answers)

    @classmethod
    def of(cls, plan: Plan) -> "Draft":
        """The draft that makes this plan."""
        return cls(answers_of(plan))

    @property
    def profile(self) -> str:
        """The name of the profile whose defaults hold."""
        return str(self.given.get(("profile",), PROFILES[0]))

    def asked(self) -> tuple[Question, ...]:
        """The questions that apply now: made once for the same answers, since each key press asks many times."""
        known = self._asked
        if known is None or known[0] != self.given:
            profiled = {**defaults(self.profile), "profile": self.profile}
            self._asked = known = dict(self.given), tuple(_below(Plan, (), "", profiled, self))
        return known[1]

    def value(self, key: Key) -> Any:
        """What holds now for a question: the answer, else the profile's default, else the plan's; None for nothing."""
        if key in self.given:
            return self.given[key]
        return next((question.default for question in questions(self) if question.key == key), None)

    def answer(self, key: Key, value: Any) -> None:
        """Answer a question. None or an empty text takes an answer back."""
        if value is None or value == "":
            self.given.pop(key, None)
        else:
            self.given[key] = value

    def with_answer(self, key: Key, value: Any) -> "Draft":
        """Another draft, with one answer more or another one; this one stays as it is."""
        draft = Draft()
        draft.given = dict(self.given)
        draft.answer(key, value)
        return draft

    def answers(self) -> Answers:
        """In the shape of a plan's file: every choice that holds, and what was answered to the questions below it."""
        tree: Answers = {"apiVersion": API_VERSION, "kind": "Plan", "profile": self.profile}
        for question in questions(self):
            value = self.given.get(question.key, question.default if question.kind == "choice" else None)
            if value is None or question.key == ("profile",):
                continue
            part = tree
            *above, last = question.place.split(".")
            for name in above:
                part = part.setdefault(name, {})
            part[last] = {"type": value} if question.kind == "choice" else value
        return tree

    def plan(self) -> Plan:
        """The plan of these answers, made once as `asked` is. Raises `PlanErrors`."""
        known = self._made
        if known is None or known[0] != self.given:
            made: Plan | PlanErrors
            try:
                made = complete(self.answers(), "these answers")
            except PlanErrors as errors:
                made = errors
            self._made = known = dict(self.given), made
        if isinstance(known[1], PlanErrors):
            raise known[1].with_traceback(None)
        return known[1]

    def said(self) -> dict[str, Any]:
        """What holds now, by place: the answers that `wizard.plan.rules` looks at."""
        return {question.place: self.given.get(question.key, question.default) for question in questions(self)}

    def problems(self) -> dict[str, str]:
        """What is wrong, by place; empty for a draft that makes a plan."""
        try:
            self.plan()
        except PlanErrors as errors:
            return errors.problems
        return {}

    def wrong(self, question: Question, value: Any) -> str:
        """What is wrong with this answer by itself, in a sentence; empty for nothing. Whether it goes with the others,
        `problems` says: one of them may be what is to change."""
        other = Draft()
        other.given = dict(self.given)
        other.answer(question.key, value)
        try:
            other.plan()
        except PlanErrors as errors:
            alone = {place: said for place, said in errors.problems.items() if place not in errors.unfit}
            return next((said for place, said in alone.items() if _within(place, question.place)), "")
        return ""

    def _take(self, answers: Answers) -> None:
        for name in ("profile", "namespace"):
            if name in answers:
                self.given[(name,)] = answers[name]
        # A choice's own questions appear once it is taken: go round until nothing new does.
        taken = -1
        while taken != len(self.given):
            taken = len(self.given)
            for question in questions(self):
                part: Any = answers
                for name in question.place.split("."):
                    part = part.get(name) if isinstance(part, dict) else None
                if question.kind == "choice" and isinstance(part, dict):
                    part = part.get("type")
                if part is not None:
                    self.given[question.key] = part


def _within(place: str, wanted: str) -> bool:
    return place == wanted or place.startswith(f"{wanted}.")


def questions(draft: Draft, step: str = "") -> Iterator[Question]:
    """The questions that apply with the answers so far, of one step or of all."""
    return (question for question in draft.asked() if step in ("", question.step))


def with_blocked(asked: list[Question], draft: Draft) -> list[Question]:
    """The same questions, with the reason beside each choice that would not work with the other answers."""
    said = draft.said()
    return [
        replace(question, choices=tuple(_judged(choice, question, said) for choice in question.choices))
        for question in asked
    ]


def _judged(choice: Choice, question: Question, said: dict[str, Any]) -> Choice:
    reason = choice.blocked or blocked(said, question.place, choice.value)
    return replace(choice, blocked=reason) if reason else choice


def _below(model: Model, key: Key, place: str, profiled: Answers, draft: Draft) -> Iterator[Question]:
    """The questions of one part of the plan; `profiled` are the profile's defaults for it."""
    for name, field in model.model_fields.items():
        part = field.alias or name
        if part in ("apiVersion", "kind", "type"):
            continue
        here, there = (*key, part), f"{place}.{part}" if place else part
        models = models_in(field.annotation)
        if models and tag_of(models[0]) is None:
            # Below a section, the part's title tells its questions from those of its twin.
            group = f"{field.title} " if key and field.title else ""
            for question in _below(models[0], here, there, profiled.get(part, {}), draft):
                yield replace(question, title=group + question.title)
            continue
        default = profiled.get(part, None if field.is_required() else field.get_default())
        default = _tag(default, models) if models else default
        yield _question(field, here, there, models, default)
        chosen = draft.given.get(here, default)
        under = profiled.get(part, {}) if chosen == default and models else {}
        for below in models:
            if tag_of(below) == chosen:
                yield from _below(below, (*here, str(chosen)), there, under, draft)


def _question(field: FieldInfo, key: Key, place: str, models: list[Model], default: Any) -> Question:
    extra: Any = field.json_schema_extra or {}
    annotation = str(field.annotation)
    texts = (extra["choices"],) if "choices" in extra else key
    choices = tuple(_choice(texts, str(tag_of(model))) for model in models) + (_not_offered(texts) if models else ())
    if key == ("profile",):
        choices = tuple(Choice(name, **{k: v for k, v in profile(name).items() if k != "plan"}) for name in PROFILES)
    kind: Any = "flag" if "bool" in annotation else "number" if "int" in annotation else extra.get("kind", "text")
    return Question(
        key=key,
        place=place,
        step=str(extra.get("step") or key[0]),
        title=field.title or key[-1],
        help=field.description or "",
        docs=str(extra.get("docs", "")),
        kind="choice" if choices else kind,
        optional=type(None) in get_args(field.annotation),
        default=default,
        choices=choices,
        picks=str(extra.get("picks", "")),
        examples=tuple(field.examples or ()),
    )


def _tag(value: Any, models: list[Model]) -> Any:
    """Of the default for a part with choices, the choice; the only one there is needs no asking."""
    tag = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return tag_of(models[0]) if tag is None and len(models) == 1 else tag


@cache
def _choice(key: Key, value: str) -> Choice:
    texts = read_yaml(BLUEPRINTS.joinpath(*key, value, "choice.yaml").read_text("utf-8"))
    pros, cons, needs = (tuple(texts.get(name, ())) for name in ("pros", "cons", "needs"))
    return Choice(value, texts["title"], texts["summary"], texts.get("when", ""), pros, cons, needs)


@cache
def _not_offered(key: Key) -> tuple[Choice, ...]:
    """What people look for at a question and can't have: folders whose `choice.yaml` says `notOffered` and why."""
    found = []
    for file in sorted(BLUEPRINTS.joinpath(*key).glob("*/choice.yaml")):
        texts = read_yaml(file.read_text("utf-8"))
        if "notOffered" in texts:
            found.append(Choice(file.parent.name, texts["title"], texts["summary"], blocked=texts["notOffered"]))
    return tuple(found)
