"""The rehearsal: what would be tried and where, then, after consent, what came of it."""

from contextlib import closing
from typing import ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Static

from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.plan.model import Plan
from wizard.progress import Mark, Row
from wizard.rehearse import Outcome, Prepared, prepare, rehearse
from wizard.session import Session
from wizard.tui.dialog import Dialog
from wizard.tui.rows import Rows

PATIENCE = 180
"""Seconds until pods that don't end are called failed."""

State = Literal["looking", "ready", "running", "ended"]


class RehearseDialog(Dialog[str]):
    """The place of the first answer to change, where somebody wants to go there."""

    DEFAULT_CSS = """
    RehearseDialog {
        .box { width: 100; }
        #told { height: auto; }
        Rows { height: 12; margin: 1 0 0 0; display: none; }
        #start, #mend { display: none; }
        &.-running Rows, &.-ended Rows { display: block; }
        &.-ready #start { display: block; }
        &.-ended.-wrong #mend { display: block; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    class Looked(Message):
        """The cluster was asked; nothing was written."""

        def __init__(self, prepared: Prepared, cluster: Cluster) -> None:
            super().__init__()
            self.prepared, self.cluster = prepared, cluster

    class Happened(Message):
        """A row."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    class Ended(Message):
        """All is removed again; or what went wrong."""

        def __init__(self, error: UserError | None) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows = Rows()
        self._known: tuple[Prepared, Cluster] | None = None
        self._left = False
        self.outcomes: list[Outcome] = []
        """What each try came to."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static("Rehearse", classes="headline", markup=False)
            yield Static(id="told", markup=False)
            yield self._rows
            with Horizontal(classes="buttons"):
                yield Button("Start", id="start", variant="primary", compact=True)
                yield Button("Go to the answer", id="mend", variant="primary", compact=True)
                yield Button("Close", id="close", compact=True)

    def on_mount(self) -> None:
        """Look first."""
        self._turn("looking", "Asking the cluster what there is to try …")
        self._ask_cluster(self._session.draft.plan())

    def on_unmount(self) -> None:
        """Whoever closes it while it runs ends it; what was made is removed in the background."""
        self._left = True

    def action_page(self, by: int) -> None:
        """Scroll the rows."""
        self._rows.scroll_page_up(animate=False) if by < 0 else self._rows.scroll_page_down(animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Consent; or the way to the answer; or nothing more."""
        event.stop()
        if event.button.id == "start" and self._known is not None:
            prepared, cluster = self._known
            self._turn("running", f"In namespace {prepared.run.namespace} of {cluster.context}. Escape ends it.")
            self._carry_out(cluster, prepared)
        elif event.button.id == "mend":
            told = [row.change for row in self._rows.rows.values() if isinstance(row, Outcome) and row.change]
            self.dismiss(told[0])
        else:
            self.dismiss(None)

    def on_rehearse_dialog_looked(self, event: Looked) -> None:
        """Say what would be made, and ask."""
        self._known = event.prepared, event.cluster
        run, questions = event.prepared.run, ", ".join(event.prepared.questions()) or "nothing"
        new = "" if event.prepared.namespace == "there" else ", which is made for it and goes again"
        self._turn(
            "ready",
            f"To be tried, by a pod each: {questions}.\n"
            f"They run in namespace {run.namespace}{new}, on {event.cluster.context} ({event.cluster.server}), as the "
            "real ones will. All that is made is removed at the end; nothing is applied.",
        )

    def on_rehearse_dialog_happened(self, event: Happened) -> None:
        """Paint a row."""
        self._rows.put(event.row)
        if isinstance(event.row, Outcome) and event.row.mark is not Mark.WAITING:
            self.outcomes.append(event.row)

    def on_rehearse_dialog_ended(self, event: Ended) -> None:
        """Say how it ended."""
        bad = [outcome for outcome in self.outcomes if outcome.mark is not Mark.DONE]
        self.set_class(any(outcome.change for outcome in bad), "-wrong")
        if event.error is not None:
            self._turn("ended", f"{Mark.FAILED} {event.error}")
        elif bad:
            self._turn("ended", f"{len(bad)} of {len(self.outcomes)} did not go well. Nothing was applied.")
        else:
            self._turn("ended", "All went well. Nothing was applied.")

    @work(thread=True, exclusive=True, group="rehearsal")
    def _ask_cluster(self, plan: Plan) -> None:
        """Reads only."""
        try:
            cluster = self._session.cluster()
            prepared = prepare(cluster, plan)
        except UserError as error:
            self.post_message(self.Ended(error))
        else:
            self.post_message(self.Looked(prepared, cluster))

    @work(thread=True, exclusive=True, group="rehearsal")
    def _carry_out(self, cluster: Cluster, prepared: Prepared) -> None:
        """To its end, or until somebody leaves; the removal comes in both cases, and the process waits for it."""
        try:
            with closing(rehearse(cluster, prepared, PATIENCE)) as rows:
                for row in rows:
                    if self._left:
                        return
                    self.post_message(self.Happened(row))
        except UserError as error:
            self.post_message(self.Ended(error))
        else:
            self.post_message(self.Ended(None))

    def _turn(self, state: State, text: str) -> None:
        for known in ("looking", "ready", "running", "ended"):
            self.set_class(known == state, f"-{known}")
        self.query_one("#told", Static).update(text)
        self._rows.run_clock(state == "running")
        button = (
            "#start" if state == "ready" else "#mend" if state == "ended" and self.has_class("-wrong") else "#close"
        )
        self.call_after_refresh(self.query_one(button).focus)
