"""The rehearsal: before anything is applied, short-lived pods try the answers, as the real pods would.

plan → `tries` (what can be tried) → `prepare` (with what, reads only) → `run` (pods, what they say, removal).
"""

from wizard.rehearse.prepare import Outcome, Prepared, prepare
from wizard.rehearse.run import rehearse
from wizard.rehearse.tries import reaches_out

__all__ = ["Outcome", "Prepared", "prepare", "reaches_out", "rehearse"]
