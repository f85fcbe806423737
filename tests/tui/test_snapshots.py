"""Every screen, at 80x24 and at 120x36, is as the text in tests/tui/snapshots says."""

from difflib import unified_diff

import pytest

from tests.tui.make_snapshots import SCREENS, SIZES, file_of, parted, taken


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_is_as_it_was(size: tuple[int, int]) -> None:
    known = parted(file_of(size).read_text())
    assert set(known) == set(SCREENS)
    for name, text in (await taken(size)).items():
        changed = "\n".join(unified_diff(known[name].splitlines(), text.splitlines(), "was", "is", lineterm=""))
        assert not changed, f"{name}: {changed}\nIf it is meant: python -m tests.tui.make_snapshots"
