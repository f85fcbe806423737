"""What follows from several answers together: told at the field, by `render` and by `apply` alike.

A rule is a table of answers, so that one look tells whether it holds, which choice would break it, and which
combinations of choices cannot be. The reference lists them all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.plan.model import Plan

Said = Mapping[str, Any]
"""By place, such as `database.storage`, what was answered: a choice's `type`, or the value itself."""


@dataclass(frozen=True)
class Beginning:
    """As an answer of a rule: every text that begins so."""

    text: str

    @property
    def example(self) -> str:
        """One of them."""
        return f"{self.text}example.org"


def _is(answer: Any, said: Any) -> bool:
    return str(said).startswith(answer.text) if isinstance(answer, Beginning) else bool(said == answer)


@dataclass(frozen=True)
class Rule:
    """A combination of answers, and a sentence about it: the reason, and the way out. `{place}` in it is filled in."""

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
        return all(
            place in said and any(_is(answer, said[place]) for answer in answers)
            for place, answers in self.when.items()
        )

    def told(self, said: Said) -> str:
        """The sentence with the answers that it names."""
        return re.sub(r"\{([\w.]+)\}", lambda match: str(said[match[1]]), self.sentence)


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
        {"executor": ("kubernetes", "several"), "logs": ("none",)},
    ),
    Rule(
        "Task logs stay in the worker that ran the task, and go with its pod: choose where logs go to keep them.",
        {"executor": ("celery",), "logs": ("none",)},
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
        "Names and passwords go to the directory in the clear: answer ldaps://, or turn StartTLS on.",
        {"login.server": (Beginning("ldap://"),), "login.startTls": (False,)},
    ),
    Rule(
        "Passwords and sessions can be read on the way by anybody: answer https:// and have a certificate.",
        {"access.publicUrl": (Beginning("http://"),)},
    ),
    Rule(
        "The Ingress names no certificate for https: the controller's own, or what stands before it, must be good for "
        "this name.",
        {"access.publicUrl": (Beginning("https://"),), "access.tls": ("none",)},
    ),
    Rule(
        "The Ingress has a certificate, and the public URL is without TLS: answer https://, or no certificate.",
        {"access.publicUrl": (Beginning("http://"),), "access.tls": ("secret", "certManager")},
        refused=True,
    ),
    Rule(
        "Where components never share a node, each pod wants one of its own: {availability.schedulers} for schedulers, "
        "{availability.apiServers} for api-servers, 2 for dag-processor and triggerer; what finds none stays Pending.",
        {"nodes.antiAffinity": ("hard",), "availability": ("redundant",)},
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
    return [replace(rule, sentence=rule.told(said)) for rule in RULES if not rule.refused and rule.holds(said)]


def refusals(plan: Plan) -> dict[str, str]:
    """Why a plan cannot work, by the place of the answer that one would change."""
    said = said_by(plan)
    return {rule.places[0]: rule.told(said) for rule in RULES if rule.refused and rule.holds(said)}


def blocked(said: Said, place: str, choice: Any) -> str:
    """Why this choice would make a combination that cannot work; empty where it wouldn't."""
    after = {**said, place: choice}
    broken = (rule for rule in RULES if rule.refused and choice in rule.when.get(place, ()) and rule.holds(after))
    return next((rule.sentence for rule in broken), "")
