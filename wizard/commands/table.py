"""Rows as one table that is painted again and again on a terminal; elsewhere, and where it is too long, as lines."""

import os
import sys
import time
from collections.abc import Iterable, Sequence

from wizard.commands.options import say_rows
from wizard.progress import Mark, Row

BETWEEN = 0.1
"""Seconds between two paintings."""
PATIENCE = 15.0
"""Seconds between two lines about the same thing, of which there may be many."""
WIDTH = 16
_UP, _CLEAR = "\x1b[{}A", "\x1b[K"


def say_table(rows: Iterable[Row], things: Sequence[str]) -> dict[str, Row]:
    """Show the rows, a line for each of these things; the last row of each."""
    last: dict[str, Row] = {}

    def noted() -> Iterable[Row]:
        for row in rows:
            last[row.thing] = row
            yield row

    if sys.stderr.isatty() and len(things) < os.get_terminal_size(sys.stderr.fileno()).lines - 1:
        _paint(noted(), {name: Row(name, Mark.WAITING, "waits for its turn", 0) for name in things})
    else:
        say_rows(noted(), WIDTH, PATIENCE)
    return last


def _paint(rows: Iterable[Row], shown: dict[str, Row]) -> None:
    _write(shown)
    at = time.monotonic()
    try:
        for row in rows:
            shown[row.thing] = row
            if time.monotonic() - at > BETWEEN:
                sys.stderr.write(_UP.format(len(shown)))
                _write(shown)
                at = time.monotonic()
    finally:
        sys.stderr.write(_UP.format(len(shown)))
        _write(shown)


def _write(shown: dict[str, Row]) -> None:
    width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
    lines = [row.line(WIDTH).partition("\n")[0][:width] + _CLEAR for row in shown.values()]
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()
