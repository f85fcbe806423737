"""What every front that asks does alike: which kind of field a question wants, what an empty one says, how what was
typed is read, and what is said of a choice."""

from typing import Any

from wizard.plan.shorthand import in_a_line
from wizard.questions import Choice, Question


def kind_of(question: Question, value: Any) -> str:
    """The kind of its field: what holds several lines needs one for them, whatever the question."""
    return "lines" if "\n" in in_a_line(value) else question.kind


def empty_says(question: Question) -> str:
    """What an empty field says: what holds then, or whether it may stay empty."""
    needed = question.default is None and not question.optional
    return in_a_line(question.default) or ("not answered yet" if needed else "optional")


def read(question: Question, text: str) -> Any:
    """What was typed as an answer; what is no number stays text, and the plan says that it is none."""
    text = text.strip()
    if question.kind == "number" and text.removeprefix("-").isdecimal():
        return int(text)
    return text


def card_of(choice: Choice) -> list[tuple[str, str]]:
    """What is said about a choice: label and text."""
    said = [("when", choice.when), ("for", " · ".join(choice.pros)), ("against", " · ".join(choice.cons))]
    return [(label, text) for label, text in said if text]
