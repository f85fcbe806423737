"""The one screen: header, rail, the step at hand, its preview, the keys."""

from io import StringIO
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import ContentSwitcher

from wizard.check import Facts
from wizard.plan.file import DEFAULT_FILE, text_of
from wizard.plan.model import Plan
from wizard.questions import Key
from wizard.session import CONTEXT, Session
from wizard.steps import RAIL, STEPS
from wizard.tui.apply_pane import ApplyPane
from wizard.tui.context_dialog import consented
from wizard.tui.fields import Field
from wizard.tui.form import Form
from wizard.tui.header import Header
from wizard.tui.kept import Kept
from wizard.tui.moves import Wanted
from wizard.tui.preview import Preview
from wizard.tui.rail import Rail
from wizard.tui.review import Review
from wizard.tui.steps_screen import StepsScreen
from wizard.tui.yaml_view import YamlView


class WizardScreen(StepsScreen):
    """Moves between the steps, and passes on what happens in one to the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "help", key_display="F1", priority=True),
        Binding("f2", "preview", "preview", key_display="F2", priority=True),
        Binding("f3", "why", "why", key_display="F3", priority=True, tooltip="From an answer to its lines, and back"),
        Binding("f5", "look", "ask the cluster again", key_display="F5", priority=True, show=False),
        Binding("f6", "status", "status", key_display="F6", priority=True),
        Binding("f7", "previous", "back", key_display="F7", priority=True),
        Binding("f8", "next", "next", key_display="F8", priority=True),
        Binding("ctrl+s", "save", "save", key_display="^s", priority=True),
    ]

    class Looked(Message):
        """A cluster has said what there is to know, or nothing."""

        def __init__(self, context: str, facts: Facts | None, applied: Plan | None) -> None:
            super().__init__()
            self.context = context
            self.facts = facts
            self.applied = applied

    def __init__(self, session: Session) -> None:
        super().__init__(session.sandbox)
        self._session = session
        self.step = ""
        self.apply_pane = ApplyPane(session, id="apply")

    def panes(self) -> ContentSwitcher:
        """The form with its preview, Review, Apply: one at a time."""
        form = Horizontal(Form(self._session), Preview(self._session), id="form")
        review = Review(self._session, id="review")
        return ContentSwitcher(form, review, self.apply_pane, id="panes", initial="form")

    async def on_mount(self) -> None:
        """Start at the first step, and look meanwhile at the cluster."""
        self.call_after_refresh(self.action_look)  # the first frame comes first
        self.set_interval(10, self._paint_header)
        await self.go(next(iter(RAIL)))
        kept = self._session.left()
        if kept is not None:
            self._offer_kept(kept)

    def on_unmount(self) -> None:
        """What was answered in the last step."""
        if self.apply_pane.state != "done":
            self._session.keep()

    def _offer_kept(self, kept: Kept) -> None:
        from wizard.tui.confirm_dialog import ConfirmDialog

        async def chosen(anew: bool | None) -> None:
            if anew:
                self._session.forget()
            else:
                self._session.draft = kept.draft
                await self.go(self.step)

        text = (
            f"They are of {kept.at:%d %B, %H:%M}: the {kept.draft.profile} profile in namespace "
            f"{kept.draft.value(('namespace',))}. No secret is among them."
        )
        headline = "Answers of an earlier run were not saved."
        self.app.push_screen(ConfirmDialog(headline, text, yes="Begin anew", no="Go on with them"), chosen)

    def action_look(self) -> None:
        """Ask the cluster anew."""
        self._look(self._session.context, self._session.namespace)

    @work(thread=True, exclusive=True, group="facts")
    def _look(self, context: str, namespace: str) -> None:
        """Ask the cluster of this run; of one that doesn't answer nothing is known, and Apply will say why."""
        from wizard.record import plan_in

        facts = self._session.look(namespace)
        self.post_message(self.Looked(context, facts, plan_in(facts.record) if facts else None))

    def on_wizard_screen_looked(self, event: Looked) -> None:
        """Say what the answers mean there, unless another one was chosen meanwhile."""
        if event.context == self._session.context:
            self._session.facts, self._session.applied = event.facts, event.applied
            self.refresh_bindings()
            self.query_one(Form).tell()
            if self.step == "review":
                self.query_one(Review).tell_checks()
            self._paint()
            if self.app.screen is self and self._session.offers_applied():
                self._offer_applied()

    def _offer_applied(self) -> None:
        from wizard.tui.confirm_dialog import ConfirmDialog

        async def chosen(anew: bool | None) -> None:
            if not anew:
                await self.open_applied()

        headline = f"Namespace {self._session.namespace} holds an installation."
        text = "Go on with its answers, to look at it or to change it; a plan that begins anew would replace it."
        self.app.push_screen(ConfirmDialog(headline, text, yes="Begin anew", no="Open its answers"), chosen)

    async def open_applied(self) -> None:
        """Go on with the answers of what is applied in this namespace."""
        self._session.open_applied()
        await self.go(self.step)

    def on_resize(self) -> None:
        """The width decides whether there is a preview, and how much the header says."""
        self.call_after_refresh(self.query_one(Preview).seen)
        self.call_after_refresh(self._paint_header)

    async def go(self, step: str, key: Key = ()) -> None:
        """Show a step, the focus on the question of this key where there is one."""
        if self._session.facts and self._session.facts.namespace != self._session.namespace:
            self.action_look()
        self.step = step
        self._session.keep()
        self.remove_class("-preview")
        self._session.seen.add(step)
        self.query_one(ContentSwitcher).current = "form" if step in STEPS else step
        if step == "review":
            self.query_one(Review).open()
        elif step == "apply":
            self.apply_pane.open()
        else:
            await self.query_one(Form).show(step)
            self.query_one(Preview).open(step)
            self.query_one(Form).focus_field(key)
        self.refresh_bindings()
        self._paint()

    async def action_next(self) -> None:
        """The step after; Apply is the last."""
        await self._move(1)

    async def action_previous(self) -> None:
        """The step before."""
        await self._move(-1)

    def action_preview(self) -> None:
        """To the preview and back: beside the form where there is room, else in its place."""
        if self.step == "review":
            self.query_one(Review).toggle()
        elif self.step in STEPS:
            self.set_class(not self.has_class("-preview"), "-preview")
            if self.has_class("-preview"):
                self.query_one(Preview).refresh_manifests()
                self.call_after_refresh(self.query_one(Preview).focus_objects)
            else:
                self.query_one(Preview).whole()
                self.call_after_refresh(self.query_one(Form).focus_field)

    def action_why(self) -> None:
        """From a line to the question whose answer brought it in; from a question to the lines of its answer."""
        field = self.query_one(Form).field_at_hand() if self.step in STEPS else None
        if isinstance(self.focused, YamlView):
            self.focused.action_ask()
        elif field is not None:
            self.add_class("-preview")
            if not field.question.place or not self.query_one(Preview).about(field.question):
                self.remove_class("-preview")
                self.notify(f"No line of a manifest follows from this answer: {field.question.title}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something at this step are keys."""
        if action == "status":
            return self._session.applied is not None
        idle = {"previous": next(iter(RAIL)), "next": list(RAIL)[-1], "preview": "apply", "why": "apply"}
        return idle.get(action) != self.step

    def action_help(self) -> None:
        """Help for the question at hand."""
        from wizard.tui.help_dialog import HelpDialog

        field = self.query_one(Form).field_at_hand() if self.step in STEPS else None
        self.app.push_screen(HelpDialog(field.question, field.here) if field else HelpDialog(None))

    def action_status(self) -> None:
        """How the installation of this namespace is."""
        from wizard.tui.status_dialog import StatusDialog

        self.app.push_screen(StatusDialog(self._session))

    async def action_save(self) -> None:
        """Save the plan; while it is none, say what is to mend."""
        problems = self._session.problems()
        if problems:
            self.notify(f"Fix first: {problems[0].text()}", title="Nothing was saved", severity="warning")
            await self.go(problems[0].step, problems[0].key)
            return
        self._ask_for_name()

    def _ask_for_name(self) -> None:
        if self.app.is_web:  # a browser's files are elsewhere, and nobody there may write ours
            text = StringIO(text_of(self._session.draft.plan()))
            self.app.deliver_text(text, save_filename=DEFAULT_FILE, open_method="download")
            return
        from pathlib import Path

        from wizard.tui.save_dialog import SaveDialog

        def saved(path: Path | None) -> None:
            if path is not None:
                self._session.saved(path)
                self.notify(f"The plan is in {path}.")

        dialog = SaveDialog(text_of(self._session.draft.plan()), self._session.path or Path(DEFAULT_FILE))
        self.app.push_screen(dialog, saved)

    async def on_field_answered(self, event: Field.Answered) -> None:
        """An answer changes the questions, the header, the rail and the preview, which are painted together; another
        cluster has other names to pick from."""
        self._session.answer(event.key, event.value)
        if event.key == CONTEXT:
            self._session.facts = None
            self.action_look()
        with self.app.batch_update():
            await self.query_one(Form).refresh_fields()
            self._paint()
            self.query_one(Preview).refresh_manifests()

    async def on_form_finished(self, event: Form.Finished) -> None:
        """Enter on the last field."""
        await self._move(1)

    async def on_rail_wanted(self, event: Rail.Wanted) -> None:
        """A click on the rail."""
        await self.go(event.step)

    async def on_wanted(self, event: Wanted) -> None:
        """To a question."""
        await self.go(event.step, event.key)

    async def on_apply_pane_mend(self, event: ApplyPane.Mend) -> None:
        """To the question to mend."""
        problem = self._session.problem(event.place, "") if event.place else self._session.problems()[0]
        await self.go(problem.step, problem.key)

    def on_apply_pane_rehearse(self, event: ApplyPane.Rehearse) -> None:
        """Try the answers, and then, where one is wrong, to its question."""
        from wizard.tui.rehearse_dialog import RehearseDialog

        async def chosen(place: str | None) -> None:
            if place:
                problem = self._session.problem(place, "")
                await self.go(problem.step, problem.key)

        consented(self.app, self._session, lambda: self.app.push_screen(RehearseDialog(self._session), chosen))

    def on_apply_pane_turned(self, event: ApplyPane.Turned) -> None:
        """The rail shows how far Apply is; what is applied, the cluster keeps, and it can be looked at."""
        if self.apply_pane.state == "done":
            self._session.forget()
        self._paint()
        if self.apply_pane.state == "done":
            self._session.offers_nothing()
            self.action_look()

    async def _move(self, by: int) -> None:
        steps = list(RAIL)
        at = steps.index(self.step) + by
        if 0 <= at < len(steps):
            await self.go(steps[at])

    def _paint_header(self) -> None:
        self.query_one(Header).show(self._session)

    def _paint(self) -> None:
        self._paint_header()
        self.query_one(Rail).show(self._session.marks(), self.step)
