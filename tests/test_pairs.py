"""The pairs: any two answers that can meet do, and what they render to is right.

What tests/test_catalogue.py promises of every plan, the pairs must hold too. An API server judges each of their objects
in tests/test_catalogue_on_cluster.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

import tests.test_catalogue  # noqa: F401  which makes the promises
from tests.asked import ASKED
from tests.catalogue import PROMISES, plan_of
from tests.kubectl import read_back
from tests.pairs import PAIRS, distinct_objects, met, options, pairs, renamed, rows
from wizard.plan.file import text_of
from wizard.questions import Draft
from wizard.render import text_of_manifests


def test_any_two_answers_meet_but_those_that_a_rule_keeps_apart() -> None:
    can, cannot = pairs()
    seen = {pair for row in rows() for pair in met(row)}
    assert can <= seen
    assert not cannot.keys() & seen
    for pair, rule in cannot.items():
        print(" and ".join(sorted(f"{'.'.join(key)}: {value}" for key, value in pair)), "-", rule.sentence)
    print(f"{len(rows())} plans hold {len(can)} pairs of answers; {len(cannot)} pairs are refused")


def test_each_answer_is_in_some_pair() -> None:
    answers = {answer for pair in pairs()[0] for answer in pair}
    assert answers == {(key, option) for key in ASKED for option in options(key)}


def test_each_row_is_a_plan_and_comes_back_from_its_draft() -> None:
    for row in PAIRS:
        assert row.draft().problems() == {}, row.stem
        assert Draft.of(plan_of(row)).plan() == plan_of(row), row.stem


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_each_row_holds_what_every_plan_promises(promise: Callable[[Any], None]) -> None:
    for row in PAIRS:
        try:
            promise(row)
        except AssertionError as broken:
            raise AssertionError(f"{row.stem}: {text_of(plan_of(row))}") from broken


def test_kubectl_reads_each_object_unchanged() -> None:
    named = renamed(distinct_objects())
    read = {body["metadata"]["name"]: body for body in read_back(text_of_manifests(named))}
    assert read == {body["metadata"]["name"]: body for body in named}
