"""What the wizard knows while it runs: the draft, and what holds for this run only. The TUI and the prompts
ask from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wizard.assumed import assumed
from wizard.at_hand import Remark, look
from wizard.check import Facts, Finding, check, every_right, fired
from wizard.check import look as look_at
from wizard.cluster.interface import Cluster
from wizard.cluster.kubeconfig import Context
from wizard.errors import UserError
from wizard.picks import Picks, picks_of
from wizard.plan.file import PlanErrors, complete
from wizard.plan.model import Plan
from wizard.plan.profiles import Answers
from wizard.plan.rules import warnings
from wizard.progress import Mark
from wizard.questions import Choice, Draft, Key, Question, questions, with_blocked
from wizard.render import Rendered, render
from wizard.steps import RAIL, STEPS, UNSEEN
from wizard.tui.kept import Kept, KeptDraft

CONTEXT: Key = ("context",)
"""The choice of a context. No question of the plan: a shared plan must not choose somebody's cluster."""

Asked = dict[str, Question]
"""The questions that apply, by place: made once for all that is looked up at a time, since that is a key press."""

WORST = (Mark.FAILED, Mark.WARNING, Mark.DONE)
OF_CONTEXT = ("API server", "rights")
"""Checks that say something about the choice of a cluster."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend, and where."""

    step: str
    key: Key
    title: str
    sentence: str

    def text(self) -> str:
        """As a line: `Cluster · Namespace: takes lower-case letters …`."""
        where = f"{RAIL[self.step]} · {self.title}" if self.title else RAIL[self.step]
        return f"{where}: {self.sentence}"


