"""Screenshots of the real wizard in its sandbox: `python -m tests.tui.make_screenshots [FOLDER]`.

Needs resvg-py and the font DejaVu Sans Mono (Debian: fonts-dejavu-core; others: dejavu-fonts.github.io), both free.
Without the font resvg would draw no text and report success, so the font's file is looked for first.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"

from textual.pilot import Pilot

from tests.tui.screens import Driven
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.plan.file import load
from wizard.questions import Draft
from wizard.session import Session
from wizard.steps import RAIL
from wizard.tui.app import WizardApp
from wizard.tui.form import Form

FONT = "DejaVu Sans Mono"
FONT_FILES = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansMono-Oblique.ttf")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
PLANS = Path(__file__).parents[1] / "plans"
SMALL, LARGE = (80, 24), (120, 36)

Drive = Callable[[Pilot[int]], Awaitable[None]]


def fonts() -> list[str]:
    """The files of the font. Exits with the way out where it is not there."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    found = [next((str(hit) for folder in folders for hit in folder.rglob(name)), "") for name in FONT_FILES]
    if not found[0]:
        sys.exit(f"{FONT} is not installed (looked in {', '.join(FONT_FOLDERS)}): apt install fonts-dejavu-core")
    return [file for file in found if file]


def png(svg: str) -> bytes:
    """The picture of a screen."""
    from resvg_py import svg_to_bytes

    return bytes(
        svg_to_bytes(
            svg_string=svg.replace("Fira Code", FONT),
            font_files=fonts(),
            skip_system_fonts=True,
            monospace_family=FONT,
            sans_serif_family=FONT,
            zoom=1.25,
        )
    )


def keys(*pressed: str) -> Drive:
    """Press these keys."""

    async def drive(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, WizardApp)
        await Driven(pilot.app, pilot).press(*pressed)

    return drive


def to(step: str, *pressed: str) -> Drive:
    """On with F8 as far as this step, then these keys."""

    async def drive(pilot: Pilot[int]) -> None:
        for _ in range(list(RAIL).index(step)):
            await keys("f8")(pilot)
        await keys(*pressed)(pilot)

    return drive


async def to_the_end(pilot: Pilot[int]) -> None:
    """Apply, and wait until the proof has run."""
    await until_ready_to_apply(pilot)
    await pilot.press("enter")
    await _until(pilot, "done")


async def while_applying(pilot: Pilot[int]) -> None:
    """Apply, and look while the pods start."""
    await until_ready_to_apply(pilot)
    await pilot.press("enter")
    await pilot.pause(3)


async def until_ready_to_apply(pilot: Pilot[int]) -> None:
    """To the last step."""
    await to("apply")(pilot)
    await _until(pilot, "ready")


async def _until(pilot: Pilot[int], state: str) -> None:
    app = pilot.app
    assert isinstance(app, WizardApp)
    for _ in range(600):
        if app.wizard.apply_pane.state == state:
            return
        await pilot.pause(0.1)
    raise TimeoutError(f"Apply is {app.wizard.apply_pane.state}, not {state}")


async def light(pilot: Pilot[int]) -> None:
    """The same in the light theme."""
    pilot.app.theme = "textual-light"
    await to("database")(pilot)


SHOTS: dict[str, tuple[tuple[int, int], Drive, str]] = {
    "dags": (LARGE, to("dags"), "team"),
    "cluster": (LARGE, keys(), "laptop"),
    "database-light": (LARGE, light, "laptop"),
    "review": (LARGE, to("review", "pagedown", "pagedown"), "team"),
    "applying": (LARGE, while_applying, "laptop"),
    "ready": (LARGE, to_the_end, "laptop"),
    "executor-80x24": (SMALL, to("executor"), "team"),
    "problem-80x24": (SMALL, keys("tab", "tab", "end", "space", "A"), "laptop"),
}
"""By name: the size, how to get there, and the plan of tests/plans to begin with."""


def app(plan: str) -> WizardApp:
    """The wizard as `demo` runs it."""
    sandbox = Sandbox(pace=1)
    draft = Draft.of(load(PLANS / f"{plan}.yaml"))
    session = Session(draft, lambda _: sandbox, [Context("sandbox", sandbox.server, "default", True)], sandbox=True)
    return WizardApp(lambda: session, sandbox=True)


async def take(size: tuple[int, int], drive: Drive, plan: str) -> str:
    """One screen as SVG."""
    wizard = app(plan)
    async with wizard.run_test(size=size) as pilot:
        await Driven(wizard, pilot).begun()
        await drive(pilot)
        while wizard.wizard.query_one(Form).considering:
            await pilot.pause(0.05)
        await pilot.pause()
        return wizard.export_screenshot(title=f"airflow-wizard demo, {size[0]} columns")


def main() -> None:
    """Write all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "screenshots"
    fonts()
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, drive, plan) in SHOTS.items():
        (folder / f"{name}.png").write_bytes(png(asyncio.run(take(size, drive, plan))))
        print(folder / f"{name}.png")


if __name__ == "__main__":
    main()
