"""YAML in: nothing is taken in silence. YAML out: kubectl reads back what was meant."""

from typing import Any

import pytest
import yaml

from tests.kubectl import read_back
from wizard.yaml_files import read_yaml, write_all, write_yaml

WORDS = """
y Y n N yes Yes no NO on On OFF true True TRUE false ~ null Null NULL = << <<a =a
1e3 1E3 1e+3 1.e3 1e-3 12345e7 1e400 1e e1 0e0 0E+0 0.1e .5e1
0 00 007 08 09 017 0o17 0O17 -0o7 12345 -0 -1 +1 1_000 1__0 _1 1_ 0x1F 0XAB +0x1F 0x 0b101 0b2 0b 0o
1:30 1:30:45 190:20:30 .5 -.5 +.5 5. . .. .inf -.inf +.INF .Inf .nan .NaN inf nan Infinity 3.3 1.2.3 1,000 1k 5Gi
9223372036854775808 123456789012345678901234567890
2024-01-01 2024-1-1 2024-01-01T00:00:00Z 2001-12-14t21:59:43.10-05:00
- -- --- ... ? ?x : :x x: a:b # #x x# & &a * *a ! !a !!str !binary | > ' '' " % %TAG @ @a ` , [ ] { } {} [] {a} a,b
\\ \\n ${x} $(x) {{x}} a=b
"""

TEXTS = [
    "",
    "- a",
    "a: b",
    "a: ",
    "a #b",
    "? a",
    "--- a",
    "key: |",
    "a'b",
    "2001-12-14 21:59:43.10 -5",
    " leading",
    "trailing ",
    "  ",
    "\t",
    "\ta",
    "a\t",
    "a\tb",
    "a\nb",
    "a\nb\n",
    "\na",
    "\n",
    "\n\n",
    "a\n\n\n",
    " a\nb",
    "a \nb",
    "a\n b\n\n\n",
    "a\n\tb\n",
    " \n \n",
    "\t\n\t",
    "\n a",
    "#\n#",
    "---\na: b",
    "a\n---\nb",
    "...\n",
    "%YAML 1.2\n---",
    'a"b\nc',
    "a\r\nb",
    "a\rb",
    "\r",
    "a\x85b",
    "a\u2028b",
    "a\u2029b\n",
    "a\nb\u2028c\n",
    "ü",
    "日本",
    "😀",
    "🎉\nb\n",
    "e\u0301",
    "\u200b",
    "\xa0",
    "\xad",
    "\ufeffx",
    "x\ufeff",
    "\x00",
    "\x07",
    "\x1b[0m",
    "a\n\x1b\n",
    "\x7f",
    "\ufffe",
    "x" * 5000,
    "x " * 3000,
]

STRINGS = list(dict.fromkeys(WORDS.split() + TEXTS))
NUMBERED = {f"key-{number}": text for number, text in enumerate(STRINGS)}


def secret(data: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "strings"}, "stringData": data}


@pytest.fixture(scope="module")
def as_values() -> dict[str, str]:
    """What kubectl reads where each string was a value."""
    data: dict[str, str] = read_back(write_yaml(secret(NUMBERED)))[0]["stringData"]
    return data


@pytest.mark.parametrize("key", NUMBERED, ids=[ascii(text)[:20] for text in STRINGS])
def test_kubectl_reads_what_was_written(key: str, as_values: dict[str, str]) -> None:
    assert as_values[key] == NUMBERED[key]


def test_kubectl_reads_keys_as_they_were_written() -> None:
    data = {text: "value" for text in [*STRINGS, "k" * 253] if len(text) < 1000}
    assert read_back(write_yaml(secret(data)))[0]["stringData"] == data


def test_reads_what_it_writes() -> None:
    assert read_yaml(write_yaml(NUMBERED)) == NUMBERED
    assert list(yaml.safe_load_all(write_all([NUMBERED, [], {"a": None}]))) == [NUMBERED, [], {"a": None}]


def test_what_is_no_text_stays_bare() -> None:
    assert write_yaml({"a": 1, "b": 1.5, "c": True, "d": None}) == "a: 1\nb: 1.5\nc: true\nd: null\n"


def test_writes_no_anchors_and_keeps_the_order() -> None:
    same = {"z": "1.2", "a": ["b"]}
    assert write_yaml({"x": same, "b": same}) == "x:\n  z: '1.2'\n  a:\n  - b\nb:\n  z: '1.2'\n  a:\n  - b\n"


def test_long_lines_are_not_folded_and_scripts_stay_readable() -> None:
    text = write_yaml({"long": "word " * 100 + "end", "script": "one\ntwo\n"})
    assert text == f"long: {'word ' * 100}end\nscript: |\n  one\n  two\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a:\n  b: 1\n  'b': 2\n", 3),
        ("- {a: 1, a: 1}\n", 1),
        ("x: &x {a: 1}\ny: {<<: *x, b: 1, b: 2}\n", 2),
    ],
)
def test_refuses_a_key_said_twice(text: str, line: int) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="there twice") as refused:
        read_yaml(text)
    assert refused.value.problem_mark is not None and refused.value.problem_mark.line == line - 1


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}", {"x": {"a": 1, "b": 2}, "y": {"a": 3, "b": 2}}),
        (
            "p: {q: {r: &r {a: 1, b: 2}, s: &s {<<: *r, a: 3}}}\nt: {<<: *s, b: 4}",
            {"p": {"q": {"r": {"a": 1, "b": 2}, "s": {"a": 3, "b": 2}}}, "t": {"a": 3, "b": 4}},
        ),
        ("a: &a [1]\nb: *a", {"a": [1], "b": [1]}),
    ],
)
def test_what_overrides_a_merged_key_is_not_said_twice(text: str, read: Any) -> None:
    assert read_yaml(text) == read


def bomb(of: str) -> str:
    """Nine anchors, each nine times the one before; `of` makes the line."""
    lines = ["a0: &a0 {k: v}"]
    for number in range(1, 10):
        lines.append(of.format(f"a{number}: &a{number}", ", ".join([f"*a{number - 1}"] * 9)))
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb("{} [{}]"),
        bomb("{} {{<<: [{}]}}"),
        "[" * 100_000,
        "{a: " * 100_000,
        "[" * 500 + "]" * 500,
        "\n".join(" " * depth + "a:" for depth in range(500)),
        "- " * 500 + "a",
    ],
)
def test_refuses_bombs_at_once(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)


@pytest.mark.parametrize(
    "text", ["? [a]\n: b", "{{a: b}: c}", "a: !!python/object:os.system {}", "a\x00b", "a:\n\tb", "a: *b"]
)
def test_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)
