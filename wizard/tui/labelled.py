"""A label and its text beside it: `for      easy to set up · no volume`."""

from textual.content import Content

from wizard.tui.hanging import MUTED, Hanging

_WIDTH = 12


class Labelled(Hanging):
    """One line or more; the text wraps within its own column."""

    def __init__(self, label: str, text: str, *, classes: str = "") -> None:
        self._label = _padded(label)
        super().__init__(self._label, Content(text), classes=classes)

    def update(self, text: str) -> None:
        """Another text at the same label."""
        self.put(self._label, Content(text))

    def say(self, label: str, text: str) -> None:
        """Another label and text."""
        self._label = _padded(label)
        self.update(text)


def _padded(label: str) -> Content:
    return Content.styled(label.ljust(_WIDTH), MUTED)
