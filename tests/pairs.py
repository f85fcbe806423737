"""The pairs: plans in which any two answers meet, save where a rule says that they can't.

An answer is a choice, a flag, or whether a text is given where it may be left out. Rows are made greedily and always
the same: each begins with two answers that haven't met yet and takes, question after question, what meets most of the
rest. What is written into a text comes from the plans of tests/plans, so that a person has thought of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from tests.asked import ASKED
from tests.catalogue import FILES, Object, Pod, bodies, plan_of, pods
from wizard.plan.model import Plan
from wizard.plan.rules import RULES, Rule
from wizard.questions import Draft, Key, questions
from wizard.render.text import text_of_manifest

GIVEN, LEFT_OUT = "given", "left out"
Answer = tuple[Key, Any]
Pair = frozenset[Answer]


@dataclass
class Row:
    """One combination of answers."""

    answers: dict[Key, Any] = field(default_factory=dict)

    def takes(self, answer: Answer) -> bool:
        """Whether the answer, and the choices that lead to its question, fit what is there and break no rule."""
        wanted = {**needs(answer[0]), answer[0]: answer[1]}
        if any(self.answers.get(key, value) != value for key, value in wanted.items()):
            return False
        return not refused({**self.answers, **wanted})

    def take(self, answer: Answer) -> None:
        """Add it."""
        self.answers |= {**needs(answer[0]), answer[0]: answer[1]}


@cache
def options(key: Key) -> tuple[Any, ...]:
    """The answers to a question that count as different."""
    question = ASKED[key][0]
    if question.kind == "choice":
        return tuple(choice.value for choice in question.choices if not choice.blocked)
    if question.kind == "flag":
        return (True, False)
    ruled = {
        value for rule in RULES if rule.refused for value in rule.when.get(question.place, ()) if value is not None
    }
    may_be_left_out = question.optional or all(each.default is not None for each in ASKED[key])
    return (GIVEN, LEFT_OUT, *sorted(ruled)) if may_be_left_out else (GIVEN, *sorted(ruled))


@cache
def needs(key: Key) -> dict[Key, str]:
    """The choices that lead to a question."""
    above = [key[:end] for end in range(1, len(key))]
    return {part: key[len(part)] for part in above if part in ASKED and key[len(part)] in options(part)}


def refused(answers: dict[Key, Any]) -> Rule | None:
    """The rule that these answers break."""
    said = {ASKED[key][0].place: None if answer == LEFT_OUT else answer for key, answer in answers.items()}
    return next((rule for rule in RULES if rule.refused and rule.holds(said)), None)


@cache
def pairs() -> tuple[set[Pair], dict[Pair, Rule]]:
    """All pairs of answers that can meet, and by pair the rule that keeps others apart."""
    every = [(key, option) for key in ASKED for option in options(key)]
    can, cannot = set(), {}
    for one, other in combinations(every, 2):
        together = {**needs(one[0]), one[0]: one[1]}
        both = {**together, **needs(other[0]), other[0]: other[1]}
        if not (together.items() <= both.items()) or one[0] == other[0]:
            continue
        rule = refused(both)
        if rule is None:
            can.add(frozenset((one, other)))
        else:
            cannot[frozenset((one, other))] = rule
    return can, cannot


@cache
def rows() -> list[Row]:
    """Rows in which all pairs that can meet do."""
    missing, made = set(pairs()[0]), []
    for pair in sorted(missing, key=lambda pair: sorted(map(str, pair))):
        if pair in missing:
            row = _row(pair, missing)
            missing -= met(row)
            made.append(row)
    return made


def met(row: Row) -> set[Pair]:
    """The pairs that meet in a row."""
    return {frozenset(pair) for pair in combinations(row.answers.items(), 2)}


def _row(pair: Pair, missing: set[Pair]) -> Row:
    row = Row()
    for answer in sorted(pair, key=str):
        row.take(answer)
    for key in ASKED:
        if key not in row.answers and needs(key).items() <= row.answers.items():
            fit = [(key, option) for option in options(key) if row.takes((key, option))]
            row.take(max(fit, key=lambda answer: sum(frozenset((answer, a)) in missing for a in row.answers.items())))
    return row


@dataclass(frozen=True)
class PairsPlan:
    """The plan of one row. `stem` names it in tests, as a file's does."""

    number: int

    @property
    def stem(self) -> str:
        return f"pairs-{self.number:03}"

    def draft(self) -> Draft:
        """The row's answers, with texts filled in."""
        answers, draft = rows()[self.number].answers, Draft()
        draft.given = {key: value for key, value in answers.items() if value not in (GIVEN, LEFT_OUT)}
        texts = [key for key, value in answers.items() if value == GIVEN]
        for key in texts:
            draft.given[key] = known_texts(key)[self.number % len(known_texts(key))]
        for key in [*texts, *texts]:  # twice: a part that is wrong hides how others fit together
            for text in known_texts(key):
                if ASKED[key][0].place in draft.problems():
                    draft.given[key] = text  # the other answers want another kind of it
        return draft

    def plan(self) -> Plan:
        """As a plan."""
        return self.draft().plan()


PAIRS = [PairsPlan(number) for number in range(len(rows()))]

every_combination = pytest.mark.parametrize("file", [*FILES, *PAIRS], ids=lambda file: file.stem)
"""Runs a test once for each plan of tests/plans and for each row of pairs, with the argument `file`."""


@cache
def known_texts(key: Key) -> list[Any]:
    """What may be written where a text is given: the plans' own answers to this question, else to one like it."""
    alike = (samples().get(key[start:], []) for start in range(len(key)))
    known = (value for each in alike for value in each if value not in options(key))
    return _distinct(known) or [ASKED[key][0].default]


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += [] if value in found else [value]
    return found


@cache
def samples() -> dict[Key, list[Any]]:
    """What the plans of tests/plans answer, by question, and by the last parts of its key: a Secret's name is a name
    wherever one is asked for."""
    found: dict[Key, list[Any]] = {}
    for file in FILES:
        draft = Draft.of(plan_of(file))
        for question in questions(draft):
            value = draft.given.get(question.key)
            for start in range(len(question.key) if value is not None else 0):
                known = found.setdefault(question.key[start:], [])
                known += [] if value in known else [value]
    return found


@cache
def distinct_objects() -> list[Object]:
    """Each object that some row renders to, once."""
    return list({text_of_manifest(body): body for row in PAIRS for body in bodies(row)}.values())


@cache
def distinct_pods() -> list[Pod]:
    """Each pod that some row renders to, once."""
    return list({text_of_manifest(pod.template): pod for row in PAIRS for pod in pods(row)}.values())


def renamed(objects: list[Object]) -> list[Object]:
    """The same, each with a name of its own, so that one request can hold them all."""
    return [{**body, "metadata": {**body["metadata"], "name": f"n{at}"}} for at, body in enumerate(objects)]
