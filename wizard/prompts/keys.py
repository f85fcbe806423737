"""A terminal that can move its cursor: arrows choose, and what was typed can be changed."""

import textwrap
from collections.abc import Sequence
from typing import Any

import questionary

from wizard.asking import card_of
from wizard.picks import Pick
from wizard.prompts.terminal import columns
from wizard.questions import Choice

_BEFORE = 3
"""Columns in front of a choice: questionary's pointer."""
_LABEL = 9
_NARROWEST = 20
_GREY = "#888888"


class Keys:
    """Asks by questionary. What it painted goes once it is answered, and one line with title and answer stays."""

    how = (
        "Enter takes what stands there; an emptied answer is the default again. Ctrl-C leaves, and nothing is written."
    )

    def choose(self, title: str, choices: Sequence[Choice], value: str) -> str:
        """One of several: up and down, then Enter. Below the list stands what is said of the one at hand."""
        width = max(len(choice.title) for choice in choices) + 2
        listed = [_listed(choice, width, value) for choice in choices]
        taken = next((each for each in listed if each.value == value and not each.disabled), None)
        question = questionary.select(title, listed, taken, instruction="(↑ ↓ Enter)", erase_when_done=True)
        chosen = str(_asked(question))
        _answered(title, next(choice.title for choice in choices if choice.value == chosen))
        return chosen

    def text(self, title: str, value: str, empty: str, picks: Sequence[Pick] = ()) -> str:
        """A line of text, of which Tab completes the names that there are."""
        told: dict[str, Any] = {"placeholder": [(_GREY, empty)], "erase_when_done": True}
        if picks:
            notes: dict[str, Any] = {pick.value: pick.note for pick in picks}
            told |= {"meta_information": notes, "complete_while_typing": False}
            question = questionary.autocomplete(title, list(notes), value, **told)
        else:
            question = questionary.text(title, value, **told)
        text = str(_asked(question)).strip()
        _answered(title, text)
        return text

    def lines(self, title: str, value: str, empty: str) -> str:
        """Text of several lines, in which Enter starts a line."""
        how = f"({'' if value else f'{empty}; '}Esc, then Enter ends)\n"
        question = questionary.text(title, value, multiline=True, instruction=how, erase_when_done=True)
        text = str(_asked(question)).strip()
        _answered(title, text)
        return text

    def yes(self, title: str, value: bool) -> bool:
        """Yes or no. Enter ends this too: an Enter after a y would else answer the next question."""
        yes = bool(_asked(questionary.confirm(title, default=value, auto_enter=False, erase_when_done=True)))
        _answered(title, "yes" if yes else "no")
        return yes


def _listed(choice: Choice, width: int, value: str) -> questionary.Choice:
    """A choice with its line, or with the reason why it can't be taken; questionary puts a sign before that one."""
    blocked = choice.blocked if choice.value != value else ""
    about = _hanging(blocked or choice.summary, width + _BEFORE)
    title = f"{choice.title:<{width - 2 if blocked else width}}{about}"
    card = [f"\n    {label:<{_LABEL}}{_hanging(text, _LABEL + 4)}" for label, text in card_of(choice)]
    # Not blocked by questionary's own reason, which goes beyond the edge.
    disabled: Any = True if blocked else None
    return questionary.Choice(title, choice.value, disabled, description="".join(card) or None)


def _hanging(text: str, at: int) -> str:
    """Wrapped, all lines beginning at one column."""
    return f"\n{'':<{at}}".join(textwrap.wrap(text, max(columns() - at, _NARROWEST), break_on_hyphens=False))


def _answered(title: str, answer: str) -> None:
    first, *more = answer.splitlines() or [""]
    questionary.print(f"? {title}  {first}{f' … ({len(more) + 1} lines)' if more else ''}", style="bold")


def _asked(question: questionary.Question) -> Any:
    try:
        return question.unsafe_ask()
    except EOFError:  # Ctrl-D
        raise KeyboardInterrupt from None
