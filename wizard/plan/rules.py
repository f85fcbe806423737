"""What follows from several answers together: told at the field, by `render` and by `apply` alike.

A rule is a table of answers, so that one look tells whether it holds, which choice would break it, and which
combinations of choices cannot be. The reference lists them all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.plan.model import Plan

Said = Mapping[str, Any]
"""By place, such as `database.storage`, what was answered: a choice's `type`, or the value itself."""


@dataclass(frozen=True)
class Rule:
    """A combination of answers, and a sentence about it: the reason, and the way out."""

    sentence: str
    when: Mapping[str, tuple[Any, ...]]
    """By place, the answers with which the rule holds; it holds when all of them do. The first place is where the
    sentence is told first: the answer that one would change."""
    refused: bool = False
    """Whether the combination cannot work; else it works, but not as many would expect."""

    @property
    def places(self) -> tuple[str, ...]:
        """The answers that it follows from."""
        return tuple(self.when)

    def holds(self, said: Said) -> bool:
        """Whether all of its answers were given."""
        return all(place in said and said[place] in answers for place, answers in self.when.items())


RULES = (
    Rule(
        "The database has no claim: when its pod goes, all of Airflow's data goes, and you apply again.",
        {"database.storage": ("ephemeral",)},
    ),
    Rule(
        "The connection to the database is not encrypted: whoever is on the way reads all that Airflow keeps.",
        {"database.tls": ("disable",)},
    ),
    Rule(
        "Task pods are deleted when they end, and their logs with them: choose where logs go to keep them.",
        {"executor": ("kubernetes",), "logs": ("none",)},
    ),
    Rule(
        "The DAGs' claim is ReadWriteOnce: pods on another node than the first will wait for it forever.",
        {"dags.claim.accessMode": ("ReadWriteOnce",)},
    ),
    Rule(
        "A ReadWriteOnce claim holds all pods that read DAGs on one node, where anti-affinity keeps them apart: "
        "answer ReadWriteMany, or let the components share a node.",
        {"dags.claim.accessMode": ("ReadWriteOnce",), "nodes.antiAffinity": ("hard",)},
        refused=True,
    ),
    Rule(
        "The official image has no DAGs: build one with `airflow-wizard image`, and name it as airflow.image.",
        {"dags": ("image",), "airflow.image": (None,), "profile": ("team", "production")},
    ),
    Rule(
        "The official image has no template of task pods: build one with `airflow-wizard image` and name it as "
        "airflow.image, or leave the template in a ConfigMap.",
        {"executor.template": ("image",), "airflow.image": (None,)},
        refused=True,
    ),
)
"""All of them."""


def said_by(plan: Plan) -> dict[str, Any]:
    """The plan's answers by place."""
    return dict(_flat(plan.model_dump(mode="json"), ""))


def _flat(part: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        if "type" in part:
            yield place, part["type"]
        for key, value in part.items():
            yield from _flat(value, f"{place}.{key}" if place else key)
    elif not isinstance(part, list):
        yield place, part


def warnings(plan: Plan) -> list[Rule]:
    """What is to be said of a plan that works."""
    said = said_by(plan)
    return [rule for rule in RULES if not rule.refused and rule.holds(said)]


def refusals(plan: Plan) -> dict[str, str]:
    """Why a plan cannot work, by the place of the answer that one would change."""
    said = said_by(plan)
    return {rule.places[0]: rule.sentence for rule in RULES if rule.refused and rule.holds(said)}


def blocked(said: Said, place: str, choice: Any) -> str:
    """Why this choice would make a combination that cannot work; empty where it wouldn't."""
    after = {**said, place: choice}
    broken = (rule for rule in RULES if rule.refused and choice in rule.when.get(place, ()) and rule.holds(after))
    return next((rule.sentence for rule in broken), "")
