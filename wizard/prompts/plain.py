"""A terminal that takes whole lines alone: choices have numbers, and nothing that was written is painted over."""

import sys
from collections.abc import Sequence

from wizard.asking import card_of
from wizard.picks import Pick
from wizard.progress import Mark
from wizard.prompts.terminal import say
from wizard.questions import Choice

NOTHING = "-"
"""The answer that takes an answer back; an empty one keeps what holds."""
END = "."
"""The line that ends a text of several lines: empty lines may be part of it."""


class Plain:
    """Asks in lines. An empty answer keeps what holds, which stands in brackets."""

    how = f"Enter takes what stands in brackets, {NOTHING} takes an answer back. Ctrl-C leaves, and nothing is written."

    def choose(self, title: str, choices: Sequence[Choice], value: str) -> str:
        """One of several, by its number."""
        can = [choice.value for choice in choices if choice.value == value or not choice.blocked]
        for choice in choices:
            sign, about = "-", choice.blocked
            if choice.value in can:
                sign, about = str(can.index(choice.value) + 1), choice.summary
            say(f"{choice.title}: {about}".removesuffix(": "), f"{sign:>3} ", " " * 4)
            for label, text in card_of(choice):
                say(text, f"    {label:<9}")
        held = str(can.index(value) + 1) if value in can else ""
        return can[int(_until([str(at + 1) for at in range(len(can))], title, held)) - 1]

    def text(self, title: str, value: str, empty: str, picks: Sequence[Pick] = ()) -> str:
        """A line of text."""
        line = _line(f"{title} [{value or empty}]: ")
        return "" if line == NOTHING else line or value

    def lines(self, title: str, value: str, empty: str) -> str:
        """Text of several lines, up to one that is a dot."""
        held = f"{len(value.splitlines())} lines" if value else empty
        say(f"{title} [{held}]: several lines; a line with a {END} alone ends")
        found = [_line("> ")]
        while found[-1] != END and found not in ([""], [NOTHING]):
            found.append(_line("> "))
        return "" if found == [NOTHING] else "\n".join(found).removesuffix(END).strip() or value

    def yes(self, title: str, value: bool) -> bool:
        """Yes or no."""
        return _until(["y", "n", "yes", "no"], title, "y" if value else "n").startswith("y")


def _until(wanted: Sequence[str], title: str, held: str) -> str:
    """One of these words."""
    while True:
        line = _line(f"{title} [{held}]: ").lower() or held
        if line in wanted:
            return line
        say(f"must be one of {', '.join(wanted)}", f"{Mark.FAILED} ")


def _line(title: str) -> str:
    print(title, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt  # the end of the input: Ctrl-D
    return line.strip()
