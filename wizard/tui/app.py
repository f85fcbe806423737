"""The Textual application: how it begins, the palette's commands, and how it ends."""

import traceback
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from wizard.errors import Exit, UserError
from wizard.steps import RAIL
from wizard.tui.keys import KeysInTurn
from wizard.tui.steps_screen import StepsScreen

if TYPE_CHECKING:
    from wizard.session import Session
    from wizard.tui.screen import WizardScreen


class WizardApp(KeysInTurn[int]):
    """Asks, shows, applies. Returns the exit code."""

    TITLE = "airflow-wizard"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (120, "-wide")]  # noqa: RUF012
    """By columns: one line for the rail; a rail; a rail and the preview."""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012
    """By lines: none to waste; or some to spare."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", key_display="^q", priority=True),
    ]

    session: "Session"
    wizard: "WizardScreen"

    def __init__(self, begin: Callable[[], "Session"], *, sandbox: bool = False) -> None:
        """`begin` reads what there is to read, in a thread; a `UserError` of it is in `refused` afterwards."""
        super().__init__()
        self._begin, self._sandbox = begin, sandbox
        self.begun = False
        self.refused: UserError | None = None

    def on_mount(self) -> None:
        """The first frame comes before the heavy imports; keys that are pressed meanwhile are for the wizard."""
        self.hold_keys("ctrl+q")
        self.push_screen(StepsScreen(self._sandbox))
        self.call_after_refresh(self._prepare)

    @work(thread=True)
    def _prepare(self) -> None:
        try:
            from wizard.tui.screen import WizardScreen

            session = self._begin()
        except UserError as error:
            self.refused = error
            self.call_later(self.exit, error.code)
        else:
            self.call_later(self._show, session, WizardScreen(session))

    async def _show(self, session: "Session", wizard: "WizardScreen") -> None:
        """The wizard itself."""
        self.session, self.wizard = session, wizard
        await self.switch_screen(wizard)
        self.begun = True
        self.release_keys()
        if not self.session.contexts:
            text = "The plan can be made and saved, but not applied. Set KUBECONFIG, or start with --kubeconfig FILE."
            self.notify(text, title="No kubeconfig was found", severity="warning", timeout=20)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        if self.begun and screen is self.wizard:
            for step, title in RAIL.items():
                yield SystemCommand(f"Go to {title}", self.session.subject(step), partial(self.wizard.go, step))
            if self.session.applied is not None:
                about = f"Go on with what is applied in namespace {self.session.namespace}"
                yield SystemCommand("Open the applied plan", about, self.wizard.open_applied)
                yield SystemCommand("Status", "How the installation of this namespace is", self.wizard.action_status)
            yield SystemCommand("Save the plan", "Write airflow-plan.yaml", self.wizard.action_save)
            yield SystemCommand("Help", "The question at hand, and the keys", self.wizard.action_help)
        yield SystemCommand("Theme", "Light, dark and others", self.action_change_theme)
        yield SystemCommand("Quit", "Leave the wizard", self.action_quit)

    async def action_quit(self) -> None:
        """Leave; asks once where something would be lost or is under way. A second ^q leaves."""
        from wizard.tui.confirm_dialog import ConfirmDialog

        if not self.begun:
            self.exit(Exit.OK)
        elif isinstance(self.screen, ConfirmDialog):
            self._leave(True)
        elif self.wizard.apply_pane.state == "running":
            done = self.wizard.apply_pane.applied()
            text = f"{done} things are done, and stay. Applying again goes on from there."
            self.push_screen(ConfirmDialog("Applying is under way.", text, yes="Quit", no="Stay"), self._leave)
        elif self.session.changed() and not self.session.sandbox and self.wizard.apply_pane.state != "done":
            text = "Your answers are in no file. ^s saves them; else the next start offers them."
            if self.session.kept is None:
                text = "Your answers are in no file. ^s saves them."
            dialog = ConfirmDialog("The plan is not saved.", text, yes="Quit without saving", no="Stay")
            self.push_screen(dialog, self._leave)
        else:
            self._leave(True)

    def _leave(self, sure: bool | None) -> None:
        if sure:
            failed = self.wizard.apply_pane.state in ("running", "failed")
            self.exit(Exit.FAILED if failed else Exit.OK)

    def farewell(self) -> list[str]:
        """What is worth keeping once the screen is gone."""
        from wizard.summary import Summary

        if not self.begun:
            return []
        pane, path = self.wizard.apply_pane, self.session.path
        lines = [f"The plan is in {path}."] if path and not self.session.changed() else []
        if self.session.sandbox:
            return [*lines, "That was the sandbox: nothing real ran."]
        lines += pane.deploy_keys()
        if isinstance(pane.ended, Summary):
            return [*lines, pane.ended.text()]
        if isinstance(pane.ended, UserError):
            return [*lines, str(pane.ended)]
        if pane.state == "running":
            return [
                *lines,
                f"Stopped with {pane.applied()} things done, which stay. Applying again goes on from there.",
            ]
        return lines

    def _fatal_error(self) -> None:
        """A crash as Python tells it. Textual's own traceback prints local variables: a password may be in one."""
        self.bell()
        self._exit_renderables.append(Text(traceback.format_exc()))
        self._close_messages_no_wait()
