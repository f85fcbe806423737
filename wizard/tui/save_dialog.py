"""Under which name the plan is saved; asks before another file's content goes."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from wizard.errors import UserError
from wizard.saving import holds_other, save
from wizard.tui.dialog import Dialog


class SaveDialog(Dialog[Path]):
    """Answers with the file that now holds the plan, or None."""

    DEFAULT_CSS = """
    SaveDialog #name { margin: 1 0; }
    SaveDialog #told { color: $text-warning; text-style: bold; }
    """

    def __init__(self, text: str, path: Path) -> None:
        super().__init__()
        self._text, self._path = text, path
        self._asked: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static("Save the plan", classes="headline", markup=False)
            yield Static("It holds your answers, and no secret and no cluster.", markup=False)
            yield Input(str(self._path), id="name", compact=True)
            yield Static("", id="told", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """The name is what is most likely to be changed."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another name is another question."""
        event.stop()
        self._asked = None
        self._tell("", "Save")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter saves, and never overwrites."""
        event.stop()
        self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save, or don't."""
        if event.button.id == "save":
            self._save(overwrite=self._asked)
        else:
            self.dismiss(None)

    def _save(self, overwrite: Path | None = None) -> None:
        name = self.query_one(Input).value.strip()
        path = Path(name).expanduser()
        if not name:
            self._tell("A file needs a name.", "Save")
            return
        try:
            if holds_other(path, self._text) and overwrite != path:
                self._asked = path
                self._tell(f"{path} is there already, with other content.", "Overwrite it")
                self.query_one("#cancel").focus()
                return
            save(path, self._text)
        except UserError as error:
            self._tell(str(error), "Save")
        else:
            self.dismiss(path)

    def _tell(self, text: str, button: str) -> None:
        self.query_one("#told", Static).update(text)
        save = self.query_one("#save", Button)
        save.label = button
        save.refresh(layout=True)
