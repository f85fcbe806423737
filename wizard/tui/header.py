"""The first line of every screen: which cluster, which namespace, which profile; or that nothing real runs."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

if TYPE_CHECKING:
    from wizard.session import Session

WIDE = 110
"""Columns from which there is room for what the plan asks for, and for how old that is what the cluster said."""
SANDBOX = "SANDBOX: nothing real runs"


class Header(Horizontal):
    """Where the plan would go. The right end, with the namespace, is never cut off."""

    DEFAULT_CSS = """
    Header {
        height: 1; background: $panel; padding: 0 1;
        Static { text-wrap: nowrap; text-overflow: ellipsis; }
        #brand { width: auto; text-style: bold; padding: 0 3 0 0; }
        #sandbox { width: auto; text-style: bold; color: $text-warning; padding: 0 2 0 0; }
        #cluster { width: 1fr; }
        #target { width: auto; padding: 0 0 0 2; }
    }
    """

    def __init__(self, sandbox: bool) -> None:
        super().__init__()
        self._sandbox = sandbox

    def compose(self) -> ComposeResult:
        yield Static("airflow-wizard", id="brand")
        if self._sandbox:
            yield Static(SANDBOX, id="sandbox")
        yield Static(id="cluster", markup=False)
        yield Static(id="target", markup=False)

    def show(self, session: "Session") -> None:
        """Paint what holds now."""
        from wizard.check import sums
        from wizard.check.facts import age

        wide = self.app.size.width >= WIDE
        asked = f" · asked {age(session.facts.age)}" if session.facts and wide else ""
        cluster = f"{session.context}{asked} · {session.server}" if session.context else "no cluster chosen"
        self.query_one("#cluster", Static).update("" if session.sandbox else cluster)
        size = f" · {sums(session.rendered()).short()}" if wide else ""
        target = f"namespace {session.namespace} · {session.draft.profile} profile{size}"
        self.query_one("#target", Static).update(target)
