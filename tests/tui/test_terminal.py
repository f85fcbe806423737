"""`airflow-wizard demo` as its user starts it: a process in a terminal of 80x24, driven by keys, read as bytes."""

import re
import sys
from pathlib import Path

import pexpect

from wizard.plan.file import load
from wizard.plan.sections.dags import DagsVolume, ExistingClaim
from wizard.steps import RAIL

F8 = "\x1b[19~"
DOWN = "\x1b[B"
ENTER = "\r"
TAB = "\t"
CTRL_P = "\x10"
CTRL_Q = "\x11"
CTRL_S = "\x13"
ESCAPE = "\x1b"


def demo_in(folder: Path) -> pexpect.spawn:
    """The demo, started in a folder."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "wizard", "demo"],
        cwd=folder,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=60,
        env={"TERM": "xterm-256color", "HOME": str(folder), "PATH": "/usr/bin:/bin", "TEXTUAL_ANIMATIONS": "none"},
    )


def test_the_demo_runs_to_its_end_in_a_terminal(tmp_path: Path) -> None:
    demo = demo_in(tmp_path)
    demo.expect("SANDBOX: nothing real runs")
    for number in range(2, len(RAIL) + 1):
        demo.send(F8)
        demo.expect(re.escape(f"{number}/{len(RAIL)}"))
    demo.expect("23 to create|Apply this")
    demo.send(ENTER)
    demo.expect("read its log")
    demo.expect("In the sandbox all of it went well")
    demo.send(CTRL_Q)
    demo.expect(pexpect.EOF)
    demo.close()
    assert demo.exitstatus == 0


def test_what_is_typed_ahead_arrives_where_it_was_meant_for(tmp_path: Path) -> None:
    """All keys in one write, as soon as there is a frame: to the DAGs, another choice, the field that it brings in."""
    demo = demo_in(tmp_path)
    demo.expect("SANDBOX: nothing real runs")
    demo.send(F8 + F8 + DOWN * 3 + TAB + DOWN + TAB + "dags-of-the-team" + CTRL_S + ENTER)
    demo.expect(re.escape("The plan is in airflow-plan.yaml"))
    demo.send(CTRL_Q)
    demo.expect(pexpect.EOF)
    demo.close()
    dags = load(tmp_path / "airflow-plan.yaml").dags
    assert isinstance(dags, DagsVolume)
    assert isinstance(dags.claim, ExistingClaim)
    assert dags.claim.name == "dags-of-the-team"


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    said, code = pexpect.run(
        f"sh -c '{sys.executable} -m wizard demo </dev/null'", withexitstatus=True, encoding="utf-8"
    )
    assert code == 2
    assert "needs a terminal" in said
    assert "Traceback" not in said


def test_the_palette_is_asked_for_before_the_first_question_is_there(tmp_path: Path) -> None:
    demo = demo_in(tmp_path)
    demo.expect("SANDBOX: nothing real runs")
    demo.send(CTRL_P)
    demo.expect("Search for commands")
    demo.send(ESCAPE + CTRL_Q)
    demo.expect(pexpect.EOF)
    demo.close()
    assert demo.exitstatus == 0
