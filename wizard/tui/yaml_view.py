"""YAML in colours, one line a row, to scroll in both directions."""

from collections.abc import Sequence

from textual.containers import ScrollableContainer
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

_LONGEST = 2_000
"""Lines; more of one object would take seconds to paint."""


class YamlView(ScrollableContainer):
    """One object. Lines are never wrapped, so that a line of text is a row of the screen."""

    DEFAULT_CSS = """
    YamlView {
        height: 1fr; scrollbar-size: 1 1;
        Static { width: auto; padding: 0 1 0 0; }
    }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(Static(markup=False), id=id)

    def show(self, lines: Sequence[Content], *, top: int = 0) -> None:
        """Show these lines, the one of this number within sight."""
        self.query_one(Static).update(Content("\n").join(lines[:_LONGEST]))
        self.call_after_refresh(self.scroll_to, 0, max(0, top - 2), animate=False, immediate=True)


def coloured(text: str) -> list[Content]:
    """The lines of a YAML text, coloured."""
    return highlight(text.rstrip("\n"), language="yaml").split("\n", allow_blank=True)
