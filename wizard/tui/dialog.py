"""What dialogs share: a box in the middle that leaves the header to be seen, left by Escape."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A box over the screen; Escape closes it with no answer."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > .box {
        width: 72; max-width: 96%; height: auto; max-height: 20;
        background: $surface; border: round $primary; padding: 0 1;
    }
    Dialog .headline { text-style: bold; }
    Dialog .buttons { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    Dialog Button { margin: 0 0 0 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    def action_close(self) -> None:
        """No answer."""
        self.dismiss(None)
