"""How long the screen takes: from a key press to the changed preview, and from the start to the first frame.

Keys: the largest plan of tests/plans, at 120x36, with the preview beside the form; from the key to the frame with the
changed preview, in milliseconds. Start: a process in a terminal of 80x24, from its start until its first frame is
written, in turn with an empty Textual application; and until the first question is.

    .venv/bin/python -m benchmarks.screen [--presses 100] [--rounds 10]
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect

from tests.tui.screens import LARGE, Driven, wizard
from wizard.plan.file import load
from wizard.questions import Draft
from wizard.render import render
from wizard.render.text import text_of_manifest
from wizard.tui.preview import Preview

PLANS = Path(__file__).parent.parent / "tests" / "plans"
EMPTY = "from textual.app import App\nfrom textual.widgets import Static\n"
EMPTY += "class Empty(App):\n    def compose(self):\n        yield Static('first frame')\nEmpty().run()"
STARTS = {
    "empty": (["-c", EMPTY], ["first frame"]),
    "wizard": (["-m", "wizard", "demo"], ["nothing real runs", "Which cluster"]),
}


def size(path: Path) -> int:
    """Characters of all manifests of a plan."""
    return sum(len(text_of_manifest(each.body)) for each in render(load(path)).manifests)


class Frames:
    """When the preview was made anew, and when an application painted for the first time after that."""

    def __init__(self, app: Any) -> None:
        self.shown = 0.0
        self._made = False
        self._paint, preview = app._display, app.screen.query_one(Preview)
        self._refresh = preview.refresh_manifests
        app._display, preview.refresh_manifests = self._painted, self._refreshed

    def _refreshed(self) -> None:
        self._refresh()
        self._made = True

    def _painted(self, *about: Any) -> None:
        self._paint(*about)
        if self._made:
            self.shown, self._made = time.perf_counter(), False


async def pressed(screen: Driven, frames: Frames, keys: Sequence[str], presses: int) -> list[float]:
    """Milliseconds of each press, until the preview of what it answers was painted. The next press comes once all is
    quiet: what the choices would mean is worked out when nobody presses a key."""
    found = []
    for number in range(presses):
        begun, before = time.perf_counter(), frames.shown
        await screen.press(keys[number % len(keys)])
        await screen.wait_for(lambda: frames.shown > before, lambda: "no preview came")  # noqa: B023
        found.append((frames.shown - begun) * 1000)
        await asyncio.sleep(1)
    return found


async def keys(presses: int) -> None:
    """Print what key presses took."""
    path = max(PLANS.glob("*.yaml"), key=size)
    print(f"keys, at {LARGE[0]}x{LARGE[1]}, {path.name}, {size(path) / 1024:.0f} KiB of manifests")
    print(f"{'':<32} {'presses':>8} {'median ms':>10} {'95 % ms':>10}")
    async with wizard(LARGE, draft=Draft.of(load(path))) as screen:
        frames = Frames(screen.app)
        cases = {
            "another choice": ("logs", (), ["down", "up"]),
            "a letter of a text": ("airflow", ("airflow", "instance_name"), ["a", "b"]),
        }
        for name, (step, key, typed) in cases.items():
            await screen.app.wizard.go(step, key)
            await screen.press()
            found = sorted(await pressed(screen, frames, typed, presses))
            share = found[int(len(found) * 0.95) - 1]
            print(f"{name:<32} {len(found):>8} {statistics.median(found):>10.0f} {share:>10.0f}")


@contextmanager
def started(arguments: list[str]) -> Any:
    """A process in a terminal."""
    environment = {"TERM": "xterm-256color", "HOME": "/nowhere", "PATH": "/usr/bin:/bin"}
    process = pexpect.spawn(sys.executable, arguments, dimensions=(24, 80), encoding="utf-8", env=environment)
    try:
        yield process
    finally:
        process.close(force=True)


def start(way: str) -> list[float]:
    """Seconds until each of its texts is written."""
    arguments, texts = STARTS[way]
    begun, found = time.perf_counter(), []
    with started(arguments) as process:
        for text in texts:
            process.expect_exact(text, timeout=60)
            found.append(time.perf_counter() - begun)
    return found


def starts(rounds: int) -> None:
    """Print what starts took, in turn."""
    empty, frame, question = zip(*[start("empty") + start("wizard") for _ in range(rounds)], strict=True)
    print(f"from the start, {rounds} rounds in turn; medians")
    print(f"{'':<34} {'s':>6} {'ratio':>6}")
    print(f"{'an empty application, first frame':<34} {statistics.median(empty):>6.2f}")
    for name, found in (("the wizard, first frame", frame), ("the wizard, first question", question)):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found, empty, strict=True))
        print(f"{name:<34} {statistics.median(found):>6.2f} {ratio:>6.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    starts(options.rounds)
    asyncio.run(keys(options.presses))


if __name__ == "__main__":
    main()
