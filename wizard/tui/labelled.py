"""A label and its text beside it: `for      easy to set up · no volume`."""

from textual.content import Content

from wizard.tui.hanging import MUTED, Hanging

_WIDTH = 12


class Labelled(Hanging):
    """One line or more; the text wraps within its own column."""

    def __init__(self, label: str, text: str, *, classes: str = "") -> None:
        self._label = Content.styled(label.ljust(_WIDTH), MUTED)
        super().__init__(self._label, Content(text), classes=classes)

    def update(self, text: str) -> None:
        """Another text at the same label."""
        self.put(self._label, Content(text))
