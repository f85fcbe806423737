"""Leaving a field by the keyboard."""

from textual.message import Message


class Moved(Message):
    """The focus shall go to the field after or before; `onward` goes on to the next step after the last one."""

    def __init__(self, by: int, *, onward: bool = False) -> None:
        super().__init__()
        self.by = by
        self.onward = onward
