"""The text of every screen, in tests/tui/snapshots: `python -m tests.tui.make_snapshots`.

A test compares them with what the wizard shows now; a change that is meant is written anew by this command, and read in
its diff.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from tests.tui.screens import LARGE, SMALL, Driven, wizard
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.questions import Draft
from wizard.steps import STEPS
from wizard.tui.form import Form

FOLDER = Path(__file__).parent / "snapshots"
SIZES = (SMALL, LARGE)
HERE = [Context("sandbox", Sandbox.server, "default", True)]
LATER = 10.0**12
"""Seconds since 1970: what the cluster was asked then is never old, however long a slow machine takes."""

Drive = Callable[[Driven], Awaitable[None]]


def keys(step: str, *pressed: str) -> Drive:
    """To a step, then these keys."""

    async def drive(screen: Driven) -> None:
        await screen.go(step)
        await settled(screen)
        await screen.press(*pressed)

    return drive


async def ready(screen: Driven) -> None:
    """Apply, before anything is sent."""
    await screen.go("apply")
    await screen.until("to create")


SCREENS: dict[str, Drive] = {
    **{step: keys(step) for step in STEPS},
    "review": keys("review"),
    "review-yaml": keys("review", "pagedown", "pagedown", "enter"),
    "apply": ready,
    "preview": keys("executor", "f2"),
    "why": keys("executor", "tab", "f3"),
    "help": keys("logs", "f1"),
    "save": keys("logs", "ctrl+s"),
}


def file_of(size: tuple[int, int]) -> Path:
    """The screens of one size are one file, so that a diff of it can be read."""
    return FOLDER / f"{size[0]}x{size[1]}.txt"


def parted(text: str) -> dict[str, str]:
    """The screens of a file by their names."""
    parts = [part.partition("\n") for part in text.split("\n=== ")]
    return {name: screen.rstrip("\n") for name, _, screen in parts if name.strip()}


async def settled(screen: Driven) -> None:
    """Wait until all is said: by the cluster, and of what choices would mean."""
    form, session = screen.app.wizard.query_one(Form), screen.app.session
    await screen.wait_for(lambda: session.facts is not None and not form.considering, lambda: screen.text)
    await screen.settled()
    await screen.press()


async def taken(size: tuple[int, int]) -> dict[str, str]:
    """All screens of one size, as they are now: one walk through one wizard."""
    found = {}
    async with wizard(size, contexts=HERE, sandbox=True, draft=Draft()) as screen:
        await settled(screen)
        facts = screen.app.session.facts
        assert facts is not None
        screen.app.session.facts = replace(facts, asked_at=LATER)
        for name, drive in SCREENS.items():
            await drive(screen)
            await screen.wait_for(lambda: not screen.app.wizard.query_one(Form).considering, lambda: screen.text)
            await screen.press()
            found[name] = screen.text.rstrip("\n")
            if screen.app.screen is not screen.app.wizard:
                await screen.press("escape")
    return found


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for size in SIZES:
        screens = asyncio.run(taken(size))
        file_of(size).write_text("".join(f"\n=== {name}\n{text}\n" for name, text in screens.items()))
        print(file_of(size))


if __name__ == "__main__":
    main()
