"""Lines of manifests, their places and marks; and rows of text beside something."""

import pytest
from textual.content import Content

from wizard.questions import Draft
from wizard.render import Manifest, render
from wizard.tui.hanging import Hanging
from wizard.tui.lines import BROUGHT, CHANGED, PLAIN, excerpt, lines_of, marked


@pytest.fixture(scope="module")
def scheduler() -> Manifest:
    manifests = render(Draft().plan()).manifests
    return next(manifest for manifest in manifests if manifest.label == "Deployment airflow-scheduler")


def test_every_line_has_its_place_and_origin(scheduler: Manifest) -> None:
    lines = lines_of(scheduler)
    at = next(number for number, line in enumerate(lines) if "- name: POSTGRES_HOST" in line.text)
    assert lines[at].path[-3:] == ("env", "POSTGRES_HOST", "name")
    assert lines[at].step == "database"
    assert lines[0].step == "airflow"


def test_an_excerpt_says_where_its_lines_are(scheduler: Manifest) -> None:
    lines = marked(lines_of(scheduler), "database", None)
    shown = [lines[number].text.strip() for number in excerpt(lines)]
    assert shown[:6] == ["spec:", "template:", "spec:", "initContainers:", "- name: migrations", "env:"]
    assert "replicas: 1" not in shown


def test_what_changed_is_marked_as_changed(scheduler: Manifest) -> None:
    before = lines_of(scheduler)
    scheduler.body["spec"]["replicas"] = 2
    after = marked(lines_of(scheduler), "logs", before)
    scheduler.body["spec"]["replicas"] = 1
    assert [line.text.strip() for line in after if line.mark == CHANGED] == ["replicas: 2"]
    assert {line.mark for line in after} <= {BROUGHT, CHANGED, PLAIN}


def test_the_lines_of_a_long_text_belong_to_where_it_starts() -> None:
    scripts = next(m for m in render(Draft().plan()).manifests if m.name == "airflow-scripts")
    lines = lines_of(scripts)
    own = [line for line in lines if line.path == ("data", "airflow_database.py")]
    assert len(own) > 5
    assert {line.step for line in own} == {"database"}


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (30, ["for  easy to set up"]),
        (17, ["for  easy to set", "     up"]),
        (14, ["for", "    easy to", "    set up"]),
    ],
)
def test_text_wraps_in_its_own_column(width: int, expected: list[str]) -> None:
    lines = Hanging(Content("for  "), Content("easy to set up"))._lines(width)
    assert [line.plain.rstrip() for line in lines] == expected


def test_what_stands_at_the_right_stays_in_the_first_line() -> None:
    lines = Hanging(Content("√ "), Content("one two three four"), Content("1 s"))._lines(20)
    assert [line.plain.rstrip() for line in lines] == ["√ one two three  1 s", "  four"]
