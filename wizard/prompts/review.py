"""After the questions: what the answers come to, what is to mend, and the plan's file."""

import sys
import textwrap
from collections import Counter
from pathlib import Path

from wizard.check import fired
from wizard.errors import UserError
from wizard.plan.file import DEFAULT_FILE, text_of
from wizard.plan.rules import warnings
from wizard.progress import Mark
from wizard.prompts.interview import Interview
from wizard.prompts.terminal import say
from wizard.questions import Choice
from wizard.saving import holds_other, save
from wizard.session import Session
from wizard.steps import STEPS

SAVE, MEND, CHANGE, LEAVE = "save", "mend", "change", "leave"


def review(interview: Interview) -> Path | None:
    """Show what there is, until the plan is saved or left."""
    session, terminal = interview.session, interview.terminal
    while True:
        say("\n── Review ──")
        interview.wait_for_cluster()
        problems = session.problems()
        _show(session)
        todo = terminal.choose("What now?", _choices(session), MEND if problems else SAVE)
        if todo == LEAVE:
            return None
        if todo == SAVE:
            return _save(interview)
        first = problems[0].step if problems else next(iter(STEPS))
        steps = [Choice(step, title, session.subject(step)) for step, title in STEPS.items()]
        interview.step(first if todo == MEND else terminal.choose("Which step?", steps, first))


def _choices(session: Session) -> list[Choice]:
    problems = session.problems()
    mend = [Choice(MEND, "Mend", f"asks step {STEPS[problems[0].step]} again")] if problems else []
    save = Choice(SAVE, "Save the plan", "your answers, and no secret and no cluster")
    return [
        *(mend or [save]),
        Choice(CHANGE, "Change answers", "asks one step again"),
        Choice(LEAVE, "Leave", "nothing is written"),
    ]


def _show(session: Session) -> None:
    """What is to mend; or the plan, and what it means."""
    problems = session.problems()
    if problems:
        say("These answers are to fix first:")
        for problem in problems:
            say(problem.text(), f"{Mark.FAILED} ")
        return
    plan = session.draft.plan()
    say("The plan, without what its profile says already:\n")
    print(textwrap.indent(text_of(plan), "  "), file=sys.stderr, flush=True)  # as it is: a wrapped line is other YAML
    for rule in warnings(plan):
        say(rule.sentence, f"{Mark.WARNING} ")
    _show_checks(session)


def _show_checks(session: Session) -> None:
    """What the answers mean on the cluster of this run, where it has answered."""
    if session.facts is None:
        if session.context:
            say(f"The cluster of context {session.context} has not answered: `airflow-wizard check` says why.")
        return
    findings = session.findings()
    counts = Counter(finding.mark for finding in findings)
    said = " ".join(f"{mark} {counts[mark]}" for mark in (Mark.DONE, Mark.WARNING, Mark.FAILED) if counts[mark])
    say(f"Checks on the cluster of context {session.context}: {said}")
    for finding in fired(findings):
        say(finding.sentence, f"{finding.mark} ")
        for more in filter(None, (finding.way_out, finding.docs)):
            say(more, "  ")


def _save(interview: Interview) -> Path:
    """Ask for a name until the plan is in a file; what is there is never overwritten unasked."""
    session, terminal = interview.session, interview.terminal
    text, name = text_of(session.draft.plan()), str(session.path or DEFAULT_FILE)
    while True:
        name = terminal.text("Save as", name, DEFAULT_FILE) or DEFAULT_FILE
        path = Path(name).expanduser()
        try:
            told = f"{path} is there already, with other content. Overwrite it?"
            if holds_other(path, text) and not terminal.yes(told, False):
                continue
            save(path, text)
        except UserError as error:
            say(str(error), f"{Mark.FAILED} ")
            continue
        session.saved(path)
        return path
