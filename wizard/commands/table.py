"""Rows as one table that is painted again and again on a terminal; elsewhere, and where it is too long, as lines."""

import os
import sys
import time
from collections.abc import Iterable

from wizard.commands.options import say_rows
from wizard.progress import Row

BETWEEN = 0.1
"""Seconds between two paintings."""
PATIENCE = 15.0
"""Seconds between two lines about the same thing, of which there may be many."""
_UP, _CLEAR = "\x1b[{}A", "\x1b[K"


def say_table(rows: Iterable[Row], things: int) -> dict[str, Row]:
    """Show the rows, a line for each of so many things; the last row of each."""
    last: dict[str, Row] = {}

    def noted() -> Iterable[Row]:
        for row in rows:
            last[row.thing] = row
            yield row

    if sys.stderr.isatty() and things < os.get_terminal_size(sys.stderr.fileno()).lines - 1:
        _paint(noted(), last)
    else:
        say_rows(noted(), 16, PATIENCE)
    return last


def _paint(rows: Iterable[Row], last: dict[str, Row]) -> None:
    painted, at = 0, 0.0
    for _ in rows:
        if len(last) > painted or time.monotonic() - at > BETWEEN:
            painted, at = _painted(last, painted), time.monotonic()
    _painted(last, painted)


def _painted(last: dict[str, Row], before: int) -> int:
    width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
    lines = [row.line(16).partition("\n")[0][:width] + _CLEAR for row in last.values()]
    sys.stderr.write((_UP.format(before) if before else "") + "".join(f"{line}\n" for line in lines))
    sys.stderr.flush()
    return len(lines)
