"""`airflow-wizard demo` as its user starts it: a process in a terminal of 80x24, driven by keys, read as bytes."""

import re
import sys
from pathlib import Path

import pexpect

from wizard.session import RAIL

F8 = "\x1b[19~"
ENTER = "\r"
CTRL_Q = "\x11"


def test_the_demo_runs_to_its_end_in_a_terminal(tmp_path: Path) -> None:
    demo = pexpect.spawn(
        sys.executable,
        ["-m", "wizard", "demo"],
        cwd=tmp_path,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=60,
        env={"TERM": "xterm-256color", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TEXTUAL_ANIMATIONS": "none"},
    )
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


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    said, code = pexpect.run(
        f"sh -c '{sys.executable} -m wizard demo </dev/null'", withexitstatus=True, encoding="utf-8"
    )
    assert code == 2
    assert "needs a terminal" in said
    assert "Traceback" not in said
