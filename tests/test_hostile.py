"""Odd answers: what the model takes arrives in the pods as it was given, and what it refuses is told in a sentence."""

import re
import tempfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogue import FILES
from tests.hostile import arrived, hostile_plans, leaves, texts, values
from tests.kubectl import read_back
from wizard.errors import Exit, UserError
from wizard.plan.file import complete, load, parse, text_of
from wizard.plan.model import Plan
from wizard.render import Rendered, render, text_of_manifests
from wizard.yaml_files import read_yaml, write_yaml

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"


def bodies(rendered: Rendered) -> list[dict[str, Any]]:
    return [manifest.body for manifest in rendered.manifests]


@given(hostile_plans())
def test_odd_answers_arrive_as_they_were_given(case: tuple[Plan, list[str]]) -> None:
    plan, places = case
    rendered = render(plan)
    objects = bodies(rendered)
    assert list(yaml.load_all(text_of_manifests(objects), yaml.CSafeLoader)) == objects
    assert parse(text_of(plan)) == plan
    there = "\n".join([*arrived(objects), *known_to_secrets(rendered)])
    said = {place: at(place, plan) for place in places if not NOT_WHOLE.search(place)}
    lost = {place: leaf for place, answer in said.items() for leaf in leaves(answer) if leaf not in there}
    assert lost == {}


def at(place: str, plan: Plan) -> Any:
    """What the plan says there."""
    return reduce(lambda part, key: part[key], place.split("."), plan.model_dump(mode="json", exclude_none=True))


NOT_WHOLE = re.compile(r"\.(period|interval|stuckAfter)$|^nodes\.tasks\.|^airflow\.(version|colour)$")
"""Answers that become a number of seconds; those about task pods, which not every executor has; the version, which an
image of one's own hides; the colour, which becomes numbers."""


def known_to_secrets(rendered: Rendered) -> Iterator[str]:
    """What is said of the Secrets' values: where they come from, and those that are none."""
    for secret in rendered.secrets:
        for value in secret.keys.values():
            yield from filter(None, (value.file, value.environment, value.text))


@given(st.lists(texts, min_size=150, max_size=150))
@settings(max_examples=3)
def test_kubectl_reads_any_text_unchanged(drawn: list[str]) -> None:
    data = {str(number): text for number, text in enumerate(drawn) if "\udc80" not in text}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "texts", "labels": {}}, "stringData": data}
    assert read_back(text_of_manifests([secret])) == [secret]


PLANS = [file.read_bytes() for file in FILES]


def mixed(plan: bytes, at: int, size: int, put: bytes) -> bytes:
    """A plan with something put in at a place, and some of what was there gone."""
    return plan[: at % len(plan)] + put + plan[at % len(plan) + size :]


in_bytes = st.one_of(texts.map(lambda text: text.encode(errors="replace")), st.binary(max_size=4))
written = values.filter(lambda value: "\\udc80" not in repr(value)).map(lambda value: write_yaml(value).encode())
broken = st.one_of(
    st.binary(max_size=60),
    written,
    written.map(HEAD.encode().__add__),
    st.builds(mixed, st.sampled_from(PLANS), st.integers(0, 5000), st.integers(0, 30), in_bytes),
)


@given(broken)
@settings(max_examples=80)
def test_a_broken_file_is_told_in_sentences_and_any_other_renders(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "plan.yaml")
        file.write_bytes(data)
        try:
            plan = load(file)
        except UserError as error:
            told(str(error), error.code)
        else:
            assert text_of_manifests(bodies(render(plan)))


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=80)
def test_a_plan_with_a_wrong_value_is_told_in_sentences_and_any_other_renders(file: Path, data: st.DataObject) -> None:
    answers = read_yaml(file.read_text("utf-8"))
    part = answers
    while isinstance(part, dict) and part:
        key = data.draw(st.sampled_from(sorted(part)))
        if not isinstance(part[key], dict) or data.draw(st.booleans()):
            part[key] = data.draw(values)
            break
        part = part[key]
    try:
        plan = complete(answers)
    except UserError as error:
        told(str(error), error.code)
    else:
        assert text_of_manifests(bodies(render(plan)))


def told(sentence: str, code: Exit) -> None:
    """That it is one for people: by its code, in printable lines of some length, and not in a library's words."""
    assert code == Exit.USAGE
    assert all(line.isprintable() and len(line) < 1000 for line in sentence.splitlines()), sentence
    assert not re.search(r"pydantic|Traceback|[a-z]+Error|[iI]nput should", sentence), sentence
    sentence.encode()
