"""All that is ever asked."""

from wizard.questions import Draft, Key, Question, questions


def every_question() -> dict[Key, list[Question]]:
    """By key, what is asked for some combination of choices: each choice is taken once, wherever it appears."""
    found: dict[Key, list[Question]] = {}
    taken: set[tuple[Key, str]] = set()
    waiting = [Draft()]
    while waiting:
        draft = waiting.pop()
        for question in questions(draft):
            found.setdefault(question.key, []).append(question)
            for choice in question.choices:
                if not choice.blocked and (question.key, choice.value) not in taken:
                    taken.add((question.key, choice.value))
                    other = Draft()
                    other.given = {**draft.given, question.key: choice.value}
                    waiting.append(other)
    return found


ASKED = every_question()
"""By key, in the order of asking."""
