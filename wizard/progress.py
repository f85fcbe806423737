"""What long work says while it goes on: rows, which the command line prints, the TUI paints and tests collect."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How far a thing is; also the sign in front of its row, so that nothing hangs on colour."""

    DONE = "√"
    WAITING = "…"
    WARNING = "‼"
    FAILED = "×"


@dataclass(frozen=True)
class Row:
    """One thing and its state now. A later row of the same `thing` replaces it."""

    thing: str
    """Such as `Deployment airflow-scheduler`, or a step of `verify`."""
    mark: Mark
    text: str
    seconds: float
    """Since this kind of work began on the thing."""
    way_out: str = ""
    """What to do about a thing that is stuck, where that is known."""
    place: str = ""
    """The answer that mends it: `logs.storageClass`."""

    def line(self, width: int = 36) -> str:
        """As one line of text, the time at the end; a way out is a line below."""
        below = f"\n{'':<{width + 3}}→ {self.way_out}" if self.way_out else ""
        return f"{self.mark} {self.thing:<{width}} {self.text}  {self.seconds:.1f} s{below}"
