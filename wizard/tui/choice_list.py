"""One of several: titles with a line each and what each would mean here; below them what speaks for and against the
chosen one."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from wizard.asking import card_of
from wizard.consequences import Consequence
from wizard.progress import Mark
from wizard.questions import Choice
from wizard.tui.hanging import MUTED, Hanging
from wizard.tui.labelled import Labelled
from wizard.tui.moves import Moved

ON, OFF, BLOCKED, FAILING = "(●)", "( )", "(-)", "(×)"
_LONGEST_TITLE = 26
_MANY = 8
"""Choices of which one sees a part: contexts."""
_COLOURS = {Mark.DONE: "$text-accent", Mark.WARNING: "$text-warning", Mark.FAILED: "$text-error"}


class ChoiceRow(Hanging):
    """One choice: its sign, its title, what it is, and what it would mean here."""

    class Clicked(Message):
        """Somebody clicked this choice."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self, choice: Choice, width: int, chosen: bool) -> None:
        super().__init__(Content(""), Content(""))
        self.choice = choice
        self._width = width
        self._here = Consequence()
        self._chosen = chosen
        self.mark(chosen)

    def on_click(self) -> None:
        """Say so."""
        self.post_message(self.Clicked(self.choice.value))

    @property
    def room_below(self) -> int:
        """Nearly always the whole; the help of the question has the rest."""
        return 3

    def consider(self, here: Consequence) -> None:
        """Say what it would mean here."""
        self._here = here
        self.mark(self._chosen)

    def mark(self, chosen: bool) -> None:
        """Paint whether it is the one, or why it can't be."""
        self._chosen = chosen
        self.set_class(chosen, "-chosen")
        sign, strong, said = (ON, "bold", "") if chosen else (OFF, "", MUTED)
        text = self.choice.summary
        if self.choice.blocked and not chosen:
            sign, text = BLOCKED, self.choice.blocked
        elif self._here.mark is Mark.FAILED and not chosen:
            sign = FAILING
        left = Content.assemble(f"{sign} ", (self.choice.title.ljust(self._width), strong))
        self.put(left, Content.styled(text, said), below=self._told())

    def _told(self) -> Content:
        """What it would mean here. What is wrong with the one that holds is told by the fields themselves."""
        here = Consequence(self._here.counted) if self._chosen else self._here
        return Content.styled("" if self.choice.blocked else here.text(whole=False), _COLOURS[here.mark])


class ChoiceList(Vertical, can_focus=True):
    """Up and down choose, as in any radio group; Enter goes on."""

    DEFAULT_CSS = """
    ChoiceList {
        height: auto;
        #rows { height: auto; }
        #rows.-many { max-height: 16; }
        ChoiceRow.-chosen .name { text-style: bold; }
        ChoiceRow.-chosen .summary { color: $text; }
        &:focus ChoiceRow.-chosen { background: $primary 30%; }
        #card { height: auto; padding: 0 0 0 4; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Previous choice", show=False),
        Binding("down", "choose(1)", "Next choice", show=False),
        Binding("enter", "onward", "Next question", show=False),
    ]

    class Chosen(Message):
        """Another choice was taken."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self, choices: Sequence[Choice], value: str) -> None:
        super().__init__()
        self._choices = choices
        self.value = value
        self.here: Mapping[str, Consequence] = {}
        """By choice, what it would mean, as far as that is known."""

    def compose(self) -> ComposeResult:
        width = min(max(len(choice.title) for choice in self._choices), _LONGEST_TITLE) + 2
        with VerticalScroll(id="rows", can_focus=False, classes="-many" if len(self._choices) > _MANY else ""):
            for choice in self._choices:
                yield ChoiceRow(choice, width, choice.value == self.value)
        with Vertical(id="card"):
            yield from self._card()

    def on_mount(self) -> None:
        """Of a long list, show the part with the chosen one."""
        self._scroll_to_chosen()

    def show(self, value: str, choices: Sequence[Choice] = ()) -> None:
        """Paint this value as the chosen one, without telling anybody; `choices` where what is blocked has changed."""
        self.value = value
        self._choices = choices or self._choices
        for row, choice in zip(self.query(ChoiceRow), self._choices, strict=True):
            row.choice = choice
            row.mark(choice.value == value)
        self._scroll_to_chosen()
        card = self.query_one("#card", Vertical)
        with self.app.batch_update():
            card.remove_children()
            card.mount_all(self._card())

    def consider(self, here: Mapping[str, Consequence]) -> None:
        """Say of each choice what it would mean here."""
        self.here = here
        for row in self.query(ChoiceRow):
            row.consider(here.get(row.choice.value, Consequence()))

    def action_choose(self, by: int) -> None:
        """Take the next choice that can be taken, or the one before; at the ends, leave."""
        values = [choice.value for choice in self._choices if choice.value == self.value or not choice.blocked]
        at = values.index(self.value) + by if self.value in values else 0
        if 0 <= at < len(values):
            self._take(values[at])
        else:
            self.post_message(Moved(by))

    def action_onward(self) -> None:
        """Go on to what comes next."""
        self.post_message(Moved(1, onward=True))

    def on_choice_row_clicked(self, event: ChoiceRow.Clicked) -> None:
        """Take what was clicked, if it can be taken."""
        event.stop()
        if not any(choice.blocked for choice in self._choices if choice.value == event.value):
            self._take(event.value)

    def _card(self) -> list[Labelled]:
        chosen = next((choice for choice in self._choices if choice.value == self.value), None)
        return [Labelled(label, text) for label, text in card_of(chosen)] if chosen else []

    @property
    def chosen_row(self) -> Widget:
        """The row of the choice that is taken; the list itself where none is."""
        return next((row for row in self.query(ChoiceRow) if row.choice.value == self.value), self)

    def _scroll_to_chosen(self) -> None:
        self.chosen_row.scroll_visible(animate=False)

    def _take(self, value: str) -> None:
        if value != self.value:
            self.show(value)
            self.post_message(self.Chosen(value))
