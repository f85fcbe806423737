"""On a terminal of 16 colours, and on one without any, nothing is written in the colour of its ground."""

import pytest
from rich.color import ColorSystem

from tests.tui.make_snapshots import HERE, SCREENS, settled
from tests.tui.screens import Driven, wizard
from wizard.steps import STEPS
from wizard.tui.fields import Field
from wizard.tui.form import Form

DRAWN = "▌▏▁▂▃▄▅▆▇█▔▕│─╭╮╰╯🔎"
"""Lines and bars, which say nothing; and the picture in the palette, which has colours of its own."""


def unreadable(screen: Driven) -> str:
    """All signs that have the colour of their ground in the 16 colours, or none; of a dialog those in it alone."""
    found, shown = [], screen.app.screen
    box = next(iter(shown.query(".box")), shown).region
    for strip in shown._compositor.render_strips()[box.y : box.bottom]:
        for segment in strip.crop(box.x, box.right):
            style = segment.style
            if style is None or style.color is None or style.bgcolor is None:
                continue
            seen = {each.downgrade(ColorSystem.STANDARD).number for each in (style.color, style.bgcolor)}
            if len(seen) == 1:
                found += [sign for sign in segment.text if sign.strip() and sign not in DRAWN]
    return "".join(found)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_sixteen_colours_are_enough_to_read_all_of_it(theme: str) -> None:
    async with wizard(contexts=HERE, sandbox=True) as screen:
        screen.app.theme = theme
        await settled(screen)
        for name, drive in SCREENS.items():
            await drive(screen)
            assert not unreadable(screen), f"{name}: {unreadable(screen)}\n{screen.text}"
            if screen.app.screen is not screen.app.wizard:
                await screen.press("escape")
        for step in STEPS:
            await screen.go(step)
            for _ in screen.app.wizard.query_one(Form).query(Field):
                assert not unreadable(screen), f"{step}: {unreadable(screen)}\n{screen.text}"
                await screen.press("tab")
        await screen.press("ctrl+p")
        await screen.until("Search for commands")
        assert not unreadable(screen), unreadable(screen)
