"""Leaving: asked once where something would be lost; a crash shows no secret."""

import subprocess
import sys
import time
from textwrap import dedent

from tests.tui.screens import wizard
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.errors import Exit

HERE = [Context("sandbox", Sandbox.server, "default", True)]


async def test_nothing_to_lose_nothing_asked() -> None:
    async with wizard() as screen:
        await screen.press("ctrl+q")
        assert not screen.app.is_running or screen.app._exit
        assert screen.app.return_value == Exit.OK


async def test_answers_in_no_file_are_asked_about() -> None:
    async with wizard() as screen:
        await screen.press("down", "tab", "down", "ctrl+q")
        assert "The plan is not saved." in screen.text
        await screen.press("enter")
        assert screen.app.screen is screen.app.wizard, "the careful answer comes first"
        await screen.press("ctrl+q", "ctrl+q")
        assert screen.app.return_value == Exit.OK


async def test_quitting_while_applying_asks_once_says_what_is_done_and_ends_at_once() -> None:
    async with wizard(cluster=Sandbox(pace=1000)) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Waiting until the pods are ready")
        await screen.press("ctrl+q")
        assert "Applying is under way." in screen.text
        assert "things are done, and stay" in screen.text
        await screen.press("enter")
        assert screen.app.wizard.apply_pane.state == "running"
        await screen.press("ctrl+q", "right", "enter")
        assert screen.app.return_value == Exit.FAILED
        started = time.monotonic()
    assert "Applying again goes on from there." in "\n".join(screen.app.farewell())
    assert time.monotonic() - started < 3, "the worker ended with the wizard"


async def test_what_is_worth_keeping_is_said_after_the_screen_is_gone() -> None:
    async with wizard() as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")
        await screen.press("ctrl+q")
        assert screen.app.return_value == Exit.OK
    assert "airflow-wizard open" in "\n".join(screen.app.farewell())


async def test_the_palette_of_a_dialog_leads_nowhere_behind_it() -> None:
    async with wizard() as screen:
        await screen.press("f1", "ctrl+p")
        await screen.until("Theme")
        assert "Go to" not in screen.text


CRASH = dedent(
    """
    import sys
    from wizard.cluster.sandbox import Sandbox
    from wizard.questions import Draft
    from wizard.session import Session
    from wizard.tui.app import WizardApp

    def crash(where):
        password = "planted-" + "secret"
        if where == "thread":
            raise RuntimeError("on purpose")
        app.call_later(boom, password)

    def boom(password):
        raise RuntimeError("on purpose")

    class Context:
        name, server, namespace, current = "c", "https://c", "default", True
    app = WizardApp(lambda: Session(Draft(), lambda _: crash("thread"), [Context]))
    async def drive(pilot):
        while not app.begun:
            await pilot.pause(0.05)
        if sys.argv[1] == "thread":
            await app.wizard.go("apply")
            await pilot.pause(1)
        else:
            crash("here")
            await pilot.pause(1)
    app.run(headless=True, auto_pilot=drive)
    sys.exit(app.return_code)
    """
)


def test_a_crash_shows_its_traceback_and_no_locals() -> None:
    for where in ("here", "thread"):
        ran = subprocess.run([sys.executable, "-c", CRASH, where], capture_output=True, text=True, timeout=60)
        said = ran.stdout + ran.stderr
        assert "RuntimeError: on purpose" in said, said
        assert "planted-secret" not in said
        assert ran.returncode == 1
