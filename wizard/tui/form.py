"""The questions of one step, one below the other. Answers change which ones there are."""

from typing import Any

from textual import work
from textual.containers import VerticalScroll
from textual.geometry import Offset, Region
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from wizard.check import Facts
from wizard.consequences import Consequence, consequences
from wizard.questions import Draft, Key, Question
from wizard.session import Session
from wizard.tui.fields import ChoiceField, Field, field_of
from wizard.tui.moves import Moved

_SETTLED = 0.15
"""Seconds without another answer after which it is thought about what the choices would mean."""


_GROUP = "consequences"


class Form(VerticalScroll, can_focus=False):
    """The fields of the step at hand."""

    DEFAULT_CSS = """
    Form { width: 1fr; padding: 1 0 0 1; scrollbar-size-vertical: 1; }
    """

    class Finished(Message):
        """Enter on the last field."""

    class Considered(Message):
        """What each choice of a question would mean with these answers."""

        def __init__(self, key: Key, here: dict[str, Consequence], draft: Draft) -> None:
            super().__init__()
            self.key = key
            self.here = here
            self.draft = draft

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._later: Timer | None = None
        self.step = ""

    async def show(self, step: str) -> None:
        """Ask the questions of a step."""
        self.step = step
        with self.app.batch_update():
            await self.remove_children()
            asked = self._session.questions(step)
            await self.mount_all([field_of(question, self._session.value(question.key)) for question in asked])
            self.tell()
        self.scroll_home(animate=False)
        self.focus_field()

    async def refresh_fields(self) -> None:
        """Make the fields those that apply now; a field that stays keeps its focus and its cursor."""
        asked = self._session.questions(self.step)
        there = {field.question.key: field for field in self.query(Field)}
        wanted = {question.key for question in asked}
        for key, field in there.items():
            if key not in wanted:
                await field.remove()
        before: Field | None = None
        for question in asked:
            value = self._session.value(question.key)
            known = there.get(question.key)
            field = known or field_of(question, value)
            if known is None:
                await self.mount(field, after=before) if before else await self.mount(field, before=0)
            else:
                field.show(question, value)
            before = field
        self.tell()

    def scroll_to_region(self, region: Region, **how: Any) -> Offset:
        """A question comes into sight as a whole; of one that is too high, its title with what is wanted of it, unless
        that is one line far below."""
        height = self.scrollable_content_region.height
        for field in self.query(Field):
            whole = field.virtual_region_with_margin
            if whole.contains_region(region):
                end = whole.bottom if whole.height <= height else whole.y + height
                if region.bottom <= end or region.height > height // 2:
                    region = Region(whole.x, whole.y, whole.width, end - whole.y)
        return super().scroll_to_region(region, **how)

    def focus_field(self, key: Key = ()) -> None:
        """Put the focus on the field of a question, or on the first."""
        fields = list(self.query(Field))
        chosen = next((field for field in fields if field.question.key == key), fields[0] if fields else None)
        if chosen is not None:
            chosen.target.focus()

    def field_at_hand(self) -> Field | None:
        """The field that has the focus."""
        return next((field for field in self.query(Field) if field.has_pseudo_class("focus-within")), None)

    def on_descendant_focus(self) -> None:
        """A control may be in sight already, and its title not."""
        self.call_after_refresh(self._keep_in_sight)

    def on_moved(self, event: Moved) -> None:
        """Move the focus; Enter on the last field is the end of the step."""
        event.stop()
        fields = list(self.query(Field))
        at = next((index for index, field in enumerate(fields) if field.has_pseudo_class("focus-within")), 0) + event.by
        if 0 <= at < len(fields):
            fields[at].target.focus()
        elif event.onward:
            self.post_message(self.Finished())

    def tell(self) -> None:
        """Say beside each field what is wrong with its answer, what it means here, and what can be picked."""
        problems = {problem.key: problem.sentence for problem in self._session.problems()}
        remarks, picks = self._session.remarks(), self._session.picks()
        # The cluster answers when it likes; a field that is just being mounted is told when that is done.
        for field in [field for field in self.query(Field) if field.query(".problem")]:
            field.tell(problems.get(field.question.key, ""), remarks.get(field.question.place))
            if field.question.picks and field.query(".picks"):
                field.offer(picks.get(field.question.picks, ()))
        self.call_after_refresh(self._keep_in_sight)
        self._consider_later()

    def _consider_later(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(_SETTLED, self._consider_now)

    @property
    def considering(self) -> bool:
        """Whether it is still to be said what choices would mean."""
        workers = [worker for worker in self.workers if worker.group == _GROUP]
        return self._later is not None or any(not worker.is_finished for worker in workers)

    def _consider_now(self) -> None:
        self._later, session = None, self._session
        choices = [question for question in session.questions(self.step) if question.choices and question.place]
        self._consider(session.draft.with_answer((), None), choices, session.facts)

    @work(thread=True, exclusive=True, group=_GROUP)
    def _consider(self, draft: Draft, asked: list[Question], facts: Facts | None) -> None:
        """Think about every choice; it takes a second, and nobody waits for it."""
        for question in asked:
            here = consequences(draft, question, facts)
            if get_current_worker().is_cancelled:
                return
            self.post_message(self.Considered(question.key, here, draft))

    def on_form_considered(self, event: Considered) -> None:
        """Say it beside the choices, unless there are other answers by now."""
        event.stop()
        if event.draft.given == self._session.draft.given:
            for field in self.query(ChoiceField):
                if field.question.key == event.key:
                    field.consider(event.here)
            self.call_after_refresh(self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        """What is said above the field with the focus must not push it off."""
        field = self.field_at_hand()
        if field is not None:
            field.in_sight.scroll_visible(animate=False)
