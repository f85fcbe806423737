"""Questions as widgets. Each shows what holds, tells what was answered, and says what is wrong right beside it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Static, TextArea

from wizard.asking import empty_says, kind_of, read
from wizard.at_hand import Remark
from wizard.consequences import Consequence
from wizard.picks import Pick
from wizard.plan.shorthand import in_a_line
from wizard.progress import Mark
from wizard.questions import Key, Question
from wizard.tui.choice_list import ChoiceList
from wizard.tui.moves import Moved
from wizard.tui.text import put


class Field(Vertical):
    """One question."""

    DEFAULT_CSS = """
    Field {
        height: auto; padding: 0 1; margin: 0 0 1 0; border-left: blank;
        &:focus-within { border-left: outer $primary; }
        .title { text-style: bold; }
        .help { color: $text-muted; }
        .problem { color: $text-error; text-style: bold; display: none; }
        .problem.-told { display: block; }
        .picks { color: $text-accent; display: none; }
        .picks.-offered { display: block; }
        .problem.-warned { color: $text-warning; }
        .problem.-noted { color: $text-success; text-style: none; }
        .line { height: auto; }
        .line > .title { width: 21; padding: 0 1 0 0; }
        .line > Vertical { width: 1fr; height: auto; }
    }
    """

    class Answered(Message):
        """Somebody answered. None or an empty text takes the answer back."""

        def __init__(self, key: Key, value: Any) -> None:
            super().__init__()
            self.key = key
            self.value = value

    def __init__(self, question: Question, value: Any) -> None:
        super().__init__()
        self.question = question
        self.value = value

    @property
    def target(self) -> Widget:
        """The widget that takes the focus."""
        return self.query(self.CONTROL).first()

    CONTROL: ClassVar[type[Widget]]

    @property
    def in_sight(self) -> Widget:
        """What of it must be seen."""
        return self.target

    @property
    def here(self) -> Mapping[str, Consequence]:
        """By choice, what it would mean; only of a question with choices."""
        return {}

    def offer(self, picks: Sequence[Pick]) -> None:
        """Show what can be picked on this cluster; only fields of text do."""

    def tell(self, problem: str, remark: Remark | None = None) -> None:
        """Show what is wrong with the answer, or else what is to be said of it; nothing where that is nothing."""
        mark, text = Mark.FAILED, problem
        if remark and not problem:
            mark, text = remark.mark, remark.sentence
        kind = {Mark.DONE: "-noted", Mark.WARNING: "-warned"}.get(mark, "")
        told = self.query_one(".problem", Static)
        told.set_classes(["problem", *(["-told"] if text else []), *([kind] if kind else [])])
        put(told, f"{mark} {text}" if text else "")

    def show(self, question: Question, value: Any) -> None:
        """Show what holds now; other answers may have changed it."""
        self.question, self.value = question, value

    def _below(self) -> ComposeResult:
        yield Static("", classes="problem", markup=False)
        if self.question.help:
            yield Static(self.question.help, classes="help", markup=False)


class ChoiceField(Field):
    """A question with choices: the title and the help above, since the choices take the whole width."""

    CONTROL = ChoiceList

    def compose(self) -> ComposeResult:
        yield Static(self.question.title, classes="title", markup=False)
        yield from reversed(list(self._below()))
        yield ChoiceList(self.question.choices, str(self.value))

    @property
    def in_sight(self) -> Widget:
        """The choice that is taken."""
        return self.query_one(ChoiceList).chosen_row

    def show(self, question: Question, value: Any) -> None:
        """Take the value over where it is another one, and what other answers block."""
        if value != self.value or question.choices != self.question.choices:
            self.query_one(ChoiceList).show(str(value), question.choices)
        super().show(question, value)

    @property
    def here(self) -> Mapping[str, Consequence]:
        """What is known of them."""
        return self.query_one(ChoiceList).here

    def consider(self, here: Mapping[str, Consequence]) -> None:
        """Say of each choice what it would mean here."""
        for choices in self.query(ChoiceList):
            choices.consider(here)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Answer."""
        event.stop()
        self.post_message(self.Answered(self.question.key, event.value))


