"""Text that is painted anew only where it is another one: each update would lay the whole screen out again."""

from textual.content import Content
from textual.widgets import Static


def put(widget: Static, text: str | Content) -> None:
    """Show a text."""
    known = widget.content
    if isinstance(known, Content) and isinstance(text, Content):
        same = known.is_same(text)
    else:
        same = type(known) is type(text) and known == text
    if not same:
        widget.update(text)
