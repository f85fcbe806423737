"""What the prompts want of a terminal: to be told things, and four kinds of questions."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Protocol

from wizard.picks import Pick
from wizard.questions import Choice

WIDEST = 100
"""Columns of a line of text: longer ones are hard to read."""
NARROWEST = 40


class Terminal(Protocol):
    """Asks one question at a time. Ctrl-C and the end of the input raise KeyboardInterrupt."""

    how: str
    """What to know before the first question."""

    def choose(self, title: str, choices: Sequence[Choice], value: str) -> str:
        """One of several, each with what speaks for and against it; `value` is the one that holds."""

    def text(self, title: str, value: str, empty: str, picks: Sequence[Pick] = ()) -> str:
        """A line of text. `value` holds; `empty` says what an empty answer means; `picks` are names that there are."""

    def lines(self, title: str, value: str, empty: str) -> str:
        """Text of several lines."""

    def yes(self, title: str, value: bool) -> bool:
        """Yes or no."""


def dumb() -> bool:
    """Whether the terminal can only take one line after the other, as the shells of editors."""
    return os.environ.get("TERM", "") in ("", "dumb")


def columns() -> int:
    """Of a line of text. One less than there is: some terminals go on to the next line by themselves."""
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST) - 1


def say(text: str = "", indent: str = "", below: str = "") -> None:
    """Tell something, wrapped; `indent` stands in front of its first line, `below` in front of the others."""
    for line in text.splitlines() or [""]:
        wrapped = textwrap.wrap(
            line,
            columns(),
            initial_indent=indent,
            subsequent_indent=below or " " * len(indent),
            break_long_words=False,
            break_on_hyphens=False,
        )
        print("\n".join(wrapped), file=sys.stderr, flush=True)
