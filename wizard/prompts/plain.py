"""A terminal that takes whole lines alone: choices have numbers, and nothing that was written is painted over."""

import sys
from collections.abc import Sequence

from wizard.picks import Pick
from wizard.progress import Mark
from wizard.prompts.terminal import Wrong, say
from wizard.questions import Choice

NOTHING = "-"
"""The answer that takes an answer back; an empty one keeps what holds."""
END = "."
"""The line that ends a text of several lines: empty lines may be part of it."""


class Plain:
    """Asks in lines. An empty answer keeps what holds, which stands in brackets."""

    def choose(self, title: str, choices: Sequence[Choice], value: str) -> str:
        """One of several, by its number."""
        open_ones = [choice for choice in choices if choice.value == value or not choice.blocked]
        for choice in choices:
            sign = str(open_ones.index(choice) + 1) if choice in open_ones else "-"
            about = choice.summary if choice in open_ones else choice.blocked
            say(f"{choice.title}: {about}".removesuffix(": "), f"{sign:>3} ", " " * 4)
        held = next((str(at) for at, choice in enumerate(open_ones, 1) if choice.value == value), "")
        numbers = [str(at) for at in range(1, len(open_ones) + 1)]
        return open_ones[int(_until(numbers, title, held)) - 1].value

    def text(self, title: str, value: str, empty: str, wrong: Wrong, picks: Sequence[Pick] = ()) -> str:
        """A line of text."""
        while True:
            line = _line(f"{title} [{value or empty}]: ")
            text = value if not line else "" if line == NOTHING else line
            problem = wrong(text)
            if not problem:
                return text
            say(problem, f"{Mark.FAILED} ")

    def lines(self, title: str, value: str, empty: str, wrong: Wrong) -> str:
        """Text of several lines, up to one that is a dot."""
        while True:
            held = f"{len(value.splitlines())} lines" if value else empty
            say(f"{title} [{held}]: several lines; a line with a {END} alone ends")
            line, found = _line("> "), []
            while line not in (END, NOTHING) and (line or found):
                found.append(line)
                line = _line("> ")
            text = "" if line == NOTHING else "\n".join(found).strip() or value
            problem = wrong(text)
            if not problem:
                return text
            say(problem, f"{Mark.FAILED} ")

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
