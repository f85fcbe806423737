"""Text in a column of its own, with something to its left and, at times, to its right."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

MUTED = "$foreground 60%"
"""The style of what is said beside the matter; as CSS has it in `$text-muted`, which texts can't name."""

_NARROWEST, _INDENT = 12, 4
"""Columns: with less room for the text it goes below, indented."""


class Hanging(Widget):
    """`left` stands before the first line of `text`, whose further lines are indented as far; `right` at the end.

    One widget instead of a row of three: a step has many of these, and widgets are what costs time.
    """

    DEFAULT_CSS = "Hanging { width: 1fr; height: auto; }"

    def __init__(self, left: Content, text: Content, right: Content | None = None, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._parts = left, text, right or Content("")

    def put(self, left: Content, text: Content, right: Content | None = None) -> None:
        """Show something else."""
        parts = left, text, right or Content("")
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
        left, text, right = self._parts
        room = width - left.cell_length - right.cell_length - (1 if right else 0)
        if room < _NARROWEST:
            further = [line.pad_left(_INDENT) for line in text.wrap(max(1, width - _INDENT))]
            return [*Content.assemble(left, right).wrap(max(1, width)), *further]
        first, *further = text.wrap(room) or [Content("")]
        first = first.pad_right(room - first.cell_length)
        gap = Content(" " * left.cell_length)
        head = Content.assemble(left, first, " ", right) if right else Content.assemble(left, first)
        return [head, *(Content.assemble(gap, line) for line in further)]
