"""Review: every manifest as it will be sent, the Secrets masked; or what is to mend before there is any."""

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.progress import Mark
from wizard.session import Session
from wizard.tui.entries import CHECKS, Entry, checks_entry, entries_of
from wizard.tui.moves import Wanted
from wizard.tui.why import Reason, reason
from wizard.tui.yaml_view import YamlView, coloured


class Review(Vertical):
    """A search, the objects by kind, and the YAML of the one at hand."""

    DEFAULT_CSS = """
    Review {
        padding: 1 1 0 1;
        #summary { height: auto; padding: 0 0 0 1; }
        #search { margin: 0 0 1 0; padding: 0 1; }
        OptionList {
            width: 40; height: 1fr; border: none; padding: 0 0 0 1; scrollbar-size-vertical: 1;
            background: $background; background-tint: transparent;
        }
        OptionList:focus { background-tint: transparent; }
        #problems { width: 1fr; }
        #why { height: auto; max-height: 2; color: $text-muted; padding: 0 0 0 1; }
        #yaml { width: 1fr; border-left: vkey $panel; padding: 0 0 0 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "search", "search", key_display="^f"),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, session: Session, id: str) -> None:
        super().__init__(id=id)
        self._session = session
        self._entries: list[Entry] = []
        self._shown: Entry | None = None
        self._hit = -1

    def compose(self) -> ComposeResult:
        yield Static(id="summary", markup=False)
        yield OptionList(id="problems", compact=True)
        yield Input(placeholder="Search in all manifests: Enter goes to the next match", id="search", compact=True)
        with Horizontal():
            yield OptionList(id="objects", compact=True)
            yield YamlView(id="yaml")
        yield Static(id="why", markup=False)

    def open(self) -> None:
        """Show what holds now."""
        problems = self._session.problems()
        self.query_one("#problems").display = bool(problems)
        self.query_one("#search").display = self.query_one(Horizontal).display = not problems
        if problems:
            self._entries = []
            count = "1 answer is" if len(problems) == 1 else f"{len(problems)} answers are"
            self._say(f"{count} to fix first. Enter leads there:")
            listed = self.query_one("#problems", OptionList)
            listed.set_options([Option(Content(f"{Mark.FAILED} {problem.text()}")) for problem in problems])
            listed.highlighted = 0
            listed.focus()
            return
        self._entries = entries_of(self._session.rendered(), self._session.namespace)
        self._shown = None
        self.tell_checks()
        self.query_one("#objects").focus()

    def tell_checks(self) -> None:
        """Put what the answers mean on this cluster above the objects."""
        if self._entries:
            objects = [entry for entry in self._entries if entry.kind != CHECKS]
            showed = self._shown is not None and self._shown.kind == CHECKS
            self._entries = [checks_entry(self._session.findings(), self._session.facts), *objects]
            self._shown = self._entries[0] if showed or self._shown is None else self._shown
            self._list()

    def toggle(self) -> None:
        """From the list or the search into the YAML, and back to the list."""
        into = not self.query_one("#yaml").has_focus
        self.set_class(into, "-yaml")
        self.query_one("#yaml" if into else "#objects").focus()

    def action_search(self) -> None:
        """Put the cursor into the search."""
        self.query_one("#search").focus()

    def action_back(self) -> None:
        """Back to the list; from there, the whole list again."""
        if not self.query_one("#objects").display:
            self.toggle()
            return
        self.remove_class("-yaml")
        self.query_one(Input).value = ""
        self.query_one("#objects").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter: on a problem leads to its question, on an object to its YAML."""
        event.stop()
        if event.option_list.id == "problems":
            problem = self._session.problems()[event.option_index]
            self.post_message(Wanted(problem.step, problem.key))
        else:
            self.add_class("-yaml")
            self.query_one("#yaml").focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the object at hand."""
        event.stop()
        if event.option_list.id == "objects":
            shown = self._entry(event.option.id)
            if shown is not self._shown:
                self._shown, self._hit = shown, -1
                self._paint()

    def on_yaml_view_pointed(self, event: YamlView.Pointed) -> None:
        """Say why the line at hand is there."""
        event.stop()
        found = self._reason()
        self.query_one("#why").display = found is not None
        self.query_one("#why", Static).update(f"F3 why: {found.text}" if found else "")

    def on_yaml_view_asked(self, event: YamlView.Asked) -> None:
        """To the question whose answer brought the line in."""
        event.stop()
        found = self._reason()
        if found is not None:
            self.post_message(Wanted(found.step, found.key))

    def _reason(self) -> Reason | None:
        view = self.query_one("#yaml", YamlView)
        origin = self._shown.origin(view.at) if self._shown and view.has_focus else None
        return reason(self._session, origin) if origin else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only what holds the text stays listed."""
        event.stop()
        self._hit = -1
        self._list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next line that holds the text, in this object or in the next."""
        event.stop()
        listed = [entry for entry in self._entries if entry.holds(event.value)]
        if not event.value or not listed or self._shown is None:
            return
        self.add_class("-yaml")
        if self._hit + 1 < len(self._shown.hits(event.value)):
            self._hit += 1
        else:
            at = listed.index(self._shown) if self._shown in listed else -1
            self._shown, self._hit = listed[(at + 1) % len(listed)], 0
            objects = self.query_one("#objects", OptionList)
            with self.prevent(OptionList.OptionHighlighted):
                objects.highlighted = objects.get_option_index(self._shown.label)
        self._paint()

    def _list(self) -> None:
        """The objects that the search finds, grouped by kind."""
        wanted = self.query_one(Input).value
        listed = [entry for entry in self._entries if entry.holds(wanted)]
        options: list[Option] = []
        for kind, group in groupby(listed, key=lambda entry: entry.kind):
            options.append(Option(Content.styled(kind, "bold"), disabled=True))
            for entry in group:
                hits = len(entry.hits(wanted))
                options.append(Option(Content(f"  {entry.name}" + (f"  ({hits})" if hits else "")), id=entry.label))
        objects = self.query_one("#objects", OptionList)
        objects.set_options(options)
        if self._shown not in listed:
            self._shown = listed[0] if listed else None
        if self._shown is not None:
            with self.prevent(OptionList.OptionHighlighted):
                objects.highlighted = objects.get_option_index(self._shown.label)
        counts = [sum(entry.kind != CHECKS for entry in entries) for entries in (listed, self._entries)]
        found = f"{counts[0]} of {counts[1]}" if wanted else f"{counts[1]}"
        self._say(f"{found} objects as they will be sent. Values of Secrets are never shown.")
        self._paint()

    def _paint(self) -> None:
        """The YAML of the object at hand, the matches marked."""
        view = self.query_one("#yaml", YamlView)
        if self._shown is None:
            view.show([Content("Nothing holds this text.")])
            return
        wanted = self.query_one(Input).value
        hits = self._shown.hits(wanted)
        at = hits[max(self._hit, 0)] if hits else 0
        plain = self._shown.kind == CHECKS
        lines = [Content(line) for line in self._shown.text.splitlines()] if plain else coloured(self._shown.text)
        for number in hits:
            start = lines[number].plain.lower().index(wanted.lower())
            style = "reverse bold" if number == at else "reverse"
            lines[number] = lines[number].stylize(style, start, start + len(wanted))
        view.show(lines, at=at)

    def _entry(self, id: str | None) -> Entry | None:
        return next((entry for entry in self._entries if entry.label == id), None)

    def _say(self, text: str) -> None:
        self.query_one("#summary", Static).update(text)
