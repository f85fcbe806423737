"""The steps: one above the other where there is room, else in one line around the step at hand."""

from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from wizard.progress import Mark
from wizard.steps import RAIL

HERE = "▸"
_GAP = "  "


class Rail(Static):
    """Each step with its sign; the one at hand is pointed at. A click goes there."""

    DEFAULT_CSS = """
    Rail {
        width: 16; height: 1fr; padding: 1 0 0 1; background: $surface;
        border-right: vkey $panel;
    }
    """

    class Wanted(Message):
        """Somebody clicked a step."""

        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._marks: dict[str, str] = {}
        self._current = ""

    def show(self, marks: dict[str, str], current: str) -> None:
        """Paint these signs."""
        self._marks, self._current = marks, current
        self._paint()

    def on_resize(self, event: Resize) -> None:
        """Width decides the form."""
        self._paint()

    def on_click(self, event: Click) -> None:
        """Go to what was clicked."""
        step = event.style.meta.get("step")
        if step:
            self.post_message(self.Wanted(step))

    def _paint(self) -> None:
        if not self._marks or not self.size.width:
            return
        in_one_line = self.screen.has_class("-narrow")
        self.update(self._line(self.content_size.width) if in_one_line else Content("\n").join(map(self._item, RAIL)))

    def _item(self, step: str) -> Content:
        mark = self._marks[step]
        sign = f"{mark} "
        if step == self._current:
            sign = HERE + (mark if mark == Mark.FAILED else " ")
        return Content.styled(
            f"{sign}{RAIL[step]}", Style(bold=step == self._current) + Style.from_meta({"step": step})
        )

    def _line(self, width: int) -> Content:
        """As many steps around the current one as fit, whole, with arrows where there are more."""
        steps = list(RAIL)
        at = steps.index(self._current)
        count = f"{at + 1}/{len(steps)}"
        room = width - len(count) - 6
        first = last = at
        used = len(self._item(steps[at]).plain)
        grew = True
        while grew:
            grew = False
            for index in (last + 1, first - 1):
                if 0 <= index < len(steps):
                    needed = len(_GAP) + len(self._item(steps[index]).plain)
                    if used + needed <= room:
                        used, grew = used + needed, True
                        first, last = min(first, index), max(last, index)
        items = Content(_GAP).join([self._item(step) for step in steps[first : last + 1]])
        line = Content.assemble("‹ " if first else "", items, " ›" if last < len(steps) - 1 else "")
        return Content.assemble(line, " " * (width - line.cell_length - len(count)), count)
