"""The questions of a session one after the other, with their trade-offs, and what is to be said of each answer."""

from collections.abc import Sequence
from threading import Thread

from wizard.asking import empty_says, kind_of, read
from wizard.picks import Pick
from wizard.plan.shorthand import in_a_line
from wizard.progress import Mark
from wizard.prompts.terminal import Terminal, say
from wizard.questions import Question
from wizard.record import plan_in
from wizard.session import CONTEXT, Session
from wizard.steps import STEPS

PATIENCE = 10.0
"""Seconds for which a cluster is waited for that hasn't answered yet."""


class Interview:
    """Asks. The cluster is asked meanwhile, so that the answers can be judged by what it has."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self.session = session
        self.terminal = terminal
        self._looking: Thread | None = None
        self._about: tuple[str, str] = ("", "")

    def all_steps(self) -> None:
        """Ask everything, from the first step to the last."""
        say(self.terminal.how)
        if not self.session.contexts:
            say("No kubeconfig was found, so the plan can be made and saved, but not applied.", f"{Mark.WARNING} ")
            say("Set KUBECONFIG, or start with --kubeconfig FILE.", "  ")
        for step in STEPS:
            self.step(step)
            if step == "cluster":
                self.wait_for_cluster()
                self._offer_applied()

    def _offer_applied(self) -> None:
        """Who has answered nothing yet may want to change what is there."""
        if self.session.offers_applied():
            say(
                f"\nNamespace {self.session.namespace} holds an installation; a plan that begins anew would replace it."
            )
            if self.terminal.yes("Go on with its answers?", True):
                self.session.open_applied()

    def step(self, step: str) -> None:
        """Ask the questions of a step; answers change which ones there are."""
        say(f"\n── {STEPS[step]} · step {list(STEPS).index(step) + 1} of {len(STEPS)} ──")
        asked = set()
        while question := next((each for each in self.session.questions(step) if each.key not in asked), None):
            asked.add(question.key)
            self._ask(question)
        if step == "cluster":
            self._look()

    def wait_for_cluster(self) -> None:
        """Give a cluster that was asked some seconds more."""
        if self._looking is not None:
            self._looking.join(PATIENCE)

    def _look(self) -> None:
        """Ask the cluster in the background, unless the one of these answers has been asked."""
        about = (self.session.context, self.session.namespace)
        if self.session.context and about != self._about:
            self._about, self.session.facts = about, None
            # A daemon: nobody waits at the end for a cluster that doesn't answer.
            self._looking = Thread(target=self._looked, args=about, daemon=True)
            self._looking.start()

    def _looked(self, context: str, namespace: str) -> None:
        facts = self.session.look(namespace)
        if (context, namespace) == self._about:
            self.session.facts = facts
            self.session.applied = plan_in(facts.record) if facts else None

    def _ask(self, question: Question) -> None:
        value = self.session.value(question.key)
        say()
        say(question.help)
        kind = kind_of(question, value)
        if kind == "choice":
            chosen = self.terminal.choose(question.title, question.choices, str(value))
            if chosen != value:
                self.session.answer(question.key, chosen)
        elif kind == "flag":
            yes = self.terminal.yes(question.title, bool(value))
            if yes != bool(value):
                self.session.answer(question.key, yes)
        else:
            self._text(question, in_a_line(value).strip(), kind)
        self._tell(question)

    def _text(self, question: Question, value: str, kind: str) -> None:
        picks = self.session.picks().get(question.picks, ())
        if picks:
            say(f"here: {' · '.join(map(str, picks))}")
        text = self._typed(question, value, kind, picks)
        while problem := self._wrong(question, text) if text != value or not text else "":
            say(problem, f"{Mark.FAILED} ")
            text = self._typed(question, text, kind, picks)
        if text != value:
            self.session.answer(question.key, read(question, text))

    def _wrong(self, question: Question, text: str) -> str:
        return self.session.draft.wrong(question, read(question, text))

    def _typed(self, question: Question, text: str, kind: str, picks: Sequence[Pick]) -> str:
        if kind == "lines":
            return self.terminal.lines(question.title, text, empty_says(question))
        return self.terminal.text(question.title, text, empty_says(question), picks)

    def _tell(self, question: Question) -> None:
        """What is to be said of the answer: that it doesn't go with others, or what it means."""
        problem = next((each for each in self.session.problems() if each.key == question.key), None)
        remark = None if question.key == CONTEXT else self.session.remarks().get(question.place)
        if problem:
            say(problem.sentence, f"{Mark.FAILED} ")
        elif remark:
            say(remark.sentence, f"{remark.mark} ")
