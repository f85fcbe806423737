"""Leaving a field by the keyboard, or for the question of something else."""

from textual.message import Message

from wizard.questions import Key


class Moved(Message):
    """The focus shall go to the field after or before; `onward` goes on to the next step after the last one."""

    def __init__(self, by: int, *, onward: bool = False) -> None:
        super().__init__()
        self.by = by
        self.onward = onward


class Wanted(Message):
    """Somebody wants to see a question: to mend its answer, or since it is why something is there."""

    def __init__(self, step: str, key: Key) -> None:
        super().__init__()
        self.step = step
        self.key = key
