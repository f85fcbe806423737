"""Answers that a person might give and nobody has thought of: drawn for the questions that the plan's model asks."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from tests.catalogue import Object
from tests.pairs import PAIRS, known_texts
from wizard.plan.model import Plan
from wizard.plan.shorthand import in_a_line
from wizard.questions import questions
from wizard.render.lift import pod_template
from wizard.yaml_files import read_yaml

settings.register_profile("fixed", derandomize=True, deadline=None, database=None, max_examples=25)
settings.load_profile("fixed")

EXPANDED = "<expanded>"

FRAGMENTS = """
yes no null ~ 1e3 0x1f 1_000 08 12345e7 2001-01-01 .inf = << - ? : | > ! & * @ ` % # {} [] , "" ''
$ $$ $(HOME) $$(HOME) $(AIRFLOW_ADMIN_PASSWORD) $HOME ${HOME} ${namespace} ${derived.image} %(home)s {{x}} {% ~root
; && || | `id` $(id) > < \\ \\n ' " '"'"' * ? ! -- -o --upload-pack=x .. ../.. / // \u00e9 \u5bc6 \U0001f600 e\u0301
\u200b \u202e \ufeff \xad \xa0 \x85 \u2028 \x00 \x01 \x07 \x1b[2J \x7f \ufffe \U000e0001 \udc80
""".split(" ")
FRAGMENTS = [part for text in FRAGMENTS for part in text.strip("\n").split("\n")] + [
    "- a: b",
    "a: b",
    "key: |",
    " #x",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "x" * 64,
    "9" * 20,
    "9" * 5000,
    "x" * 300,
    "\n---\nkind: Secret\n",
]

texts: SearchStrategy[str] = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20))


@composite
def around(draw: DrawFn, known: str) -> str:
    """A text by itself, or put somewhere into one that is an answer."""
    text = draw(texts)
    if draw(st.integers(0, 3)) == 0:
        return text
    at = draw(st.integers(0, len(known)))
    return known[:at] + text + known[at:]


@composite
def hostile_plans(draw: DrawFn) -> tuple[Plan, list[str]]:
    """A plan with odd answers wherever the model takes them, and the places of these."""
    draft = draw(st.sampled_from(PAIRS)).draft()
    known, odd = dict(draft.given), {}
    for question in questions(draft):
        if question.kind in ("text", "lines"):
            text = draw(around(in_a_line(draft.value(question.key) or known_texts(question.key)[0])))
            if text:
                odd[question.place] = question.key
                draft.answer(question.key, text)
    while problems := draft.problems():
        wrong = [place for place in odd if any(f"{told}.".startswith(f"{place}.") for told in problems)]
        # Where none of them is wrong, they don't go with what is.
        for key in [odd.pop(place) for place in wrong or list(odd)]:
            draft.answer(key, known.get(key))
    return draft.plan(), list(odd)


values: SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(texts, below, max_size=3)),
    max_leaves=6,
)


def leaves(tree: Any) -> Iterator[str]:
    """All texts of a tree, those of keys too, and those inside texts of JSON."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from leaves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value)
    elif isinstance(tree, str):
        yield tree
        if tree[:1] in ("{", "["):
            with suppress(ValueError):
                yield from leaves(json.loads(tree))


def expanded_by_kubernetes(text: str) -> str:
    """What `env[].value`, `command` and `args` become where every variable is known: `$(VAR)` is its value, `$$` a `$`
    (third_party/forked/golang/expansion of Kubernetes)."""
    return re.sub(r"\$(\$|\([^)]*\))", lambda match: "$" if match[1] == "$" else EXPANDED, text)


def expanded_by_airflow(text: str) -> str:
    """What Airflow takes a variable `AIRFLOW__...` for, where every variable is known (`expand_env_var`)."""
    return re.sub(r"\$(\w+|\{[^}]*\})", EXPANDED, re.sub(r"^~[^/]*", EXPANDED, text))


def arrived(objects: list[Object]) -> Iterator[str]:
    """All texts of the objects as containers get them."""
    for body in objects:
        if body["kind"] == "ConfigMap":
            for name, text in body.get("data", {}).items():
                if text.startswith("apiVersion: v1\nkind: Pod\n"):
                    yield from arrived([read_yaml(text)])
                else:
                    yield from leaves(expanded_by_airflow(text) if name.startswith("AIRFLOW__") else text)
            continue
        template = pod_template(body)
        if template is not None:
            spec = template["spec"]
            for container in [*spec.get("initContainers", []), *spec["containers"]]:
                env, command, args = (container.get(name, []) for name in ("env", "command", "args"))
                for each in env:
                    text = expanded_by_kubernetes(each.get("value", ""))
                    yield from leaves(expanded_by_airflow(text) if each["name"].startswith("AIRFLOW__") else text)
                yield from map(expanded_by_kubernetes, [*command, *args])
        yield from leaves(_without_expanded(body))


def _without_expanded(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_without_expanded(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: [{**each, "value": ""} if isinstance(each, dict) else each for each in value] if key == "env"
        else _without_expanded(value)
        for key, value in tree.items()
        if key not in ("command", "args")
    }  # fmt: skip
