"""Help for the question at hand: all of its choices, where it is documented, and the keys."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.asking import card_of
from wizard.consequences import Consequence
from wizard.questions import Question
from wizard.tui.dialog import Dialog
from wizard.tui.labelled import Labelled

KEYS = {
    "F8 / F7": "next step, step before (a click on a step goes there; ^p finds all steps by name)",
    "Enter": "go on to the next question, after the last one to the next step (in text of several lines: a new line)",
    "Tab / shift+Tab": "the next question, or button, and the one before",
    "up / down": "take another choice, or move between the questions; in manifests, from line to line",
    "left / right": "between the buttons of a dialog",
    "Space": "yes or no, where a field asks for it",
    "PgUp / PgDn": "a page of what scrolls",
    "Home / End": "the first and the last line of a manifest",
    "F1": "help for the question at hand: all that is said of its choices, and these keys",
    "F2": "the manifests that this step brings in, and back",
    "F3": "from a question to the lines that its answer brings in; from a line, why it is there: to its question",
    "F4": "where a field says here: the next name that this cluster has",
    "F5": "ask the cluster again",
    "F6": "how the installation of this namespace is, where there is one",
    "^f": "in Review: search; Enter goes to the next match, Escape back to the list",
    "^s": "save the plan",
    "^p": "all commands, among them light and dark themes",
    "Escape": "close a dialog, or go back from manifests and from a search",
    "^q": "quit",
}


class Link(Static):
    """An address, which a click opens where there is a browser."""

    DEFAULT_CSS = "Link { color: $text-accent; text-style: underline; }"

    def __init__(self, address: str) -> None:
        super().__init__(address, markup=False)
        self._address = address

    def on_click(self) -> None:
        """Open it."""
        self.app.open_url(self._address)


class HelpDialog(Dialog[None]):
    """To be read, and closed."""

    DEFAULT_CSS = """
    HelpDialog .spaced { margin: 1 0 0 0; }
    HelpDialog VerticalScroll { height: auto; max-height: 18; scrollbar-size-vertical: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "close", "Close", show=False)]

    def __init__(self, question: Question | None, here: Mapping[str, Consequence] = MappingProxyType({})) -> None:
        super().__init__()
        self._question = question
        self._here = here

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"), VerticalScroll():
            if self._question is not None:
                yield from _about(self._question, self._here)
            yield Static("Keys", classes="headline spaced" if self._question else "headline", markup=False)
            for key, text in KEYS.items():
                yield Labelled(key, text)
            yield Static(Content.styled("Escape closes this.", "dim"), classes="spaced")

    def on_mount(self) -> None:
        """So that the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()


def _about(question: Question, here: Mapping[str, Consequence]) -> ComposeResult:
    yield Static(question.title, classes="headline", markup=False)
    yield Static(question.help, markup=False)
    if question.docs:
        yield Link(question.docs)
    if question.kind != "choice" and question.default is not None:
        yield Static(f"Without an answer: {question.default}", markup=False)
    for choice in question.choices:
        yield Static(choice.title, classes="headline spaced", markup=False)
        yield Static(choice.summary, markup=False)
        if choice.blocked:
            yield Labelled("not here", choice.blocked)
        if said := here.get(choice.value, Consequence()).text().replace("here: ", "", 1):
            yield Labelled("here", said)
        for label, text in card_of(choice):
            yield Labelled(label, text)
