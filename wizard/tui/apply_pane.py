"""Apply: what would change and where, then, after consent, what happens; at the end how to get in."""

from typing import ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from wizard.apply import Prepared, prepare
from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.plan.model import Plan
from wizard.progress import Mark, Row
from wizard.session import Session
from wizard.steps import UNSEEN
from wizard.summary import Summary, summary
from wizard.tui.apply_texts import failure, said, way_in
from wizard.tui.labelled import Labelled
from wizard.tui.road import APPLYING, Part, Stoppable, Stopped, road
from wizard.tui.rows import Rows

State = Literal["blocked", "preparing", "ready", "running", "failed", "done"]

_COME_BACK = "Change the answer and come back here: what differs then is applied."
_BUTTONS = {"blocked": "Fix the answers", "ready": "Apply", "failed": "Try again"}
_MARKS = {"running": Mark.WAITING, "failed": Mark.FAILED, "done": Mark.DONE}


class ApplyPane(Vertical):
    """Nothing is written before somebody presses the button that says Apply."""

    DEFAULT_CSS = """
    ApplyPane {
        padding: 1 1 0 2;
        #before { height: 1fr; }
        #facts { height: auto; margin: 0 0 1 0; }
        #changes { height: 1fr; scrollbar-size-vertical: 1; }
        Rows { height: 1fr; display: none; }
        #keys { height: auto; display: none; margin: 0 0 1 0; color: $text-warning; }
        #end { height: auto; max-height: 60%; display: none; margin: 1 0 0 0; scrollbar-size-vertical: 1; }
        #buttons { height: auto; margin: 1 0; display: none; }
        #rehearse { margin: 0 2 0 2; display: none; }
        #answer { display: none; }
        #stuck { height: auto; display: none; margin: 1 0 0 0; color: $text-warning; }
        &.-running.-stuck #stuck { display: block; }
        &.-running, &.-failed, &.-done { #before { display: none; } Rows { display: block; } }
        &.-running.-keys, &.-failed.-keys, &.-done.-keys { #keys { display: block; } }
        &.-failed, &.-done { #end { display: block; } }
        &.-blocked, &.-ready, &.-failed, &.-running.-mendable { #buttons { display: block; } }
        &.-running #go { display: none; }
        &.-running.-mendable, &.-failed.-mendable { #answer { display: block; } }
        &.-ready, &.-failed { #rehearse { display: block; } }
        #end .headline { text-style: bold; }
        &.-failed #end .headline { color: $text-error; }
        &.-done #end .headline { color: $text-success; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    class Turned(Message):
        """Apply is at another point now."""

    class Mend(Message):
        """Somebody wants to go to the answer of this place, or to the first that keeps the plan from being applied."""

        def __init__(self, place: str = "") -> None:
            super().__init__()
            self.place = place

    class Rehearse(Message):
        """Somebody wants to try the answers first."""

    class Looked(Message):
        """The cluster was asked; nothing was written."""

        def __init__(self, prepared: Prepared, cluster: Cluster) -> None:
            super().__init__()
            self.prepared, self.cluster = prepared, cluster

    class Happened(Message):
        """A row, or the title of those that follow."""

        def __init__(self, event: Part | Row) -> None:
            super().__init__()
            self.event = event

    class Ended(Message):
        """The road ended: well, or with what went wrong."""

        def __init__(self, error: UserError | None) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session, id: str) -> None:
        super().__init__(id=id)
        self._session = session
        self._rows = Rows()
        self._prepared: Prepared | None = None
        self._cluster: Cluster | None = None
        self._under_way: Stoppable | None = None
        self._about: tuple[Plan, str] | None = None
        self._part: Part | None = None
        self.state: State = "blocked"
        self.ended: Summary | UserError | None = None
        """What the road led to."""

    def compose(self) -> ComposeResult:
        with Vertical(id="before"):
            yield Vertical(
                Labelled("Context", "", classes="context"),
                Labelled("API server", "", classes="server"),
                Labelled("Namespace", "", classes="namespace"),
                id="facts",
            )
            with VerticalScroll(id="changes", can_focus=False):
                yield Static(id="said", markup=False)
        yield Static(id="keys", markup=False)
        yield self._rows
        yield Static(id="stuck", markup=False)
        yield VerticalScroll(id="end")
        with Horizontal(id="buttons"):
            yield Button(id="go", variant="primary", compact=True)
            yield Button("Rehearse …", id="rehearse", compact=True)
            yield Button("Go to the answer", id="answer", compact=True)

    def open(self) -> None:
        """Look at what applying would change, unless that is known or under way. Other answers end a wait."""
        if self.state == "running" and not self._left_for_others():
            self._focus()
            return
        problems = self._session.problems()
        if problems:
            self._about = None
            self._facts()
            lines = "\n".join(f"{Mark.FAILED} {problem.text()}" for problem in problems)
            self._say(Content(f"Nothing can be applied before these answers are mended:\n\n{lines}"))
            self._turn("blocked")
            return
        about = (self._session.draft.plan(), self._session.context)
        if about != self._about or self.state not in ("ready", "done"):
            self._look(about)
        else:
            self._focus()

    def _left_for_others(self) -> bool:
        """Whether what was waited for is left, since the answers have changed meanwhile."""
        problems, part = self._session.problems(), self._part
        if problems or part in (None, APPLYING) or self._about == (self._session.draft.plan(), self._session.context):
            return False
        self._stop()
        return True

    def deploy_keys(self) -> list[str]:
        """What somebody must do with keys that were made, once they are in the cluster or on their way."""
        known = self._prepared.deploy_keys() if self._prepared else []
        return known if self.state in ("running", "failed", "done") else []

    def _answer(self) -> str:
        """The place of the answer that the first way out names, where it is asked."""
        stuck = [row.place for row in self._rows.rows.values() if row.way_out]
        return stuck[0] if stuck and self._session.question_at(stuck[0]) else ""

    def _offer_answer(self) -> None:
        """A button that leads there, and has the focus as long as the rows would have it."""
        mendable = bool(self._answer())
        if mendable != self.has_class("-mendable"):
            self.set_class(mendable, "-mendable")
            self._focus()

    def applied(self) -> int:
        """How many things are done so far."""
        return sum(row.mark is Mark.DONE for row in self._rows.rows.values())

    def on_unmount(self) -> None:
        """The wizard ends: what polls the cluster must end too, or the process would wait for it."""
        self._stop()

    def _stop(self) -> None:
        if self._under_way is not None:
            self._under_way.stop()

    def action_page(self, by: int) -> None:
        """Scroll what is shown."""
        shown = self._rows if self._rows.display else self.query_one("#changes")
        shown.scroll_page_up(animate=False) if by < 0 else shown.scroll_page_down(animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Consent; or the way to what is to mend; or another look after a failure."""
        event.stop()
        if event.button.id == "rehearse":
            self.post_message(self.Rehearse())
        elif event.button.id == "answer":
            self.post_message(self.Mend(self._answer()))
        elif self.state == "blocked":
            self.post_message(self.Mend())
        elif self.state == "failed":
            self._look((self._session.draft.plan(), self._session.context))
        elif self.state == "ready" and self._prepared is not None and self._cluster is not None:
            self._rows.clear()
            self._part = None
            self.remove_class("-stuck", "-mendable")
            self._turn("running")
            self._show_keys()
            self._under_way = Stoppable(self._cluster)
            self._carry_out(self._under_way.as_cluster(), self._prepared)

    def on_apply_pane_looked(self, event: Looked) -> None:
        """Show what would change and ask."""
        self._prepared, self._cluster = event.prepared, event.cluster
        self._facts(event.prepared)
        self._say(said(event.prepared))
        self._turn("ready")

    def on_apply_pane_happened(self, event: Happened) -> None:
        """Paint a row."""
        rows = self._rows
        if isinstance(event.event, Part):
            self._part = event.event
            rows.part(event.event.title)
        else:
            rows.put(event.event)
            ways = [row.way_out for row in rows.rows.values() if row.way_out]
            self.query_one("#stuck", Static).update("\n".join([*(f"→ {way}" for way in ways[:1]), _COME_BACK]))
            self.set_class(bool(ways), "-stuck")
            self._offer_answer()

    async def on_apply_pane_ended(self, event: Ended) -> None:
        """Say how it ended."""
        end = self.query_one("#end")
        await end.remove_children()
        if event.error is None:
            assert self._prepared is not None
            self.ended = summary(self._prepared.plan, "" if self._session.sandbox else self._session.context)
            await end.mount_all(way_in(self.ended, self._session.sandbox))
        else:
            self.ended = event.error
            await end.mount_all(failure(event.error, bool(self._rows.rows)))
        self._turn("failed" if event.error else "done")

    @work(thread=True, exclusive=True, group="cluster")
    def _ask_cluster(self, plan: Plan) -> None:
        """Reads only."""
        try:
            cluster = self._session.cluster()
            prepared = prepare(cluster, plan)
        except UserError as error:
            self.post_message(self.Ended(error))
        else:
            self.post_message(self.Looked(prepared, cluster))

    @work(thread=True, exclusive=True, group="cluster")
    def _carry_out(self, cluster: Cluster, prepared: Prepared) -> None:
        """Go the road to its end, or until `stop`."""
        try:
            for event in road(cluster, prepared):
                self.post_message(self.Happened(event))
        except UserError as error:
            self.post_message(self.Ended(error))
        except Stopped:
            return
        else:
            self.post_message(self.Ended(None))

    def _look(self, about: tuple[Plan, str]) -> None:
        self._about, self.ended, self._prepared = about, None, None
        self._show_keys()
        self._rows.clear()
        self.remove_class("-stuck", "-mendable")
        self._facts()
        self._say(Content("Asking the cluster what would change …"))
        self._turn("preparing")
        self._ask_cluster(about[0])

    def _facts(self, prepared: Prepared | None = None) -> None:
        session = self._session
        made = " (will be created)" if prepared and not prepared.namespace_exists else ""
        facts = (session.context or "none chosen", session.server or "-", f"{session.namespace}{made}")
        for name, text in zip(("context", "server", "namespace"), facts, strict=True):
            self.query_one(f".{name}", Labelled).update(text)

    def _show_keys(self) -> None:
        """Over the rows, as wide as there is room: the key is to be copied."""
        keys = self.deploy_keys()
        self.query_one("#keys", Static).update("\n".join(keys))
        self.set_class(bool(keys), "-keys")

    def _say(self, text: Content) -> None:
        self.query_one("#said", Static).update(text)
        self.query_one("#changes").scroll_home(animate=False)

    def _turn(self, state: State) -> None:
        self.state = state
        for known in ("blocked", "preparing", "ready", "running", "failed", "done"):
            self.set_class(known == state, f"-{known}")
        self.query_one("#go", Button).label = _BUTTONS.get(state, "")
        self._rows.run_clock(state == "running")
        self._session.apply_mark = _MARKS.get(state, UNSEEN)
        self.post_message(self.Turned())
        self._focus()

    def _focus(self) -> None:
        """The button where there is one, else the rows; never taken away from another step."""
        if self.display:
            waiting = self.query_one("#answer", Button) if self.has_class("-mendable") else self._rows
            target = self.query_one("#go", Button) if self.state in _BUTTONS else waiting
            self.call_after_refresh(target.focus)
