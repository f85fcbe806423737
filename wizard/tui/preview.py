"""What a step brings in: its objects, and of the one at hand the lines that are there because of this step."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.questions import Question
from wizard.render import Manifest
from wizard.session import Session
from wizard.steps import RAIL
from wizard.tui.lines import BROUGHT, CHANGED, PLAIN, Line, brings, excerpt, lines_of, marked
from wizard.tui.moves import Wanted
from wizard.tui.why import Reason, reason
from wizard.tui.yaml_view import YamlView, coloured

_WHOLE = "cluster"
"""This step decides where all of it goes: its preview lists everything."""
_TOLD = 3


class Preview(Vertical):
    """Lives: it changes while one answers."""

    DEFAULT_CSS = """
    Preview {
        width: 42%; min-width: 46; background: $surface; border-left: vkey $panel; padding: 1 0 0 1;
        #brought { text-style: bold; height: auto; }
        OptionList {
            height: auto; max-height: 9; background: $surface; background-tint: transparent;
            border: none; padding: 0; scrollbar-size-vertical: 1;
        }
        YamlView { border-top: solid $panel; }
        OptionList:focus { background-tint: transparent; }
        #origin { height: auto; max-height: 3; color: $text-muted; border-top: solid $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.preview", "Back", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._step = self._painted = ""
        self._before: dict[str, list[Line]] = {}
        self._opened: list[Manifest] = []
        self._lines: dict[str, list[Line]] = {}
        self._read: dict[str, tuple[Manifest, list[Line]]] = {}
        self._signs: dict[str, str] = {}
        self._rows: list[Line | None] = []
        """The lines that are shown; None for a gap."""
        self._shown = ""
        self._place = self._title_of = ""
        """The answer that alone is looked at, and its question; empty for the whole step."""

    def compose(self) -> ComposeResult:
        yield Static(id="brought", markup=False)
        yield OptionList(id="objects", compact=True)
        yield YamlView()
        yield Static(id="origin", markup=False)

    def focus_objects(self) -> None:
        """So that the arrow keys choose among the objects."""
        self.query_one(OptionList).focus()

    def about(self, question: Question) -> bool:
        """Show what one answer brings in, and whether that is anything; `open` and `whole` show the step again."""
        self._place, self._title_of, self._shown = question.place, question.title, ""
        self.refresh_manifests()
        if not self._shown:
            self.whole()
            return False
        self.query_one(YamlView).focus()
        return True

    def whole(self) -> None:
        """Show again all that the step brings in."""
        self._place = ""
        self.refresh_manifests()

    def seen(self) -> None:
        """It may be seen from now on, since the terminal became wide enough."""
        if self._painted != self._step:
            self.refresh_manifests()

    def open(self, step: str) -> None:
        """Start with a step: what changes from here on is marked as changed."""
        self._step, self._before, self._shown, self._place = step, {}, "", ""
        self._opened = self._session.rendered().manifests
        self.refresh_manifests()

    def refresh_manifests(self) -> None:
        """Paint what the answers make now, where it is seen."""
        if not self.display:
            return
        self._painted = self._step
        manifests = self._session.rendered().manifests
        if manifests is not self._opened and not self._before:
            self._before = {manifest.label: self._lines_of(manifest) for manifest in self._opened}
        self._lines = {manifest.label: self._lines_of(manifest) for manifest in manifests}
        self._signs = signs = {manifest.label: self._sign(manifest) for manifest in manifests}
        shown = [manifest for manifest in manifests if signs[manifest.label]]
        shown.sort(key=lambda manifest: (BROUGHT, CHANGED, PLAIN).index(signs[manifest.label]))
        self.query_one("#brought", Static).update(self._title(shown))
        options = self.query_one(OptionList)
        labels = [manifest.label for manifest in shown]
        if [option.id for option in options.options] != [label for label in labels]:
            with self.prevent(OptionList.OptionHighlighted):
                options.clear_options()
                options.add_options([Option(f"{signs[label]} {label}", id=label) for label in labels])
                if labels:
                    options.highlighted = labels.index(self._shown) if self._shown in labels else 0
        options.display = bool(labels)
        anew = self._shown not in labels
        if anew:
            self._shown = labels[0] if labels else ""
        self._paint(anew=anew)

    def _lines_of(self, manifest: Manifest) -> list[Line]:
        """Read anew only where the manifest is another one: a key press changes few of them."""
        known = self._read.get(manifest.label)
        if known is None or known[0] != manifest:
            self._read[manifest.label] = known = manifest, lines_of(manifest)
        return known[1]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the object at hand."""
        event.stop()
        self._shown = str(event.option.id)
        self._paint(anew=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter: into the lines."""
        event.stop()
        self.query_one(YamlView).focus()

    def on_yaml_view_pointed(self, event: YamlView.Pointed) -> None:
        """Say why the line at hand is there."""
        event.stop()
        found = self._reason()
        if found is not None:
            self.query_one("#origin", Static).update(f"F3 why: {found.text}")
        else:
            self.query_one("#origin", Static).update(self._origins())

    def on_yaml_view_asked(self, event: YamlView.Asked) -> None:
        """To the question whose answer brought the line in."""
        event.stop()
        found = self._reason()
        if found is not None:
            self.post_message(Wanted(found.step, found.key))

    def _reason(self) -> Reason | None:
        view = self.query_one(YamlView)
        line = self._rows[view.at] if view.has_focus and view.at < len(self._rows) else None
        return reason(self._session, line.origin) if line else None

    def _sign(self, manifest: Manifest) -> str:
        """`+` for an object that the step brings in, `~` for one with lines of it, else nothing."""
        if self._all or brings(manifest.trace.of(()), self._step, self._place):
            return BROUGHT
        lines = self._marked(manifest.label)
        return CHANGED if any(line.mark != PLAIN for line in lines) else ""

    @property
    def _all(self) -> bool:
        return self._step == _WHOLE and not self._place

    def _marked(self, label: str) -> list[Line]:
        """The lines of an object; of one answer, what changed counts for nothing."""
        before = None if self._place else self._before.get(label)
        return marked(self._lines[label], self._step, before, self._place)

    def _title(self, shown: list[Manifest]) -> Content:
        missing = self._session.made_up()
        told = ", ".join(missing[:_TOLD]) + (" …" if len(missing) > _TOLD else "")
        stale = f", with examples in place of: {told}" if missing else ""
        about = self._title_of if self._place else RAIL[self._step]
        if not shown:
            return Content(f"{about} changes no manifest yet.{stale}")
        count = f"{len(shown)} object" + ("s" if len(shown) > 1 else "")
        title = "All that the plan brings" if self._all else f"What {about} brings in"
        return Content(f"{title}: {count}{stale}")

    def _paint(self, *, anew: bool = False) -> None:
        """The lines of the object at hand, the pointer where it was, or `anew` at the first that is marked."""
        view, origin = self.query_one(YamlView), self.query_one("#origin", Static)
        view.display = origin.display = bool(self._shown)
        if not self._shown:
            return
        lines = self._marked(self._shown)
        whole = self._all or (self._signs[self._shown] == BROUGHT and not self._place)
        numbers = range(len(lines)) if whole else excerpt(lines)
        texts = coloured("\n".join(line.text for line in lines))
        rows: list[Content] = []
        self._rows = []
        for before, number in zip([-1, *numbers], numbers, strict=False):
            if number > before + 1:
                rows.append(Content.styled(" …", "dim"))
                self._rows.append(None)
            rows.append(Content.assemble((f"{lines[number].mark} ", "bold"), texts[number]))
            self._rows.append(lines[number])
        first = next((number for number, line in enumerate(self._rows) if line and line.mark != PLAIN), 0)
        view.show(rows, at=(first if self._place else 0) if anew else view.at)

    def _origins(self) -> str:
        """The blueprint files that the marked lines come from."""
        found = [line.origin.file for line in self._rows if line and line.mark != PLAIN]
        return "\n".join(f"blueprints/{file}" for file in list(dict.fromkeys(found))[:3]) or "not changed by this step"
