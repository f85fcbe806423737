"""What each choice of a question would mean here: from the answers so far, and from what the cluster has said.

For each choice the plan is made, rendered and checked as if it were taken. Pure; some 20 ms a choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from wizard.assumed import assumed
from wizard.check import Facts, check, fired, sums
from wizard.check.pods import planned
from wizard.check.quantity import cores, size
from wizard.check.size import Sums
from wizard.plan.rules import warnings
from wizard.progress import Mark
from wizard.questions import Draft, Question
from wizard.render import Rendered, render
from wizard.render.folders import read_folder
from wizard.render.lift import selects

_COUNTED = {"Deployment": "Deployment", "PersistentVolumeClaim": "claim", "Ingress": "Ingress"}
"""Kinds that cost something, as a sentence names them."""
_NAMED = 2
"""So many names a sentence can hold."""

_SAME = "runs and keeps as much as now"


@dataclass(frozen=True)
class Consequence:
    """What a choice would mean."""

    counted: str = ""
    """How many pods it reaches, and what would be more or less than now."""
    problem: str = ""
    """What would go wrong or may: of several the worst."""
    way_out: str = ""
    mark: Mark = Mark.DONE

    def text(self, *, whole: bool = True) -> str:
        """`× here: Claim airflow-logs … would stay Pending. +1 claim (airflow-logs)`; empty for nothing to say. With
        `whole` the way out is in it."""
        said = [self.problem, self.way_out if whole else "", self.counted]
        sign = "" if self.mark is Mark.DONE else f"{self.mark} "
        return f"{sign}here: {' '.join(filter(None, said))}" if any(said) else ""


@dataclass(frozen=True)
class _Tried:
    """The plan with a choice."""

    rendered: Rendered
    told: dict[tuple[str, str], Consequence]
    """What its rules and checks say, by what it is about: sentences have numbers in them."""


def consequences(draft: Draft, question: Question, facts: Facts | None = None) -> dict[str, Consequence]:
    """By choice, what it would mean; nothing for what can't be taken, and where all choices come to the same."""
    tried: dict[str, _Tried] = {}
    for choice in question.choices:
        if not choice.blocked and (made := _tried(draft.with_answer(question.key, choice.value), facts)):
            tried[choice.value] = made
    now = tried.get(str(draft.value(question.key)))
    if now is None or len(tried) < 2:
        return {}
    common = set.intersection(*(set(each.told) for each in tried.values()))
    counted = {
        value: ", ".join([*_reach(question, value, each.rendered), *changes(now.rendered, each.rendered)])
        for value, each in tried.items()
    }
    same = _SAME if any(counted.values()) else ""
    return {
        value: replace(_worst(each, common), counted=counted[value] or ("" if each is now else same))
        for value, each in tried.items()
    }


def _worst(tried: _Tried, common: set[tuple[str, str]]) -> Consequence:
    own = [said for about, said in tried.told.items() if about not in common]
    return min(own, key=lambda said: said.mark is not Mark.FAILED, default=Consequence())


def _tried(draft: Draft, facts: Facts | None) -> _Tried | None:
    made = assumed(draft)
    if made is None:
        return None
    rendered = render(made.plan)
    told = {
        ("", " ".join(rule.places)): Consequence("", rule.sentence, "", Mark.WARNING)
        for rule in warnings(made.plan)
        if not any(made.made_up(place) for place in rule.places)
    }
    for finding in fired(check(rendered, facts)) if facts else []:
        if not made.made_up(finding.place):
            said = Consequence("", finding.sentence, finding.way_out, finding.mark)
            told.setdefault((finding.check, finding.place), said)
    return _Tried(rendered, told)


def _reach(question: Question, value: str, rendered: Rendered) -> Iterator[str]:
    """How many pods do what the choice's `choice.yaml` says of those that a patch of its folder reaches."""
    folder = read_folder(Path(*question.key, value), "")
    if reach := folder.choice.get("reach"):
        selector = folder.pod_patches[reach["patch"]].get("selector", {})
        pods = [pod for pod in planned(rendered) if selects(selector, pod.template["metadata"]["labels"])]
        staying = sum(pod.count for pod in pods)
        each_task = ", and one per task," if any(not pod.count for pod in pods) else ""
        yield f"{staying} {'pod' if staying == 1 else 'pods'}{each_task} would {reach['would']}"


def changes(now: Rendered, then: Rendered) -> Iterator[str]:
    """What would be more and what less: `+1 Deployment (airflow-redis)`, `+512Mi`."""
    for kind, word in _COUNTED.items():
        before, after = ({each.name for each in side.manifests if each.kind == kind} for side in (now, then))
        for sign, names in (("+", sorted(after - before)), ("-", sorted(before - after))):
            if names:
                plural = "s" if len(names) > 1 and word != "Ingress" else ""
                named = f" ({', '.join(names)})" if len(names) <= _NAMED else ""
                yield f"{sign}{len(names)} {word}{plural}{named}"
    yield from _sums(sums(now), sums(then))


def _sums(before: Sums, after: Sums) -> Iterator[str]:
    if more := after.pods - before.pods:
        yield f"{more:+d} pod{'' if abs(more) == 1 else 's'}"
    asked = after.asks - before.asks
    yield from _more(asked.cpu, cores(abs(asked.cpu)))
    yield from _more(asked.memory, size(abs(asked.memory)))
    stored = after.storage - before.storage
    yield from _more(stored, f"{size(abs(stored))} disk")
    if after.task and after.task != before.task:
        yield f"{cores(after.task.cpu)} and {size(after.task.memory)} for each task"


def _more(by: Decimal, amount: str) -> Iterator[str]:
    if by:
        yield f"{'+' if by > 0 else '-'}{amount}"
