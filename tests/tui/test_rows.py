"""A row of Apply: what a part waits for, with the answer that mends it, and below it the way out."""

from pathlib import Path
from typing import Any

from tests.recorded import Recorded
from tests.tui.screens import SMALL, wizard
from wizard.cluster.interface import Objects
from wizard.cluster.sandbox import Sandbox

CAUSES = Path(__file__).parents[1] / "causes"


class Stuck(Sandbox):
    """A sandbox in which, once there is a plan in it, a database runs out of memory."""

    recorded = Recorded(CAUSES / "memory-database.yaml")

    def list(self, api_version: str, kind: str, namespace: str = "", **chosen: Any) -> Objects:
        """Of what waits, what was recorded."""
        if kind in ("Deployment", "Pod") and chosen.get("labels"):
            return self.recorded.list(api_version, kind, namespace, **chosen)
        return super().list(api_version, kind, namespace, **chosen)


async def test_the_way_out_is_below_what_is_stuck() -> None:
    async with wizard(SMALL, cluster=Stuck(pace=0)) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("→ Raise database.memory, and apply again.")
        lines = [line.rstrip() for line in screen.lines]
        below = next(number for number, line in enumerate(lines) if "→ Raise" in line)
        assert "0/1 the database needs more memory than" in lines[below - 2]
        assert "(database.memory)" in lines[below - 1]
        assert lines[below].index("→") == lines[below - 2].index("0/1")
