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


class _Loader(yaml.CSafeLoader):
    """CSafeLoader that refuses a key said twice, which PyYAML takes without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else "'" if _AMBIGUOUS.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)

_LAYOUT: dict[str, Any] = {"width": 10**6, "allow_unicode": True, "sort_keys": False}


def read_yaml(text: str) -> Any:
    """One document. Raises `yaml.YAMLError`, with the line, for what isn't YAML or says a key twice."""
    return yaml.load(text, _Loader)


def write_yaml(value: Any) -> str:
    """One document, keys in the order they have."""
    return yaml.dump(value, Dumper=_Dumper, **_LAYOUT)


def write_all(values: Iterable[Any]) -> str:
    """Several documents, each after a `---`."""
    return yaml.dump_all(values, Dumper=_Dumper, explicit_start=True, **_LAYOUT)
