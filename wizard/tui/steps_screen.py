"""What every step has around it: header, rail, keys. It stands there before the first question does."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from wizard.steps import RAIL, UNSEEN
from wizard.tui.header import Header
from wizard.tui.rail import Rail


class StepsScreen(Screen[None]):
    """The frame alone. It needs nothing but Textual, so it is painted while all else is read."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = None

    def __init__(self, sandbox: bool = False) -> None:
        super().__init__()
        self._sandbox = sandbox

    def compose(self) -> ComposeResult:
        yield Header(self._sandbox)
        with Horizontal(id="body"):
            yield Rail()
            yield self.panes()
        yield Footer(compact=True)

    def panes(self) -> Widget:
        """What a step shows; nothing yet."""
        return Widget(id="panes")

    async def on_mount(self) -> None:
        """Point at the first step."""
        self.query_one(Rail).show(dict.fromkeys(RAIL, UNSEEN), next(iter(RAIL)))
