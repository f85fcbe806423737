"""Why a line is in a manifest: the question whose answer brought it in."""

from dataclasses import dataclass

from wizard.plan.shorthand import in_a_line
from wizard.questions import Key
from wizard.render.trace import Origin
from wizard.session import Session
from wizard.steps import RAIL, STEPS
from wizard.tui.lines import step_of

_LONGEST = 40
"""Characters of an answer."""


@dataclass(frozen=True)
class Reason:
    """A question, and a sentence that names it."""

    step: str
    key: Key
    text: str


def reason(session: Session, origin: Origin) -> Reason:
    """Why a line of this origin is there; a step without a question for what every Airflow has."""
    step = step_of(origin)
    title = RAIL.get(step, RAIL["airflow"])
    question = session.question_at(origin.answer) if origin.answer else None
    if question is None:
        return Reason(step if step in STEPS else "airflow", (), f"every Airflow has it\n{_file(origin)}")
    answer = in_a_line(session.value(question.key)).replace("\n", " ")
    short = answer if len(answer) <= _LONGEST else f"{answer[:_LONGEST]}…"
    said = f"{title} → {question.title} → {short or 'not answered'}"
    return Reason(question.step, question.key, f"{said}\n{_file(origin)}")


def _file(origin: Origin) -> str:
    return f"blueprints/{origin.file}"
