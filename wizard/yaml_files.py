"""YAML in and out: a loader that refuses what is said twice, and text that kubectl reads back unchanged.

PyYAML speaks YAML 1.1 with a float rule of its own; kubectl goes by go-yaml. Strings that either would take for
something else (`y`, `1e3`, `0o17`, a short git SHA such as `12345e7`) are quoted here.
"""

import re
from collections.abc import Iterable
from typing import Any

import yaml

_AMBIGUOUS = re.compile(
    r"^(?:y|Y|n|N|[-+]?\.?[0-9][0-9a-fA-FxXoO_.:+-]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|=|<<)$"
)
"""What looks like a number, of any base and of YAML 1.1 or 1.2, and the words that only one of the two knows."""


_DEEPEST = 100
"""Levels of one thing inside another; libyaml's own recursion ends the process at some ten thousand."""
_MOST_ALIASES = 20
"""`*name` in one document: each may stand for all before it, so a few dozen merged ones fill any memory."""


class _Loader(yaml.CSafeLoader):
    """CSafeLoader that refuses a key said twice, which PyYAML takes without a word."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._seen: set[yaml.Node] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called before a mapping is constructed, to replace its `<<`: what is said twice must be found before."""
        if node not in self._seen:
            self._seen.add(node)
            _refuse_twice(node)
        super().flatten_mapping(node)


def _refuse_twice(node: yaml.MappingNode) -> None:
    said = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in said:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is there twice", key.start_mark
                )
            said.add(key.value)


def _refuse_bombs(text: str) -> None:
    depth = aliases = 0
    event: Any
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _DEEPEST:
            raise yaml.composer.ComposerError(None, None, "this is nested too deeply", event.start_mark)
        if aliases > _MOST_ALIASES:
            raise yaml.composer.ComposerError(None, None, f"more than {_MOST_ALIASES} aliases", event.start_mark)


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else "'" if _AMBIGUOUS.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)

_LAYOUT: dict[str, Any] = {"width": 10**6, "allow_unicode": True, "sort_keys": False}


def read_yaml(text: str) -> Any:
    """One document. Raises `yaml.YAMLError`, with the line, for what isn't YAML, says a key twice or is a bomb."""
    _refuse_bombs(text)
    return yaml.load(text, _Loader)


def write_yaml(value: Any) -> str:
    """One document, keys in the order they have."""
    text: str = yaml.dump(value, Dumper=_Dumper, **_LAYOUT)
    return text


def write_all(values: Iterable[Any]) -> str:
    """Several documents, each after a `---`."""
    text: str = yaml.dump_all(values, Dumper=_Dumper, explicit_start=True, **_LAYOUT)
    return text
