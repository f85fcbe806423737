"""What a step brings in: its objects, and of the one at hand the lines that are there because of this step."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.render import Manifest
from wizard.tui.lines import BROUGHT, CHANGED, PLAIN, Line, excerpt, lines_of, marked, step_of
from wizard.tui.session import RAIL, Session
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
        self._signs: dict[str, str] = {}
        self._shown = ""

    def compose(self) -> ComposeResult:
        yield Static(id="brought", markup=False)
        yield OptionList(id="objects", compact=True)
        yield YamlView()
        yield Static(id="origin", markup=False)

    def focus_objects(self) -> None:
        """So that the arrow keys choose among the objects."""
        self.query_one(OptionList).focus()

    def seen(self) -> None:
        """It may be seen from now on, since the terminal became wide enough."""
        if self._painted != self._step:
            self.refresh_manifests()

    def open(self, step: str) -> None:
        """Start with a step: what changes from here on is marked as changed."""
        self._step, self._before, self._shown = step, {}, ""
        self._opened = self._session.rendered().manifests
        self.query_one(YamlView).scroll_home(animate=False)
        self.refresh_manifests()

    def refresh_manifests(self) -> None:
        """Paint what the answers make now, where it is seen."""
        if not self.display:
            return
        self._painted = self._step
        manifests = self._session.rendered().manifests
        if manifests is not self._opened and not self._before:
            self._before = {manifest.label: lines_of(manifest) for manifest in self._opened}
        self._lines = {manifest.label: lines_of(manifest) for manifest in manifests}
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
        if self._shown not in labels:
            self._shown = labels[0] if labels else ""
        self._paint()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the object at hand."""
        event.stop()
        self._shown = str(event.option.id)
        self._paint()
        self.query_one(YamlView).scroll_home(animate=False)

    def _sign(self, manifest: Manifest) -> str:
        """`+` for an object that the step brings in, `~` for one with lines of it, else nothing."""
        if self._step == _WHOLE:
            return BROUGHT
        if step_of(manifest.trace.of(())) == self._step:
            return BROUGHT
        lines = marked(self._lines[manifest.label], self._step, self._before.get(manifest.label))
        return CHANGED if any(line.mark != PLAIN for line in lines) else ""

    def _title(self, shown: list[Manifest]) -> Content:
        missing = self._session.made_up()
        told = ", ".join(missing[:_TOLD]) + (" …" if len(missing) > _TOLD else "")
        stale = f", with {'an example' if len(missing) == 1 else 'examples'} for: {told}" if missing else ""
        if not shown:
            return Content(f"{RAIL[self._step]} changes no manifest yet.{stale}")
        count = f"{len(shown)} object" + ("s" if len(shown) > 1 else "")
        title = "All that the plan brings" if self._step == _WHOLE else f"What {RAIL[self._step]} brings in"
        return Content(f"{title}: {count}{stale}")

    def _paint(self) -> None:
        view, origin = self.query_one(YamlView), self.query_one("#origin", Static)
        view.display = origin.display = bool(self._shown)
        if not self._shown:
            return
        lines = marked(self._lines[self._shown], self._step, self._before.get(self._shown))
        whole = self._step == _WHOLE or self._signs[self._shown] == BROUGHT
        numbers = range(len(lines)) if whole else excerpt(lines)
        texts = coloured("\n".join(line.text for line in lines))
        rows: list[Content] = []
        for before, number in zip([-1, *numbers], numbers, strict=False):
            if number > before + 1:
                rows.append(Content.styled("  …", "dim"))
            rows.append(Content.assemble((f"{lines[number].mark} ", "bold"), texts[number]))
        view.query_one(Static).update(Content("\n").join(rows))
        origin.update(self._origins(lines))

    def _origins(self, lines: list[Line]) -> Content:
        """The blueprint files that the marked lines come from."""
        files = list(dict.fromkeys(f"blueprints/{line.origin.file}" for line in lines if line.mark != PLAIN))
        return Content("\n".join(files[:3]) or "not changed by this step")
