"""Text in a column of its own, with something to its left and, at times, to its right or below."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

MUTED = "$foreground 60%"
"""The style of what is said beside the matter; as CSS has it in `$text-muted`, which texts can't name."""

_NARROWEST, _INDENT = 12, 4
"""Columns: with less room for the text it goes below, indented."""


class Hanging(Widget):
    """`left` stands before the first line of `text`, whose further lines are indented as far; `right` at the end;
    `below` on lines of its own.

    One widget instead of a row of three: a step has many of these, and widgets are what costs time.
    """

    DEFAULT_CSS = "Hanging { width: 1fr; height: auto; }"

    def __init__(self, left: Content, text: Content, right: Content | None = None, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._parts = left, text, right or Content(""), Content("")

    def put(self, left: Content, text: Content, right: Content | None = None, below: Content | None = None) -> None:
        """Show something else."""
        parts = left, text, right or Content(""), below or Content("")
        if [part.markup for part in parts] != [part.markup for part in self._parts]:
            self._parts = parts
            self.clear_cached_dimensions()
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes."""
        return len(self._lines(width))

    def render(self) -> Content:
        """The lines."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        return [*self._head(width), *self._below(width)]

    @property
    def room_below(self) -> int:
        """So many lines of `below` are shown."""
        return 100

    def _below(self, width: int) -> list[Content]:
        lines = self._indented(self._parts[3], width)
        if len(lines) > self.room_below:
            lines = lines[: self.room_below]
            last = lines[-1].rstrip()
            whole_words = last if last.cell_length <= width - 2 else last[: last.plain.rfind(" ", 0, width - 1)]
            lines[-1] = Content.assemble(whole_words, " …")
        return lines

    def _indented(self, text: Content, width: int) -> list[Content]:
        return [line.pad_left(_INDENT) for line in text.wrap(max(1, width - _INDENT))] if text else []

    def _head(self, width: int) -> list[Content]:
        left, text, right, _ = self._parts
        room = width - left.cell_length - right.cell_length - (1 if right else 0)
        if room < _NARROWEST:
            return [*Content.assemble(left, right).wrap(max(1, width)), *self._indented(text, width)]
        first, *further = text.wrap(room) or [Content("")]
        first = first.pad_right(room - first.cell_length)
        gap = Content(" " * left.cell_length)
        head = Content.assemble(left, first, " ", right) if right else Content.assemble(left, first)
        return [head, *(Content.assemble(gap, line) for line in further)]
