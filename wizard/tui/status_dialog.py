"""How the installation of this namespace is, asked when it opens and again by F5."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.errors import UserError
from wizard.session import Session
from wizard.status import look
from wizard.status_lines import Line, told
from wizard.summary import summary
from wizard.tui.dialog import Dialog
from wizard.tui.hanging import MUTED, Hanging
from wizard.tui.rows import COLOURS


class StatusDialog(Dialog[None]):
    """To be read, asked for again, and closed."""

    DEFAULT_CSS = """
    StatusDialog {
        .box { width: 100; }
        VerticalScroll { height: auto; max-height: 16; scrollbar-size-vertical: 1; }
        #keys { color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "look", "Ask again", show=False, priority=True),
        Binding("f6", "close", "Close", show=False),
    ]

    class Looked(Message):
        """What was found, or why it can't be told."""

        def __init__(self, lines: list[Line], well: bool, error: UserError | None = None) -> None:
            super().__init__()
            self.lines, self.well, self.error = lines, well, error

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(id="headline", classes="headline", markup=False)
            yield VerticalScroll()
            yield Static("F5 asks again · Escape closes this", id="keys", markup=False)

    def on_mount(self) -> None:
        """Ask at once; the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()
        self.action_look()

    def action_look(self) -> None:
        """Ask the cluster and Airflow."""
        self._say(f"Asking how namespace {self._session.namespace} is …")
        self._look(self._session.namespace)

    @work(thread=True, exclusive=True, group="status")
    def _look(self, namespace: str) -> None:
        try:
            cluster = self._session.cluster()
            status = look(cluster, namespace)
            way_in = summary(status.plan, "" if self._session.sandbox else cluster.context)
            found = self.Looked(list(told(status, cluster.context, way_in)), status.well)
        except UserError as error:
            found = self.Looked([], False, error)
        self.post_message(found)

    async def on_status_dialog_looked(self, event: Looked) -> None:
        """Show it, from its beginning."""
        place = self.query_one(VerticalScroll)
        await place.remove_children()
        if event.error is not None:
            self._say(str(event.error))
            return
        self._say("All is well." if event.well else "Not all is well.")
        await place.mount_all(_painted(line) for line in event.lines)
        place.scroll_home(animate=False)

    def _say(self, text: str) -> None:
        self.query_one("#headline", Static).update(text)


def _painted(line: Line) -> Hanging:
    colour = COLOURS[line.mark] if line.mark else MUTED
    return Hanging(Content.styled(f"{line.about} ", colour), Content(line.said))
