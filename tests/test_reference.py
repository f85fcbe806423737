"""The reference says all that can be asked, and the one beside the blueprints is today's."""

import pytest

from tests.asked import ASKED
from wizard.blueprints_folder import BLUEPRINTS
from wizard.causes import CAUSES
from wizard.commands import run
from wizard.errors import Exit
from wizard.plan.rules import RULES
from wizard.reference import reference


def test_the_reference_in_the_repository_is_todays() -> None:
    written = (BLUEPRINTS / "README.md").read_text("utf-8")
    assert written == reference(), "airflow-wizard explain > blueprints/README.md"


def test_all_that_is_asked_and_every_rule_is_in_it() -> None:
    text = reference()
    for group in ASKED.values():
        assert f"### {group[0].title}: `{group[0].place}`\n" in text
        assert all(choice.title in text for choice in group[0].choices)
    assert text.count("| warned of |") + text.count("| refused |") == len(RULES)
    assert all(f"| {cause.sentence} |" in text for cause in CAUSES)


def test_a_part_of_it_by_the_place_in_the_plan() -> None:
    text = reference("dags.claim")
    assert "`dags.claim.size`" in text and "`dags.repository`" not in text
    assert "ReadWriteOnce claim holds all pods" in text
    assert "| the claim is not there | `dags.claim.name` |" in text and "`airflow.image`" not in text


def test_an_unknown_place_is_said(capsys: object) -> None:
    assert run(["explain", "dgas"]) == Exit.USAGE


def test_a_question_by_the_answer_that_a_plan_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "dags.type"]) == Exit.OK
    assert capsys.readouterr().out == reference("dags")
