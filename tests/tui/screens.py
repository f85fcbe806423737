"""The wizard as tests drive it: in its sandbox, at 80x24, and read as text from the screen."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"

from textual.events import Paste
from textual.pilot import Pilot

from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.questions import Draft
from wizard.session import Session
from wizard.steps import RAIL
from wizard.tui.app import WizardApp
from wizard.tui.kept import KeptDraft

SMALL, LARGE = (80, 24), (120, 36)
CONTEXTS = [
    Context("kind-lab", "https://127.0.0.1:6443", "default", True),
    Context("staging", "https://10.0.0.1:6443", "default", False),
]


class Driven:
    """A running wizard: keys go in, text comes out."""

    def __init__(self, app: WizardApp, pilot: Pilot[int]) -> None:
        self.app = app
        self._pilot = pilot

    async def begun(self) -> None:
        """Wait until the first question is there."""
        await self.wait_for(lambda: self.app.begun, lambda: f"it did not begin:\n{self.text}")
        await self._pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all is painted."""
        for key in keys:
            await self._pilot.press(key)
        await self.wait_for(lambda: self.app.keys_are_done, lambda: "keys are under way")
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Fill the field with the focus anew."""
        await self.press("end", "ctrl+u")
        self.app.post_message(Paste(text))  # as a terminal sends it; the app hands it on to the focus
        await self._pilot.pause()
        await self.press()

    async def click(self, text: str) -> None:
        """Click on the first place of the screen that holds the text."""
        y, x = next((y, line.index(text)) for y, line in enumerate(self.lines) if text in line)
        await self._pilot.click(offset=(x, y))
        await self._pilot.pause()

    async def walk(self, step: str) -> None:
        """To a step, by F8 and F7 as a user goes."""
        steps = list(RAIL)
        by = steps.index(step) - steps.index(self.app.wizard.step)
        await self.press(*["f8" if by > 0 else "f7"] * abs(by))

    async def go(self, step: str) -> None:
        """To a step at once, as by the palette."""
        await self.app.wizard.go(step)
        await self._pilot.pause()

    async def until(self, text: str, seconds: float = 20) -> None:
        """Wait until the screen says this."""
        await self.wait_for(lambda: text in self.text, lambda: f"{text!r} did not appear:\n{self.text}", seconds)

    async def settled(self) -> None:
        """Wait until the keys are painted, which comes last: they follow the focus."""
        await self.wait_for(lambda: self.lines[-1].startswith(("F1 help", "F4 pick", "^f search")), lambda: self.text)

    async def wait_for(self, true: Callable[[], bool], seen: Callable[[], str], seconds: float = 20) -> None:
        """Wait until something is so; where it never is, say what was seen."""
        for _ in range(int(seconds / 0.05)):
            if true():
                return
            await self._pilot.pause(0.05)
        raise AssertionError(seen())

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        screen = self.app.screen
        return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen, as one would read it."""
        return "\n".join(line.rstrip() for line in self.lines)


@asynccontextmanager
async def wizard(
    size: tuple[int, int] = SMALL,
    *,
    draft: Draft | None = None,
    cluster: Cluster | None = None,
    contexts: Sequence[Context] = CONTEXTS,
    sandbox: bool = False,
    path: Path | None = None,
    connect: Callable[[str], Cluster] | None = None,
    kept: KeptDraft | None = None,
) -> AsyncIterator[Driven]:
    """A wizard that runs, over a sandbox that is ready at once."""
    there = cluster or Sandbox(pace=0)
    session = Session(draft or Draft(), connect or (lambda _: there), contexts, path, sandbox=sandbox, kept=kept)
    app = WizardApp(lambda: session, sandbox=sandbox)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = Driven(app, pilot)
        await screen.begun()
        yield screen
