"""The questions of one step, one below the other. Answers change which ones there are."""

from textual.containers import VerticalScroll
from textual.message import Message

from wizard.questions import Key
from wizard.session import Session
from wizard.tui.fields import Field, field_of
from wizard.tui.moves import Moved


class Form(VerticalScroll, can_focus=False):
    """The fields of the step at hand."""

    DEFAULT_CSS = """
    Form { width: 1fr; padding: 1 0 0 1; scrollbar-size-vertical: 1; }
    """

    class Finished(Message):
        """Enter on the last field."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
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

    def focus_field(self, key: Key = ()) -> None:
        """Put the focus on the field of a question, or on the first."""
        fields = list(self.query(Field))
        chosen = next((field for field in fields if field.question.key == key), fields[0] if fields else None)
        if chosen is not None:
            chosen.target.focus()

    def field_at_hand(self) -> Field | None:
        """The field that has the focus."""
        return next((field for field in self.query(Field) if field.has_pseudo_class("focus-within")), None)

    async def on_field_answered(self, event: Field.Answered) -> None:
        """Take the answer; the screen hears of it too."""
        self._session.answer(event.key, event.value)
        await self.refresh_fields()

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