class Line(Input):
    """A line of text that hands up, down and Enter on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Question before", show=False),
        Binding("down", "move(1)", "Next question", show=False),
    ]

    def action_move(self, by: int) -> None:
        """Leave for the field above or below."""
        self.post_message(Moved(by))

    async def action_submit(self) -> None:
        """Enter goes on."""
        self.post_message(Moved(1, onward=True))


class TextField(Field):
    """Text or a number. Empty: what holds by default, which stands there in grey."""

    CONTROL = Line
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "pick", "pick", key_display="F4", tooltip="The next name that this cluster has")
    ]

    def __init__(self, question: Question, value: Any) -> None:
        super().__init__(question, value)
        self._picks: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static(self.question.title, classes="title", markup=False)
            with Vertical():
                yield Line(in_a_line(self.value), placeholder=empty_says(self.question), compact=True)
                yield from self._below()
                yield Static("", classes="picks", markup=False)

    def offer(self, picks: Sequence[Pick]) -> None:
        """Show what can be picked on this cluster."""
        self._picks = tuple(pick.value for pick in picks)
        shown = self.query_one(".picks", Static)
        shown.set_class(bool(picks), "-offered")
        put(shown, f"here (F4): {' · '.join(map(str, picks))}")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """F4 is a key only where there is something to pick."""
        return action != "pick" or bool(self._picks)

    def action_pick(self) -> None:
        """Take the name after the one that stands there, or the first."""
        line = self.query_one(Line)
        at = self._picks.index(line.value) + 1 if line.value in self._picks else 0
        line.value = self._picks[at % len(self._picks)]
        line.cursor_position = len(line.value)

    def show(self, question: Question, value: Any) -> None:
        """Take over a default that another answer changed, unless somebody types here."""
        line = self.query_one(Line)
        line.placeholder = empty_says(question)
        if value != self.value and not line.has_focus:
            with line.prevent(Input.Changed):
                line.value = in_a_line(value)
        super().show(question, value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Answer as one types."""
        event.stop()
        value = read(self.question, event.value)
        if value != self.value:
            self.value = value
            self.post_message(self.Answered(self.question.key, value))


class LinesField(Field):
    """Text of several lines, such as a known_hosts file. Enter starts a line here; Tab leaves."""

    CONTROL = TextArea
    DEFAULT_CSS = "LinesField TextArea { height: auto; max-height: 6; padding: 0; border: none; }"

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static(self.question.title, classes="title", markup=False)
            with Vertical():
                yield TextArea(in_a_line(self.value), compact=True, placeholder=empty_says(self.question))
                yield from self._below()

    def show(self, question: Question, value: Any) -> None:
        """Take over a value that was changed elsewhere, unless somebody types here."""
        area = self.query_one(TextArea)
        if value != self.value and not area.has_focus:
            with area.prevent(TextArea.Changed):
                area.text = in_a_line(value)
        super().show(question, value)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Answer as one types."""
        event.stop()
        value = event.text_area.text.strip()
        if value != in_a_line(self.value).strip():
            self.value = value
            self.post_message(self.Answered(self.question.key, value))


class Tick(Checkbox):
    """A checkbox whose sign, not only its colour, says whether it is on. Enter goes on, the space bar ticks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Question before", show=False),
        Binding("down", "move(1)", "Next question", show=False),
        Binding("enter", "move(1, True)", "Next question", show=False),
    ]

    def __init__(self, value: bool) -> None:
        super().__init__(_word(value), value, compact=True)

    @property
    def _button(self) -> Content:
        """The sign, in the colour of text: Textual's own is told from its ground by colour alone."""
        return Content("[x]" if self.value else "[ ]")

    def watch_value(self) -> None:
        """The word goes with the sign."""
        super().watch_value()
        self.label = _word(self.value)

    def action_move(self, by: int, onward: bool = False) -> None:
        """Leave for another field."""
        self.post_message(Moved(by, onward=onward))


def _word(value: bool) -> str:
    return "yes" if value else "no"


class FlagField(Field):
    """Yes or no."""

    CONTROL = Tick

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static(self.question.title, classes="title", markup=False)
            with Vertical():
                yield Tick(bool(self.value))
                yield from self._below()

    def show(self, question: Question, value: Any) -> None:
        """Take the value over where it is another one."""
        tick = self.query_one(Tick)
        if bool(value) != tick.value:
            with tick.prevent(Checkbox.Changed):
                tick.value = bool(value)
        super().show(question, value)

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Answer."""
        event.stop()
        self.value = event.value
        self.post_message(self.Answered(self.question.key, event.value))


def field_of(question: Question, value: Any) -> Field:
    """The widget for a question."""
    kinds: dict[str, type[Field]] = {"choice": ChoiceField, "flag": FlagField, "lines": LinesField}
    return kinds.get(kind_of(question, value), TextField)(question, value)