@dataclass
class Session:
    """The draft, the cluster of this run, and which steps were seen."""

    draft: Draft
    connect: Callable[[str], Cluster]
    contexts: Sequence[Context]
    path: Path | None = None
    """Where the plan was read from or saved to last."""
    sandbox: bool = False
    context: str = ""
    """The context of this run; without one given, the kubeconfig's current one."""
    seen: set[str] = field(default_factory=set)
    apply_mark: str = UNSEEN
    """How far Apply is."""
    facts: Facts | None = None
    """What the cluster of this run has said; None until it has answered."""
    applied: Plan | None = None
    """The plan that was applied in the namespace; None where there is none, or it isn't known yet."""

    kept: KeptDraft | None = None
    """Where the answers are kept as one goes; None for nowhere."""

    def __post_init__(self) -> None:
        names = [context.name for context in self.contexts]
        if self.context not in names:
            self.context = next((context.name for context in self.contexts if context.current), "")
        self._saved = self.draft.answers()
        self._clusters: dict[str, Cluster] = {}
        self._rendered: tuple[Plan, Rendered] | None = None
        self._checked: tuple[object, list[Finding]] | None = None
        self._offered: set[tuple[str, str]] = set()

    @property
    def server(self) -> str:
        """Address of the API server of the chosen context; empty where none is chosen."""
        return next((context.server for context in self.contexts if context.name == self.context), "")

    @property
    def namespace(self) -> str:
        """The namespace as it was answered, right or wrong."""
        return str(self.value(("namespace",)))

    def cluster(self) -> Cluster:
        """The connection of the chosen context, made once. For worker threads: may take seconds or raise UserError."""
        if not self.context:
            raise UserError(
                "No cluster is chosen.",
                "Choose a context in the step Cluster; where it shows none, quit and say --kubeconfig FILE.",
            )
        if self.context not in self._clusters:
            self._clusters[self.context] = self.connect(self.context)
        return self._clusters[self.context]

    def look(self, namespace: str) -> Facts | None:
        """What the cluster of this run says now; None where it doesn't answer. For worker threads: may take seconds."""
        try:
            return look_at(self.cluster(), namespace, every_right())
        except UserError:
            return None

    def questions(self, step: str) -> list[Question]:
        """The questions of a step that apply now."""
        asked = with_blocked(list(questions(self.draft, step)), self.draft)
        return [self._which_context(), *asked] if step == "cluster" and self.contexts else asked

    def subject(self, step: str) -> str:
        """What a step is about, in a line."""
        asked = self.questions(step)
        told = {"review": "Every manifest as it will be sent", "apply": "What would change, and then the change"}
        return asked[0].title if asked else told.get(step, RAIL[step])

    def value(self, key: Key) -> object:
        """What holds now for a question."""
        return self.context if key == CONTEXT else self.draft.value(key)

    def answer(self, key: Key, value: object) -> None:
        """Take an answer."""
        if key == CONTEXT:
            self.context = str(value)
        else:
            self.draft.answer(key, value)

    def problems(self) -> list[Problem]:
        """All that keeps the draft from being a plan, in the order of the steps."""
        asked = self._asked()
        found = [_problem(asked, place, sentence) for place, sentence in self.draft.problems().items()]
        return sorted(found, key=lambda problem: list(STEPS).index(problem.step))

    def problem(self, place: str, sentence: str) -> Problem:
        """What is said of an answer, and where it was given."""
        return _problem(self._asked(), place, sentence)

    def question_at(self, place: str) -> Question | None:
        """The question that an answer belongs to, as far as it is asked now."""
        return _question_at(self._asked(), place)

    def _asked(self) -> Asked:
        return {question.place: question for question in questions(self.draft)}

    def picks(self) -> Picks:
        """What can be picked on the cluster of this run; empty until it has answered."""
        return picks_of(self.facts) if self.facts else {}

    def findings(self) -> list[Finding]:
        """What the answers mean on this cluster, as far as both are known.

        While a section's answers are no plan, the rest is judged with that section as its profile has it.
        """
        if self.facts is None:
            return []
        answers = self.draft.answers()
        wrong = {place.partition(".")[0] for place in self.draft.problems()}
        about = (self.facts.asked_at, answers)
        if self._checked is None or self._checked[0] != about:
            self._checked = about, self._check(self.facts, answers, wrong)
        return self._checked[1]

    def _check(self, facts: Facts, answers: Answers, wrong: set[str]) -> list[Finding]:
        try:
            plan = complete({name: part for name, part in answers.items() if name not in wrong})
        except PlanErrors:
            return []
        found = check(self.rendered() if not wrong else render(plan), facts)
        found = [self._in_sandbox(finding) if self.sandbox else finding for finding in found]
        return [finding for finding in found if finding.place.partition(".")[0] not in wrong]

    @staticmethod
    def _in_sandbox(finding: Finding) -> Finding:
        """Of a Secret that somebody would have made: nobody can, here."""
        if finding.check != "secrets" or finding.mark is Mark.DONE:
            return finding
        only_here = "The sandbox has none: take another answer to go on here. On a cluster: "
        return replace(finding, way_out=f"{only_here}{finding.way_out}")

    def remarks(self) -> dict[str, Remark]:
        """By place, what is to be said of answers that are right: of files, of what surprises about several answers
        together, and what they mean on this cluster."""
        remarks = self._of_cluster() | look(self.draft.said())
        try:
            warned = warnings(self.draft.plan())
        except PlanErrors:
            return remarks
        return remarks | {place: Remark(rule.sentence) for rule in warned for place in rule.places}

    def _of_cluster(self) -> dict[str, Remark]:
        """By the place of a question, the worst that the checks say about it; of one mark, all of it."""
        told: dict[str, dict[Mark, list[str]]] = {}
        asked = self._asked()
        for finding in self.findings():
            question = _question_at(asked, finding.place)
            place = question.place if question else "" if finding.check in OF_CONTEXT else None
            if place is not None:
                way_out = f" {finding.way_out}" if finding.mark is not Mark.DONE else ""
                told.setdefault(place, {}).setdefault(finding.mark, []).append(finding.sentence + way_out)
        worst = {place: min(marks, key=WORST.index) for place, marks in told.items()}
        return {place: Remark("; ".join(told[place][mark]), mark) for place, mark in worst.items()}

    def marks(self) -> dict[str, str]:
        """A sign for each step: something to mend, something to know, seen, or not yet seen."""
        wrong, warned, asked = {problem.step for problem in self.problems()}, fired(self.findings()), self._asked()
        about = {question.step for each in warned if (question := _question_at(asked, each.place))}
        marks = {step: Mark.FAILED if step in wrong else self._seen_mark(step, about) for step in STEPS}
        review = Mark.WARNING if wrong or warned else Mark.DONE
        return {**marks, "review": review if "review" in self.seen else UNSEEN, "apply": self.apply_mark}

    def _seen_mark(self, step: str, about: set[str]) -> str:
        if step not in self.seen:
            return UNSEEN
        return Mark.WARNING if step in about else Mark.DONE

    def rendered(self) -> Rendered:
        """The manifests of the answers, with examples for those that are missing or wrong."""
        made = assumed(self.draft)
        plan = made.plan if made else self._rendered[0] if self._rendered else Draft().plan()
        if self._rendered is None or self._rendered[0] != plan:
            self._rendered = plan, render(plan)
        return self._rendered[1]

    def made_up(self) -> list[str]:
        """The titles of the questions for whose answers `rendered` takes examples."""
        made, asked = assumed(self.draft), self._asked()
        return [question.title for place, question in asked.items() if made and place in made.places]

    def changed(self) -> bool:
        """Whether there are answers that were never saved."""
        return self.draft.answers() != self._saved

    def saved(self, path: Path) -> None:
        """The answers are in this file now."""
        self.path = path
        self._saved = self.draft.answers()
        self.forget()

    def keep(self) -> None:
        """Keep answers that are in no file, for the next start."""
        if self.kept is not None and self.changed():
            self.kept.keep(self.draft, self.path)

    def forget(self) -> None:
        """Keep them no longer."""
        if self.kept is not None:
            self.kept.forget()

    def left(self) -> Kept | None:
        """The answers of an earlier run, where they differ from those at hand."""
        found = self.kept.read(self.path) if self.kept else None
        return found if found and found.draft.answers() != self.draft.answers() else None

    def offers_applied(self) -> bool:
        """Whether to ask, once for a namespace, if somebody who has answered nothing yet wants to change what is there:
        a plan that begins anew would take it for a laptop's."""
        if self.applied is None or (self.context, self.namespace) in self._offered:
            return False
        given = {key: value for key, value in self.draft.answers().items() if key != "namespace"}
        begun = {key: value for key, value in Draft().answers().items() if key != "namespace"}
        if self.path is not None or given != begun or Draft.of(self.applied).answers() == self.draft.answers():
            return False
        self._offered.add((self.context, self.namespace))
        return True

    def offers_nothing(self) -> None:
        """What is there was applied by this wizard just now."""
        self._offered.add((self.context, self.namespace))

    def open_applied(self) -> None:
        """Go on with the answers of what is there."""
        assert self.applied is not None
        self.draft = Draft.of(self.applied)
        self._saved = self.draft.answers()

    def _which_context(self) -> Question:
        choices = tuple(
            Choice(context.name, context.name, _address(context, len(self.contexts))) for context in self.contexts
        )
        help = "The contexts of your kubeconfig. The choice holds for this run and is no part of the plan."
        if self.sandbox:
            help = "The sandbox is a cluster in memory: everything looks real, and nothing runs."
        return Question(
            key=CONTEXT,
            place="",
            step="cluster",
            title="Which cluster?",
            help=help,
            docs="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
            kind="choice",
            optional=False,
            default=self.context,
            choices=choices,
        )


def _question_at(asked: Asked, place: str) -> Question | None:
    """The question that an answer belongs to, or that of the choice it is part of."""
    while place and place not in asked:
        place = place.rpartition(".")[0]
    return asked.get(place)


def _problem(asked: Asked, place: str, sentence: str) -> Problem:
    question = _question_at(asked, place)
    step = question.step if question else place.partition(".")[0]
    key, title = (question.key, question.title) if question else ((), place)
    return Problem(step if step in STEPS else "cluster", key, title, sentence)


def _address(context: Context, of: int) -> str:
    return f"{context.server} (current)" if context.current and of > 1 else context.server
