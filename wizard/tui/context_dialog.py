"""Before the first write to a cluster elsewhere: the context's name, typed."""

from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from wizard.progress import Mark
from wizard.session import Session
from wizard.tui.dialog import Dialog


def consented(app: App[Any], session: Session, go: Callable[[], object]) -> None:
    """Go, after the context's name was typed where it must be."""
    if session.must_be_named:

        def answered(named: bool | None) -> None:
            if named:
                go()

        app.push_screen(ContextDialog(session), answered)
    else:
        go()


class ContextDialog(Dialog[bool]):
    """True once the name was typed; it is asked once for each context."""

    DEFAULT_CSS = """
    ContextDialog Input { margin: 1 0; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(f"{self._session.server} is not this machine.", classes="headline", markup=False)
            yield Static(
                f"Type the name of its context, {self._session.context}, and Enter. Escape leaves.", markup=False
            )
            yield Input(compact=True)
            yield Static("", id="told", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The right name is the consent."""
        event.stop()
        if event.value.strip() == self._session.context:
            self._session.named.add(self._session.context)
            self.dismiss(True)
        else:
            self.query_one("#told", Static).update(f"{Mark.FAILED} That is another name.")
