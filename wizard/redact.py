"""Text without secrets: known values in every form in which they get about, then what looks like a secret. Purely.

What is known is found wherever it is. The patterns are for what nobody told us of: they would rather take too much.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from shlex import quote as shell_quoted
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from wizard.secret_words import LINE, MASK, NAMED, PAIRED, PATTERNS, is_secret_name

SHORTEST = 4
"""Characters of a value that is looked for: a shorter one is part of too many words."""
_SHORTEST_UNNAMED = 8
"""The same, for a part of a value whose name doesn't say that it is secret."""

HARMLESS = frozenset(
    "admin airflow apps default false http https kube-system latest localhost mysql none null postgres postgresql "
    "public redis root true user username".split()
)
"""Words that a report can't do without. Whoever has one of them for a password has published it."""


_GO = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"}


def masked(text: str, values: Iterable[str]) -> str:
    """The text without these values, however they are written; of two that overlap, the longer one goes first."""
    return _without(text, _longest_first(forms_of(value) for value in values))


def _longest_first(found: Iterable[set[str]]) -> list[str]:
    return sorted(set().union(*found), key=lambda form: (-len(form), form))


def _without(text: str, forms: Iterable[str]) -> str:
    """Of thousands of forms nearly none is there: its beginning tells that, ten times as fast as a search."""
    begins = {text[at : at + SHORTEST] for at in range(len(text))}
    for form in forms:
        if len(form) < SHORTEST or form[:SHORTEST] in begins:
            text = text.replace(form, MASK)
    return text


def forms_of(value: str) -> set[str]:
    """A value as it is, and as URLs, JSON (Go's too), YAML, Python, HTML, shells and base64 write it."""
    once = _escaped(value)
    plain = {value, *once, value.replace("'", "''"), shell_quoted(value).strip("'"), html.escape(value)}
    in_urls = {quote(value, safe=""), quote(value), quote_plus(value), quote(quote(value, safe=""), safe="")}
    in_urls |= {re.sub("%..", lambda found: found[0].lower(), each) for each in in_urls}
    encoded = {form for each in plain | in_urls for form in _in_base64(each.encode())}
    encoded |= set(_in_base64(base64.b64encode(value.encode())))
    twice = {form for each in once for form in _escaped(each)}
    thrice = {form for each in twice for form in _escaped(each)}
    return {form for form in plain | in_urls | encoded | twice | thrice if form}


def _escaped(value: str) -> set[str]:
    """As a string in a text of JSON, of Go's JSON, of Python or of YAML; these come inside of each other."""
    found = {json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1]}
    found |= {"".join(_GO.get(letter, letter) for letter in each) for each in found}
    yaml = re.sub(r"\\u00([0-9a-f]{2})", lambda code: rf"\x{code[1].upper()}", json.dumps(value)[1:-1])
    python = {
        repr(value)[1:-1],
        repr(value.encode())[2:-1],
        repr(f"{value}\"'")[1:-4],
        repr(f"{value}\"'".encode())[2:-4],
    }
    return found | {yaml} | python


