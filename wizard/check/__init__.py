"""What joins a plan with this cluster, before anything is written: one list of checks for every front.

`look` asks the cluster, once and in parallel; `check` thinks about it without asking anything. So the wizard can check
each answer against what it knew a moment ago, and says how old that is.
"""

from wizard.check import (
    claims,
    ingress,
    leftovers,
    limits,
    namespace,
    nodes,
    quota,
    rights,
    secrets,
    size,
    storage,
    version,
)
from wizard.check.facts import Facts, look
from wizard.check.finding import Finding, failed, fired, refuse
from wizard.check.rights import every_right
from wizard.check.size import Sums, sums
from wizard.render import Rendered

__all__ = ["Facts", "Finding", "Sums", "check", "every_right", "failed", "fired", "look", "refuse", "sums"]

CHECKS = (
    namespace.check_version,
    namespace.check,
    rights.check,
    version.check,
    leftovers.check,
    secrets.check,
    storage.check,
    claims.check,
    ingress.check,
    quota.check,
    limits.check,
    nodes.check,
    size.check,
)
"""In the order in which they are told."""


def check(rendered: Rendered, facts: Facts) -> list[Finding]:
    """All findings about a plan on a cluster."""
    return [finding for each in CHECKS for finding in each(rendered, facts)]
