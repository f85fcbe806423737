"""Profiles: sets of defaults, each a file in `blueprints/profiles/`, under what a person decided."""

from functools import cache
from typing import Any

from wizard.blueprints_folder import BLUEPRINTS
from wizard.yaml_files import read_yaml

Answers = dict[str, Any]

PROFILES = ("laptop", "team", "production")
"""In the order in which they are asked; the first is the default."""


@cache
def profile(name: str) -> dict[str, Any]:
    """One profile: `title`, `summary`, `when` and `plan`, the defaults."""
    read: dict[str, Any] = read_yaml((BLUEPRINTS / "profiles" / f"{name}.yaml").read_text("utf-8"))
    return read


def defaults(name: str) -> Answers:
    """What the profile sets, in the shape of a plan."""
    plan: Answers = profile(name).get("plan", {})
    return plan


def over(base: Any, answers: Any) -> Any:
    """The answers laid over the defaults; where they choose another `type`, the defaults of the old one are dropped."""
    if not isinstance(base, dict) or not isinstance(answers, dict):
        return answers
    if "type" in answers and answers["type"] != base.get("type"):
        return answers
    merged = dict(base)
    for key, value in answers.items():
        merged[key] = over(base[key], value) if key in base else value
    return merged
