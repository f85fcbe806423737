"""A terminal that can move its cursor: arrows choose, and what was typed can be changed."""

from collections.abc import Sequence
from typing import Any

import questionary

from wizard.picks import Pick
from wizard.prompts.terminal import Wrong, columns, shortened
from wizard.questions import Choice

_POINTER = 4
"""Columns in front of a choice: the pointer, or the sign of one that can't be taken."""
_GREY = "#888888"


class Keys:
    """Asks by questionary."""

    def choose(self, title: str, choices: Sequence[Choice], value: str) -> str:
        """One of several: up and down, then Enter."""
        width = max(len(choice.title) for choice in choices) + 2
        listed = [_listed(choice, width, value) for choice in choices]
        taken = next((each for each in listed if each.value == value and not each.disabled), None)
        # The list goes once it is answered: what stays is the title alone, not the whole line of the choice.
        question = questionary.select(title, listed, taken, instruction="(↑ ↓ Enter)", erase_when_done=True)
        chosen = str(_asked(question))
        told = next(choice.title for choice in choices if choice.value == chosen)
        questionary.print(f"? {title}  {told}", style="bold")
        return chosen

    def text(self, title: str, value: str, empty: str, wrong: Wrong, picks: Sequence[Pick] = ()) -> str:
        """A line of text, of which Tab completes the names that there are."""
        told: dict[str, Any] = {"placeholder": [(_GREY, empty)], "validate": _verdict(wrong)}
        if picks:
            names = {pick.value: pick.note for pick in picks}
            question = questionary.autocomplete(
                title, list(names), value, meta_information=names, complete_while_typing=False, **told
            )
        else:
            question = questionary.text(title, value, **told)
        return str(_asked(question)).strip()

    def lines(self, title: str, value: str, empty: str, wrong: Wrong) -> str:
        """Text of several lines, in which Enter starts a line."""
        question = questionary.text(
            title,
            value,
            multiline=True,
            instruction=f"({empty}; Esc, then Enter ends)\n",
            validate=_verdict(wrong),
        )
        return str(_asked(question)).strip()

    def yes(self, title: str, value: bool) -> bool:
        """Yes or no."""
        return bool(_asked(questionary.confirm(title, default=value)))


def _listed(choice: Choice, width: int, value: str) -> questionary.Choice:
    blocked = choice.blocked if choice.value != value else ""
    line = f"{choice.title:<{width}}{blocked or choice.summary}"
    # questionary adds the reason to the line, which would go beyond the edge: it stands above, among the trade-offs.
    return questionary.Choice(shortened(line, columns() - _POINTER), choice.value, disabled=True if blocked else None)  # type: ignore[arg-type]


def _verdict(wrong: Wrong) -> Any:
    def judge(text: str) -> bool | str:
        return wrong(text.strip()) or True

    return judge


def _asked(question: questionary.Question) -> Any:
    try:
        return question.unsafe_ask()
    except EOFError:  # Ctrl-D
        raise KeyboardInterrupt from None