def _in_base64(raw: bytes) -> Iterator[str]:
    """Alone, in lines, and as a part of something longer: that depends on how many bytes stand before it."""
    whole = base64.b64encode(raw).decode()
    found = {whole, whole.rstrip("=")} if len(raw) >= SHORTEST else {whole}
    for width in (64, 76):
        found |= {whole[at : at + width] for at in range(0, len(whole) - 15, width)} if len(whole) > width else set()
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).decode()
        part = text[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
        found |= {part} if len(part) >= 6 else set()
    for text in found:
        yield from (text, text.replace("+", "-").replace("/", "_"), quote(text, safe=""))


def parts_of(value: str, name: str = "") -> Iterator[str]:
    """A secret value and what in it is secret by itself: lines, a URL's or a connection's password, values of JSON.

    `name` is what the value is called; a port is no secret unless its name says so.
    """
    value = value.strip()
    if value.isdigit() and len(value) <= 5 and not is_secret_name(name):
        return
    yield value
    lines = value.splitlines()
    if len(lines) > 1:
        yield from (line.strip() for line in lines if not line.strip().startswith("-----"))
    try:
        tree = json.loads(value)
    except ValueError:
        tree = None
    if isinstance(tree, dict | list):
        yield from _parts_of_tree(tree, name)
        return
    yield from _parts_of_url(value)
    for found in re.finditer(r"(?m)(?:^|[;&\s])([\w.-]+)[ \t]*[=:][ \t]*([^;\s]+)", value):
        if is_secret_name(found[1]):
            yield found[2].strip("\"',")


def _parts_named(value: str, name: str) -> Iterator[str]:
    """Of a value that is a part: a short one is looked for only where its name says that it is secret."""
    if is_secret_name(name) or len(value) >= _SHORTEST_UNNAMED:
        yield from parts_of(value, name)


def _parts_of_tree(tree: Any, name: str) -> Iterator[str]:
    for key, value in tree.items() if isinstance(tree, dict) else ((name, each) for each in tree):
        if isinstance(value, dict | list):
            yield from _parts_of_tree(value, key)
        elif isinstance(value, str):
            yield from _parts_named(value, key)
            yield from _basic(value) if key == "auth" else ()
        elif value is not None and is_secret_name(key):
            yield str(value)


def _basic(value: str) -> Iterator[str]:
    """The password of a registry's or a page's `user:password`."""
    try:
        yield base64.b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:
        return


def _parts_of_url(value: str) -> Iterator[str]:
    found = re.match(r"[a-z][\w+.-]*://(?:([^/\s]*)@)?", value, re.IGNORECASE)
    if found is None:
        return
    user, _, password = (found[1] or "").partition(":")
    yield from (each for each in (password, unquote(password)) if each)
    if not password and len(user) >= 16:
        yield from (user, unquote(user))  # a token alone
    try:
        query = parse_qsl(urlsplit(value).query)
    except ValueError:
        return
    for key, each in query:
        yield from _parts_named(each, key)


@dataclass(frozen=True, repr=False)
class Redaction:
    """What to take out of the texts of one installation. It holds secret values, so nothing prints it."""

    values: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    """Values that the plan itself shows: they are no secrets, whatever Secret has them too."""
    lines: frozenset[str] = field(default=frozenset())
    """Lines that are known to hold no secret, as `password = read("password")` of our own scripts."""

    @cached_property
    def _forms(self) -> list[str]:
        return _longest_first(forms_of(value) for value in self.values if self._is_secret(value))

    def _is_secret(self, value: str) -> bool:
        return len(value) >= SHORTEST and value.lower() not in HARMLESS and value not in self.shown

    def text(self, text: str) -> str:
        """A text of any kind, such as a log or a file."""
        text = _without(text, self._forms)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        text = PAIRED.sub(self._named, text)
        return "".join(map(self._line, text.splitlines(keepends=True)))

    def tree(self, tree: Any, name: str = "") -> Any:
        """An object or other data, before it is written as YAML or JSON: there a value has its name beside it."""
        if isinstance(tree, dict):
            named = str(tree["name"]) if {"name", "value"} <= tree.keys() else ""
            return {self.text(str(key)): self.tree(tree[key], named if key == "value" else str(key)) for key in tree}
        if isinstance(tree, list):
            return [self.tree(each, name) for each in tree]
        if isinstance(tree, bool) or tree is None or not is_secret_name(name) or f"{name}: {tree}" in self.lines:
            return self.text(tree) if isinstance(tree, str) else tree
        return tree if self._may_stay(str(tree)) else MASK

    def _may_stay(self, value: str) -> bool:
        return not value or value in self.shown or value.lower() in ("true", "false", "null", "none", "~", "{}", "[]")

    def _line(self, line: str) -> str:
        if line.lstrip("+- \t").rstrip() in self.lines:
            return line
        return NAMED.sub(self._named, LINE.sub(self._named, line))

    def _named(self, found: re.Match[str]) -> str:
        head, said = found["head"], found["said"]
        quotes = re.match(r"\\*[\"']|", said)
        around = quotes[0] if quotes and said.endswith(quotes[0]) else ""
        value = said[len(around) : len(said) - len(around)]
        if not is_secret_name(found["name"]) or self._may_stay(value):
            # What follows a harmless name may itself be a name with a value.
            return head + NAMED.sub(self._named, said)
        return f"{head}{around}{MASK}{around}"
