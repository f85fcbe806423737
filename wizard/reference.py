"""The reference: every question with its plan key, default and trade-off, every rule, and every cause of what is stuck;
as Markdown, from the source that the wizard itself asks from."""

import re
from collections.abc import Iterator

from wizard.blueprints_folder import BLUEPRINTS
from wizard.causes import CAUSES, table
from wizard.plan.rules import RULES, Beginning, Rule
from wizard.plan.shorthand import in_a_line
from wizard.questions import Choice, Draft, Key, Question, questions
from wizard.steps import STEPS

HEAD = """# Reference

What a plan can say, in the order in which the wizard asks, what the answers do to each other, and which of them mends
what is stuck. Defaults are those of the profile *laptop*. Printed by `airflow-wizard explain`; `airflow-wizard explain
dags` prints a part of it.
"""


def reference(place: str = "") -> str:
    """The whole reference, or what belongs to one place of a plan, such as `dags.credentials`; empty for an unknown
    place."""
    asked = {step: [each for each in _of_step(step) if _within(each.place, place)] for step in STEPS}
    parts = [f"## {STEPS[step]}\n\n" + "\n".join(map(_question, found)) for step, found in asked.items() if found]
    rules = [rule for rule in RULES if any(_within(each, place) for each in rule.places)]
    if rules and parts:
        parts.append("## What answers do to each other\n\n" + _rules(rules))
    causes = [cause for cause in CAUSES if not place or any(_within(each.answer, place) for each in cause.places)]
    if causes and parts:
        parts.append("## When something is stuck\n\n" + table(causes))
    return "\n".join(parts if place else [HEAD, *parts])


def _within(place: str, wanted: str) -> bool:
    return not wanted or place == wanted or place.startswith(wanted + ".")


def _of_step(step: str) -> list[Question]:
    """All that a step can ask, what a choice leads to right behind it."""
    seen: set[Key] = set()

    def below(draft: Draft) -> Iterator[Question]:
        for question in list(questions(draft, step)):
            if question.key not in seen:
                seen.add(question.key)
                yield question
                for choice in question.choices:
                    taken = Draft()
                    taken.given = {**draft.given, question.key: choice.value}
                    yield from below(taken) if not choice.blocked and step != "cluster" else ()

    return list(below(Draft()))


def _question(question: Question) -> str:
    """Its heading, help and default, and its choices as a list."""
    taken = [part for part in question.key if part not in question.place.split(".")]
    only = f" Asked with {', '.join(f'`{part}`' for part in taken)}." if taken else ""
    default = in_a_line(question.default)
    said = f" Default: `{default}`." if default else "" if question.optional else " Needed." if not default else ""
    docs = f" [Documentation]({question.docs})" if question.docs else ""
    head = f"### {question.title}: `{question.place}`\n\n{question.help}{only}{said}{docs}\n"
    return head + "".join(_choice(question, choice) for choice in question.choices)


def _choice(question: Question, choice: Choice) -> str:
    if choice.blocked:
        return f"\n- **{choice.title}**: not offered. {choice.blocked}\n"
    folder = "/".join((*question.key, choice.value))
    link = f"[`{choice.value}`]({folder})" if (BLUEPRINTS / folder).is_dir() else f"`{choice.value}`"
    told = (("When", choice.when), ("For", "; ".join(choice.pros)), ("Against", "; ".join(choice.cons)))
    lines = "".join(f"\n  {label}: {text.rstrip('.')}.  " for label, text in told if text)
    return f"\n- {link} **{choice.title}**: {choice.summary}  {lines}\n"


def _rules(rules: list[Rule]) -> str:
    rows = "".join(
        f"| {'refused' if rule.refused else 'warned of'} | {_answers(rule)} | {_sentence(rule)} |\n" for rule in rules
    )
    return "| | answers | why |\n|---|---|---|\n" + rows


def _sentence(rule: Rule) -> str:
    return re.sub(r"\{([\w.]+)\}", r"`\1`", rule.sentence)


def _answers(rule: Rule) -> str:
    return ", ".join(f"`{place}`: {' or '.join(map(_answer, given))}" for place, given in rule.when.items())


def _answer(answer: object) -> str:
    match answer:
        case None:
            return "left out"
        case bool():
            return "yes" if answer else "no"
        case Beginning(text=text):
            return f"{text}..."
    return str(answer)
