"""A question with two answers, the careful one first."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from wizard.tui.dialog import Dialog


class ConfirmDialog(Dialog[bool]):
    """True for the bold answer; None and False for the careful one."""

    def __init__(self, headline: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._headline, self._text, self._yes, self._no = headline, text, yes, no

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._headline, classes="headline", markup=False)
            yield Static(self._text, markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self._no, id="no", variant="primary", compact=True)
                yield Button(self._yes, id="yes", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")
