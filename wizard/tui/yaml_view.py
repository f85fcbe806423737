"""YAML in colours, one line a row, to scroll in both directions, with a pointer at the line somebody asks about."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.widgets import Static

from wizard.tui.text import put

_LONGEST = 2_000
"""Lines; more of one object would take seconds to paint."""
_POINTER, _NONE = "▸", " "


class YamlView(ScrollableContainer):
    """One object. Lines are never wrapped, so that a line of text is a row of the screen."""

    DEFAULT_CSS = """
    YamlView {
        height: 1fr; scrollbar-size: 1 1;
        Static { width: auto; padding: 0 1 0 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "point(-1)", "Line before", show=False),
        Binding("down", "point(1)", "Next line", show=False),
        Binding("pageup", "page(-1)", "Page before", show=False),
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("home", "point(-100000)", "First line", show=False),
        Binding("end", "point(100000)", "Last line", show=False),
        Binding("enter", "ask", "To its question", show=False),
    ]

    class Pointed(Message):
        """The pointer is at another line, or it is seen now."""

    class Asked(Message):
        """Somebody wants to know why this line is there."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(Static(markup=False), id=id)
        self._lines: list[Content] = []
        self.at = 0
        """The number of the line at hand."""

    def show(self, lines: Sequence[Content], *, at: int = 0) -> None:
        """Show these lines, the one of this number at hand."""
        self._lines = list(lines[:_LONGEST])
        self.at = max(0, min(at, len(self._lines) - 1))
        self._paint()
        self.call_after_refresh(self.scroll_to, 0, max(0, self.at - 2), animate=False, immediate=True)

    def action_point(self, by: int) -> None:
        """To another line."""
        self.at = max(0, min(self.at + by, len(self._lines) - 1))
        self._paint()
        top, height = round(self.scroll_y), self.scrollable_content_region.height
        if not top <= self.at < top + height:
            self.scroll_to(y=self.at if self.at < top else self.at - height + 1, animate=False)

    def action_page(self, by: int) -> None:
        """As many lines on as are seen."""
        self.action_point(by * max(1, self.scrollable_content_region.height - 1))

    def action_ask(self) -> None:
        """Say that somebody asks."""
        self.post_message(self.Asked())

    def watch_has_focus(self, value: bool) -> None:
        """The pointer is seen only while keys move it."""
        super().watch_has_focus(value)
        self._paint()

    def _paint(self) -> None:
        if not self.is_mounted:
            return
        at = self.at if self.has_focus else -1
        rows = [Content.assemble(_POINTER if number == at else _NONE, line) for number, line in enumerate(self._lines)]
        put(self.query_one(Static), Content("\n").join(rows))
        self.post_message(self.Pointed())


def coloured(text: str) -> list[Content]:
    """The lines of a YAML text, coloured."""
    return highlight(text.rstrip("\n"), language="yaml").split("\n", allow_blank=True)
