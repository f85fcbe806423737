"""What the plan asks for, in sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.check.pods import Amount, all_pods, planned
from wizard.check.quantity import cores, number, size
from wizard.check.storage import made_claims, wanted_size
from wizard.progress import Mark
from wizard.render import Rendered


@dataclass(frozen=True)
class Sums:
    """What all that stays asks for, and what each task's pod adds."""

    pods: int
    asks: Amount
    storage: Decimal
    """Bytes of new claims."""
    task: Amount | None
    """None where tasks run in pods that stay."""

    def short(self) -> str:
        """`1.2 CPU · 3.5Gi · 5Gi disk`, for a header."""
        disk = f" · {size(self.storage)} disk" if self.storage else ""
        return f"{cores(self.asks.cpu)} · {size(self.asks.memory)}{disk}"

    def sentence(self) -> str:
        """All of it."""
        task = f"; each task's pod {cores(self.task.cpu)} and {size(self.task.memory)} more" if self.task else ""
        disk = f", and claims for {size(self.storage)}" if self.storage else ""
        return f"{self.pods} pods ask for {cores(self.asks.cpu)} and {size(self.asks.memory)}{disk}{task}"


def sums(rendered: Rendered) -> Sums:
    """Of a plan, without any cluster."""
    pods = planned(rendered)
    storage = sum((number(wanted_size(claim)) for claim in made_claims(rendered)), Decimal(0))
    task = next((pod.asks for pod in pods if not pod.count), None)
    return Sums(sum(pod.count for pod in pods), all_pods(pods), storage, task)


def check(rendered: Rendered, _: Facts) -> Iterator[Finding]:
    """Never wrong: it is there to be known."""
    yield Finding("size", Mark.DONE, sums(rendered).sentence())
