"""`airflow-wizard ask`: the same questions as on the screen, and the same plan for the same answers."""

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.catalogue import FILES
from wizard.apply import apply, prepare
from wizard.asking import kind_of, read
from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.plan.file import load, parse
from wizard.plan.model import Plan
from wizard.plan.shorthand import in_a_line
from wizard.prompts.interview import Interview
from wizard.prompts.keys import Keys
from wizard.prompts.plain import NOTHING, Plain
from wizard.questions import Draft, Question
from wizard.session import Session
from wizard.steps import STEPS

DOWN, ENTER, CLEAR, END, CTRL_C = "\x1b[B", "\r", "\x15", "\x1b\r", "\x03"
PLANS = Path(__file__).parent / "plans"
HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: "


def no_cluster(_: str) -> Cluster:
    raise AssertionError("no context was chosen")


def session(draft: Draft | None = None) -> Session:
    return Session(draft or Draft(), no_cluster, ())


def walked(plan: Plan) -> tuple[Session, list[tuple[Question, object, object]]]:
    """The screen's way to a plan: each question with what held before, and what was answered."""
    there, wanted, seen = session(), Draft.of(plan), []
    for step in STEPS:
        asked: set[tuple[str, ...]] = set()
        while question := next((each for each in there.questions(step) if each.key not in asked), None):
            asked.add(question.key)
            before, after = there.value(question.key), wanted.value(question.key)
            if after != before:
                typed = after if question.kind in ("choice", "flag") else read(question, in_a_line(after))
                there.answer(question.key, typed)
            seen.append((question, before, after))
    return there, seen


def keys_for(question: Question, before: object, after: object) -> str:
    """What somebody presses who wants this answer."""
    kind = kind_of(question, before)
    if kind == "choice":
        can = [choice.value for choice in question.choices if choice.value == before or not choice.blocked]
        at = can.index(str(before)) if before in can else 0
        return DOWN * ((can.index(str(after)) - at) % len(can)) + ENTER
    if kind == "flag":
        return ("y" if after else "n") + ENTER
    if kind == "lines":
        text = in_a_line(after).replace("\n", ENTER) if after != before else ""
        return text + END
    return (CLEAR + in_a_line(after) if after != before else "") + ENTER


def line_for(question: Question, before: object, after: object) -> str:
    """The same on a dumb terminal, where an empty line keeps what holds."""
    if question.kind == "choice":
        can = [choice.value for choice in question.choices if choice.value == before or not choice.blocked]
        return f"{can.index(str(after)) + 1}\n"
    if question.kind == "flag":
        return "y\n" if after else "n\n"
    if after == before:
        return "\n"
    text = in_a_line(after) or NOTHING
    return f"{text}\n.\n" if kind_of(question, before) == "lines" else f"{text}\n"


class Pressed:
    """The terminal of keys, on which somebody presses those for each question when it is asked."""

    how = Keys.how

    def __init__(self, keys: Iterator[str]) -> None:
        self._keys = keys

    def __getattr__(self, asks: str) -> Callable[..., object]:
        def asked(*arguments: object) -> object:
            keys = next(self._keys, None)
            assert keys is not None, f"asked more than on the screen: {arguments[0]}"
            with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
                pipe.send_text(keys)
                return getattr(Keys(), asks)(*arguments)

        return asked


@pytest.mark.parametrize("name", ["laptop", "team", "production", "login-ldap"])
def test_keys_make_the_plan_that_the_screen_makes(name: str) -> None:
    file = PLANS / f"{name}.yaml"
    screen, seen = walked(load(file))
    here, keys = session(), (keys_for(*each) for each in seen)
    Interview(here, Pressed(keys)).all_steps()
    assert next(keys, None) is None, "nothing was asked less than on the screen"
    assert here.draft.plan() == screen.draft.plan() == load(file)


@pytest.mark.parametrize("file", FILES[::3], ids=lambda file: file.stem)
def test_lines_make_the_plan_that_the_screen_makes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, seen = walked(load(file))
    here = session()
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(line_for(*each) for each in seen)))
    Interview(here, Plain()).all_steps()
    assert sys.stdin.read() == "", "nothing was asked less than on the screen"
    assert here.draft.plan() == screen.draft.plan() == load(file)


def test_a_wrong_text_is_asked_again_with_the_sentence_of_the_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = session()
    here.answer(("namespace",), "Data_1")
    sentence = here.problems()[0].sentence
    here.answer(("namespace",), "")
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\nData_1\ndata-1\n"))
    Interview(here, Plain()).step("cluster")
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert here.namespace == "data-1"


