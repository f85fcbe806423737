"""The plan of a draft that is not finished: what is missing or wrong is taken to be as the question's example says.

So that manifests, and what a choice would mean, can be shown while somebody still answers. Never applied.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from wizard.plan.file import PlanErrors
from wizard.plan.model import Plan
from wizard.questions import Draft, Question, questions

_ROUNDS = 12
"""More than any draft takes: each choice that is made up can lead to further questions, and an example can misfit."""


@dataclass(frozen=True)
class Assumed:
    """A plan, and which of its answers nobody gave."""

    plan: Plan
    places: frozenset[str]

    def made_up(self, place: str) -> bool:
        """Whether an answer, or a part of it or what it is a part of, was made up."""
        return any(f"{one}.".startswith(f"{other}.") for here in self.places for one, other in _both(place, here))


def _both(place: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (place, other), (other, place)


def assumed(draft: Draft) -> Assumed | None:
    """The plan of these answers, with examples for what is missing or wrong; None where no example mends it."""
    rounds: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        try:
            return Assumed(draft.plan(), frozenset(rounds))
        except PlanErrors as errors:
            problems = errors.problems
        asked = {question.place: question for question in questions(draft)}
        for place in problems:
            question = _question_of(asked, place)
            if question is None:
                return None
            draft = draft.with_answer(question.key, _example(question, rounds[question.place]))
            rounds[question.place] += 1
    return None


def _question_of(asked: dict[str, Question], place: str) -> Question | None:
    while place and place not in asked:
        place = place.rpartition(".")[0]
    return asked.get(place)


def _example(question: Question, tried: int) -> Any:
    """What to take in place of an answer; None for its default."""
    if question.kind == "choice":
        return next((choice.value for choice in question.choices if not choice.blocked), None)
    if not question.examples:
        return None
    example = question.examples[tried % len(question.examples)]
    if question.place.endswith("knownHosts") and tried:  # of whatever host the repository is on
        return f"* {example.partition(' ')[2]}"
    return example
