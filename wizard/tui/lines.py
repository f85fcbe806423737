"""The lines of a manifest with the place and the origin of each: what a preview marks, and "why is this here".

Pure: text and values in, values out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import yaml

from wizard.render import Manifest
from wizard.render.text import text_of_manifest
from wizard.render.trace import Origin, Path, item_part
from wizard.steps import STEPS

BROUGHT, CHANGED, PLAIN = "+", "~", " "
"""Marks in front of a line: a step brings it in; its answers changed it just now; neither."""


@dataclass(frozen=True)
class Line:
    """One line of a manifest's YAML."""

    text: str
    path: Path
    origin: Origin
    mark: str = PLAIN

    @property
    def step(self) -> str:
        """The step whose answer brought it in."""
        return step_of(self.origin)


def step_of(origin: Origin) -> str:
    """The step of an origin: of its answer, else of the blueprint folder it lies in."""
    section = origin.answer.partition(".")[0]
    if section in ("namespace", "profile"):
        return "cluster"
    return section if section in STEPS else origin.file.partition("/")[0]


def lines_of(manifest: Manifest) -> list[Line]:
    """All lines of a manifest."""
    text = text_of_manifest(manifest.body)
    starts = {line: path for path, line in _starts(text, manifest.body).items()}
    path: Path = ()
    lines = []
    for number, line in enumerate(text.splitlines()):
        path = starts.get(number, path)  # the further lines of a long text belong to the place where it starts
        lines.append(Line(line, path, manifest.trace.of(path)))
    return lines


def brings(origin: Origin, step: str, place: str = "") -> bool:
    """Whether a line of this origin is there because of a step, or of the answer at one place."""
    return f"{origin.answer}.".startswith(f"{place}.") if place else step_of(origin) == step


def marked(lines: list[Line], step: str, before: list[Line] | None, place: str = "") -> list[Line]:
    """The lines marked for a step, or for one answer of it: what it brings in, and what differs from the lines
    `before` its answers changed."""
    changed: set[int] = set()
    if before is not None and [line.text for line in before] != [line.text for line in lines]:
        matcher = SequenceMatcher(None, [line.text for line in before], [line.text for line in lines], autojunk=False)
        for what, _, _, first, last in matcher.get_opcodes():
            if what != "equal":
                changed |= set(range(first, last))
    return [
        Line(
            line.text,
            line.path,
            line.origin,
            CHANGED if number in changed else BROUGHT if brings(line.origin, step, place) else PLAIN,
        )
        for number, line in enumerate(lines)
    ]


def excerpt(lines: list[Line]) -> list[int]:
    """The numbers of the marked lines, and of those above them that say where they are."""
    first: dict[Path, int] = {}
    for number, line in enumerate(lines):
        for depth in range(1, len(line.path) + 1):
            first.setdefault(line.path[:depth], number)
    kept = {number for number, line in enumerate(lines) if line.mark != PLAIN}
    for number in list(kept):
        path = lines[number].path
        kept |= {first[path[:depth]] for depth in range(1, len(path) + 1)}
    return sorted(kept)


def _starts(text: str, body: Any) -> dict[Path, int]:
    """The line on which each place starts. Of several that start on one line the innermost comes last."""
    tree = yaml.compose(text, yaml.CSafeLoader)
    return {} if tree is None else dict(_walk(tree, body, ()))


def _walk(node: yaml.Node, value: Any, path: Path) -> Iterator[tuple[Path, int]]:
    if isinstance(node, yaml.MappingNode):
        for (key, below), (name, part) in zip(node.value, value.items(), strict=True):
            yield (*path, name), key.start_mark.line
            yield from _walk(below, part, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            here = (*path, item_part(path, value, index))
            yield here, item.start_mark.line
            yield from _walk(item, value[index], here)
