"""Ctrl-C while something is written: what is done, and what is not."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from wizard.errors import Exit
from wizard.progress import Mark, Row


class Progress:
    """Things to be done, and how far they are."""

    def __init__(self, things: Iterable[str], note: str = "") -> None:
        self._done = dict.fromkeys(things, False)
        self._note = note

    def noted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; a thing that wasn't known counts from now on, as what `apply` waits for."""
        for row in rows:
            self._done[row.thing] = row.mark is Mark.DONE
            yield row

    def __str__(self) -> str:
        """As is said to who has interrupted. What is sent in that moment may be done or not."""
        left = [thing for thing, done in self._done.items() if not done]
        count = f"{len(self._done) - len(left)} of {len(self._done)} done"
        text = f"{count}; not done, or only just: {', '.join(left)}." if left else f"{count}."
        return f"{text} {self._note}".rstrip()


@contextmanager
def told_at_interrupt(things: Iterable[str], note: str = "") -> Iterator[Progress]:
    """From here on something is written: a KeyboardInterrupt gets the text that says how far it is. One without a text
    says that nothing was written."""
    progress = Progress(things, note)
    try:
        yield progress
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(str(stopped) or str(progress)) from None


def interrupted(stopped: KeyboardInterrupt, command: str) -> int:
    """Say how far it is, and the command that goes on; the exit code."""
    print(f"\ninterrupted: {str(stopped) or 'nothing was changed.'}\n  {command} goes on from there.", file=sys.stderr)
    return Exit.INTERRUPTED
