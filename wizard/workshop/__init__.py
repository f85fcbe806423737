"""A workshop: one plan in many namespaces, a seat each, with Secrets, quota and address of their own.

answers → `seats` (a plan for each) → `prepare` (what it means here, reads only) → `start` and `wait`; then `reset` of
one and `end` of all. Which seats there are, the cluster knows by a label on their namespaces; there is no other state.
"""

from wizard.workshop.end import end
from wizard.workshop.prepare import Prepared, prepare
from wizard.workshop.reset import ToReset, prepare_reset, reset
from wizard.workshop.seats import LABEL, NAME, Seat, plans, seats_there
from wizard.workshop.start import is_ready, look_at, start, wait

__all__ = [
    "LABEL",
    "NAME",
    "Prepared",
    "Seat",
    "ToReset",
    "end",
    "is_ready",
    "look_at",
    "plans",
    "prepare",
    "prepare_reset",
    "reset",
    "seats_there",
    "start",
    "wait",
]