def test_what_only_does_not_go_with_another_answer_can_be_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From HTTPS to SSH: the credentials are asked after the address, which does not go with the old ones."""
    here = session(Draft.of(load(PLANS / "git-sync-public.yaml")))
    there = [each for each in here.questions("dags") if each.key[-1] != "repository"]
    kept = "".join("\n" for _ in there)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\ngit@git.example.com:dags.git\n" + kept))
    Interview(here, Plain()).step("dags")
    assert [problem.key[-1] for problem in here.problems()] == ["repository"]
    assert f"× {here.problems()[0].sentence[:40]}" in capsys.readouterr().err


def test_the_cluster_s_names_and_findings_stand_beside_the_questions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = Sandbox(pace=0)
    here = Session(Draft(), lambda _: cluster, [Context(cluster.context, cluster.server, "default", True)])
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 60))
    interview = Interview(here, Plain())
    interview.step("cluster")
    interview.wait_for_cluster()
    interview.step("database")
    assert f"here: {here.picks()['storageClass'][0]}" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["y", "n"])
def test_what_is_installed_is_offered_to_go_on_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    cluster, installed = Sandbox(pace=0), parse(f"{HEAD}laptop\nexecutor: {{type: local, parallelism: 7}}\n")
    list(apply(cluster, prepare(cluster, installed)))
    here = Session(Draft(), lambda _: cluster, [Context(cluster.context, cluster.server, "default", True)])
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n\n" + f"{answer}\n" + "\n" * 80))
    Interview(here, Plain()).all_steps()
    assert "Namespace airflow holds an installation" in capsys.readouterr().err
    assert (here.draft.plan() == installed) == (answer == "y")


class Spoken:
    """`airflow-wizard` in a terminal of 80x24."""

    def __init__(self, folder: Path, term: str, *arguments: str) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "wizard", *arguments],
            cwd=folder,
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=60,
            env={"TERM": term, "HOME": str(folder), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
        )
        self.child.logfile_read = self.said = io.StringIO()

    def answer(self, wanted: str, keys: str) -> None:
        """Wait until this is asked, and answer."""
        self.child.expect_exact(wanted)
        self.child.send(keys)

    def ended(self) -> int:
        """Its exit code, once it is over."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


def test_from_an_empty_folder_to_a_plan_on_a_dumb_terminal(tmp_path: Path) -> None:
    wizard = Spoken(tmp_path, "dumb")
    wizard.answer("cannot draw", "")
    wizard.answer("No kubeconfig was found", "")
    wizard.answer("Profile [1]:", "9\n")
    wizard.answer("must be one of 1, 2, 3", "1\n")
    wizard.answer("Namespace [airflow]:", "seat-7\n")
    asked = len(walked(load(PLANS / "laptop.yaml"))[1]) - 2
    wizard.child.send("\n" * asked)
    wizard.answer("What now? [1]:", "\n")
    wizard.answer("Save as [airflow-plan.yaml]:", "\n")
    wizard.answer("airflow-wizard apply", "")
    assert wizard.ended() == 0
    assert parse((tmp_path / "airflow-plan.yaml").read_text()) == parse(f"{HEAD}laptop\nnamespace: seat-7")
    assert "\x1b" not in wizard.said.getvalue(), "a dumb terminal would show it"


def test_on_a_dumb_terminal_the_demo_names_what_works_there(tmp_path: Path) -> None:
    demo = Spoken(tmp_path, "dumb", "demo")
    demo.answer("TERM=dumb cannot draw.", "")
    demo.answer("`airflow-wizard ask` asks the same in lines", "")
    assert demo.ended() == 2
    ask = Spoken(tmp_path, "dumb", "ask")
    ask.answer("Profile [1]:", "\x03")
    assert ask.ended() == 130


def test_from_a_plan_to_another_by_keys_and_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    before = f"{HEAD}laptop\nnamespace: before\n"
    (tmp_path / "airflow-plan.yaml").write_text(before)
    wizard = Spoken(tmp_path, "xterm", "ask", "-n", "after")
    wizard.answer("Profile", ENTER)
    wizard.answer("Namespace", ENTER * (len(walked(load(PLANS / "laptop.yaml"))[1]) - 1))
    wizard.answer("Review", ENTER)
    wizard.answer("Save as", ENTER)
    wizard.answer("Overwrite it?", "n" + ENTER)
    wizard.answer("Save as", CLEAR + "other.yaml" + ENTER)
    wizard.answer("airflow-wizard apply -f other.yaml", "")
    assert wizard.ended() == 0
    assert (tmp_path / "airflow-plan.yaml").read_text() == before
    assert load(tmp_path / "other.yaml").namespace == "after"
    assert not re.search(r"\x1b\[([0-9]+;)*[349][0-8](;[0-9]+)*m", wizard.said.getvalue()), "NO_COLOR was set"


@pytest.mark.parametrize(("term", "key"), [("xterm", CTRL_C), ("dumb", CTRL_C), ("dumb", "\x04")])
def test_ctrl_c_says_that_nothing_was_written(tmp_path: Path, term: str, key: str) -> None:
    wizard = Spoken(tmp_path, term, "ask")
    wizard.answer("Profile", ENTER if term == "xterm" else "\n")
    wizard.answer("Namespace", key)
    wizard.answer("nothing was written", "")
    assert wizard.ended() == 130
    assert not list(tmp_path.glob("*.yaml"))


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    done = subprocess.run([sys.executable, "-m", "wizard", "ask"], input="", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no terminal to ask on." in done.stderr and "Traceback" not in done.stderr
