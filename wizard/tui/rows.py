"""Progress: one row a thing, the reason beside what waits, the time at the right."""

from time import monotonic

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.progress import Mark, Row
from wizard.tui.hanging import MUTED, Hanging

COLOURS = {
    Mark.DONE: "$text-success",
    Mark.WAITING: "",
    Mark.WARNING: "$text-warning",
    Mark.FAILED: "bold $text-error",
}
_NARROWEST, _WIDEST = 20, 40
"""Columns for the things of one part: as many as the longest of them needs, within these."""


class RowLine(Hanging):
    """One thing and its state now."""

    def __init__(self, row: Row, width: int) -> None:
        super().__init__(Content(""), Content(""))
        self.show(row, width)

    def show(self, row: Row, width: int) -> None:
        """Paint another state of the same thing; `width` columns are for its name."""
        self._row, self._since, self._width = row, monotonic(), width
        self._paint(row.seconds)

    def widen(self, width: int) -> None:
        """Line up with a thing of a longer name."""
        self._width = width
        self._paint(self._row.seconds)

    def tick(self) -> None:
        """The clock of a thing that waits goes on without news."""
        if self._row.mark in (Mark.WAITING, Mark.WARNING):
            self._paint(self._row.seconds + monotonic() - self._since)

    def _paint(self, seconds: float) -> None:
        row = self._row
        colour = COLOURS[row.mark]
        left = Content.assemble((f"{row.mark} ", colour), f"{row.thing:<{self._width}} ")
        text = Content.styled(row.text, "" if row.mark is Mark.DONE else colour)
        if row.way_out:
            text = Content.assemble(text, "\n", (f"→ {row.way_out}", MUTED))
        self.put(left, text, Content.styled(f"{time_of(seconds):>7}", MUTED))


class Rows(VerticalScroll):
    """All that happened, the latest in sight."""

    DEFAULT_CSS = """
    Rows {
        scrollbar-size-vertical: 1;
        .part { text-style: bold; margin: 1 0 0 0; width: 1fr; }
        .part.-first { margin: 0; }
        RowLine { padding: 0 1 0 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, RowLine] = {}
        self._width = _NARROWEST
        self.rows: dict[str, Row] = {}
        """The state of each thing, by the thing."""

    def on_mount(self) -> None:
        """Start the clock; it stands while nothing is under way."""
        self._clock = self.set_interval(1, self._tick, pause=True)

    def run_clock(self, running: bool) -> None:
        """Let the clock of what waits go on, or stop it."""
        self._clock.resume() if running else self._clock.pause()

    def clear(self) -> None:
        """Forget all rows."""
        self._lines, self.rows = {}, {}
        self.remove_children()
        self.anchor()

    def part(self, title: str) -> None:
        """Rows of another kind begin: a thing may have a row again."""
        self._lines, self._width = {}, _NARROWEST
        self.mount(Static(title, classes="part" if self.children else "part -first", markup=False))

    def put(self, row: Row) -> None:
        """A row for a new thing, or the thing's row in its new state."""
        self.rows[row.thing] = row
        line = self._lines.get(row.thing)
        if line is None:
            needed = min(max(self._width, len(row.thing)), _WIDEST)
            if needed > self._width:
                self._width = needed
                for other in self._lines.values():
                    other.widen(needed)
            line = self._lines[row.thing] = RowLine(row, self._width)
            self.mount(line)
        else:
            line.show(row, self._width)

    def _tick(self) -> None:
        for line in self._lines.values():
            line.tick()


def time_of(seconds: float) -> str:
    """A time: tenths while they say something."""
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
