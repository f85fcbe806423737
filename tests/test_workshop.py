"""A workshop without a cluster: names and plans of seats, what they can't share, limits, the hand-out, the pace."""

import csv
import io
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.test_check import HOSTS, by_name, claim, node
from wizard.check import Finding, every_right, failed, look
from wizard.check.facts import Facts, node_seen
from wizard.check.quantity import number
from wizard.cluster.pace import Pace
from wizard.cluster.sandbox import Sandbox
from wizard.commands import run
from wizard.errors import Exit, UserError
from wizard.plan.file import PlanErrors
from wizard.progress import Mark
from wizard.render import render
from wizard.threads import as_they_end
from wizard.workshop import Seat, hand_out, limits, plans
from wizard.workshop.fitness import RIGHTS, judge

HEAD: dict[str, Any] = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}


def seats(count: int = 3, **answers: Any) -> list[Seat]:
    return plans({**HEAD, **answers}, "workshop", count)


def facts(*denied: tuple[str, str]) -> Facts:
    return look(Sandbox(pace=0, denied=set(denied)), "workshop-01", [*every_right(), *RIGHTS])


def judged(wanted: list[Seat], new: int | None = None, seen: Facts | None = None) -> list[Finding]:
    return judge(wanted, wanted[: len(wanted) if new is None else new], seen or facts())


def said(findings: list[Finding]) -> list[str]:
    return [finding.sentence for finding in failed(findings)]


def git(key: dict[str, str]) -> dict[str, Any]:
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": HOSTS}
    return {"type": "git-sync", "repository": "git@github.com:a/b.git", "credentials": credentials}


def test_seats_have_names_in_order_and_a_plan_each() -> None:
    found = plans({**HEAD, "namespace": "ignored"}, "python-day", 101)
    assert [found[0].name, found[8].name, found[98].name, found[100].name] == [
        "python-day-01",
        "python-day-09",
        "python-day-99",
        "python-day-101",
    ]
    assert all(seat.plan.namespace == seat.name == seat.plan.airflow.instance_name for seat in found)


def test_seat_stands_for_the_seats_name_in_every_answer() -> None:
    (seat,) = seats(
        1,
        airflow={"instanceName": "Hello {seat}"},
        access={"type": "ingress", "publicUrl": "https://{seat}.example.com"},
        logs={"type": "s3", "bucket": "logs", "prefix": "day/{seat}", "credentials": {"type": "serviceAccount"}},
    )
    assert seat.plan.access.public_url == "https://workshop-01.example.com"
    assert seat.plan.airflow.instance_name == "Hello workshop-01"
    assert getattr(seat.plan.logs, "prefix", "") == "day/workshop-01"
    (path,) = seats(1, access={"type": "service", "publicUrl": "https://example.com/{seat}"})
    assert path.plan.access.public_url == "https://example.com/workshop-01"


def test_a_name_of_the_page_gets_the_seats_beside_it() -> None:
    assert seats(2, airflow={"instanceName": "Course"})[1].plan.airflow.instance_name == "Course workshop-02"


@pytest.mark.parametrize(
    ("name", "count"), [("Workshop", 1), ("a_b", 1), ("-a", 1), ("a" * 53, 1), ("a", 0), ("a", 501)]
)
def test_what_can_be_no_seat_is_refused(name: str, count: int) -> None:
    with pytest.raises(UserError) as refused:
        plans(HEAD, name, count)
    assert refused.value.code == Exit.USAGE and refused.value.way_out


def test_a_mistake_of_the_plan_is_told_once_by_its_file() -> None:
    with pytest.raises(PlanErrors) as refused:
        plans({**HEAD, "dags": {"type": "git"}}, "workshop", 30, "day.yaml")
    assert str(refused.value).startswith("day.yaml: 1 thing to fix:")


DATABASE = {"type": "existing", "host": "db.example.com", "password": {"type": "environment", "variable": "NO_SUCH"}}
S3 = {"type": "s3", "bucket": "logs", "credentials": {"type": "serviceAccount"}}
SHARED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a page": (
        {"access": {"type": "ingress", "publicUrl": "https://example.com/{seat}"}},
        "{seat}",
        "All seats would have the page at https://example.com/s.",
    ),
    "a database": (
        {"database": {**DATABASE, "name": "airflow-{seat}"}},
        "{seat}",
        "All seats would have their tables in database airflow-s at db.example.com:5432.",
    ),
    "logs": ({"logs": {**S3, "prefix": "{seat}"}}, "{seat}", "All seats would have the logs of tasks of the same name"),
}


@pytest.mark.parametrize("what", SHARED)
def test_what_seats_cannot_share_is_told_and_can_be_told_apart(what: str) -> None:
    answers, placeholder, sentence = SHARED[what]
    text = {
        key: {k: v.replace(placeholder, "s") if isinstance(v, str) else v for k, v in value.items()}
        for key, value in answers.items()
    }
    (told,) = [finding for finding in failed(judged(seats(2, **text))) if finding.check == "seats"]
    assert told.sentence.startswith(sentence) and "{seat}" in told.way_out and told.place
    assert not [finding for finding in failed(judged(seats(2, **answers))) if finding.check == "seats"]
    assert not [finding for finding in failed(judged(seats(1, **text))) if finding.check == "seats"]


def test_what_each_seat_would_need_from_somebody_is_told(tmp_path: Path, deploy_key: str) -> None:
    there = seats(3, dags=git({"type": "secret", "name": "git-key", "key": "ssh"}))
    (told,) = failed(judged(there, new=2))
    assert told.sentence == (
        "Secret git-key must be in each seat's namespace (dags.credentials.privateKey), and 2 of these are not there "
        "yet."
    )
    assert "kubectl label namespace workshop-01 airflow-wizard/workshop=workshop" in told.way_out
    (made,) = failed(judged(seats(3, dags=git({"type": "generated"}))))
    assert made.sentence.startswith("Each seat would make a deploy key")
    (missing,) = failed(judged(seats(3, dags=git({"type": "file", "path": str(tmp_path / "key")}))))
    assert missing.check == "secrets"
    (tmp_path / "key").write_text(deploy_key)
    assert not failed(judged(seats(3, dags=git({"type": "file", "path": str(tmp_path / "key")}))))


def test_who_may_not_limit_seats_is_told() -> None:
    (told,) = failed(judged(seats(), seen=facts(("patch", "resourcequotas"), ("delete", "namespaces"))))
    assert told.sentence == "You may not patch resourcequotas, delete namespaces."


def test_how_many_seats_the_nodes_have_room_for() -> None:
    # A seat of the laptop asks for 2.5Gi.
    for memory, nodes, mark, text in (
        ("6Gi", 1, Mark.WARNING, "The nodes have room for 2 of 3 new seats; pods of the others would wait."),
        ("6Gi", 2, Mark.DONE, "there is room for all 3 new seats"),
    ):
        seen = replace(facts(), nodes=[node_seen(node(f"n{number}", memory=memory)) for number in range(nodes)])
        told = [(finding.mark, finding.sentence) for finding in judged(seats(), seen=seen)]
        assert (mark, text) in told, told
        assert (Mark.DONE, "all seats: 15 pods ask for 1.5 CPU and 7.5Gi, and claims for 6Gi") in told


def test_components_that_keep_apart_do_so_within_a_seat_alone() -> None:
    apart = seats(3, nodes={"antiAffinity": {"type": "hard"}})
    seen = replace(facts(), nodes=[node_seen(node(f"n{number}", memory="64Gi")) for number in range(4)])
    assert "there is room for all 3 new seats" in [finding.sentence for finding in judged(apart, seen=seen)]


def test_a_quota_holds_what_stays_and_some_tasks() -> None:
    (one,) = seats(1, executor={"type": "kubernetes"})
    bodies = by_name(limits.bodies(render(one.plan), facts()))
    hard = bodies["ResourceQuota", "airflow-wizard-seat"]["spec"]["hard"]
    # Five pods of 0.5 CPU and 2.5Gi, four of 0.1 CPU and 512Mi, a claim of 2Gi.
    assert {key: number(value) for key, value in hard.items()} == {
        "pods": 9,
        "requests.cpu": number("0.9"),
        "requests.memory": number("4.5Gi"),
        "requests.storage": number("2Gi"),
    }
    assert {body["metadata"]["namespace"] for body in bodies.values()} == {"workshop-01"}
    kept = replace(facts(), claims=[claim("postgres-db"), claim("airflow-logs", size="10Gi")])
    (_, quota) = limits.bodies(render(one.plan), kept)
    assert number(quota["spec"]["hard"]["requests.storage"]) == number("12Gi")


def test_the_hand_out_is_the_way_in_of_each_seat() -> None:
    found = hand_out.files("workshop", seats(2, access={"type": "service", "publicUrl": "https://{seat}.example.com"}))
    assert found["hand-out.md"].startswith(
        "# Workshop workshop\n\n---\n\n## workshop-01\n\n- Page: https://workshop-01."
    )
    rows = list(csv.DictReader(io.StringIO(found["seats.csv"])))
    assert [(row["seat"], row["page"], row["user"]) for row in rows] == [
        ("workshop-01", "https://workshop-01.example.com", "admin"),
        ("workshop-02", "https://workshop-02.example.com", "admin"),
    ]
    assert rows[1]["password"].startswith("kubectl get secret -n workshop-02 airflow-admin ")
    (forward, *_) = csv.DictReader(io.StringIO(hand_out.files("workshop", seats(1))["seats.csv"]))
    assert (forward["page"], forward["open"]) == ("http://localhost:8080", "airflow-wizard open -n workshop-01")


def test_a_hand_out_is_never_written_over(tmp_path: Path) -> None:
    two, three = hand_out.files("workshop", seats(2)), hand_out.files("workshop", seats(3))
    folder = tmp_path / "new" / "out"
    hand_out.write(two, folder)
    hand_out.write(two, folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == two
    with pytest.raises(UserError, match="is there already, with something else in it"):
        hand_out.write(three, folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == two
    with pytest.raises(UserError, match="is a file"):
        hand_out.refuse_taken(two, folder / "seats.csv")


def test_a_pace_lets_through_a_burst_and_then_so_many_a_second() -> None:
    pace, started = Pace(50, 20), time.monotonic()
    waited = list(as_they_end(lambda _: pace.take(), range(40)))
    seconds = time.monotonic() - started
    assert sorted(waited)[:20] == [0.0] * 20
    assert seconds >= 20 / 50 - 0.001, "20 at once, and the other 20 one after the other"


def test_who_stops_reading_has_the_rest_not_begun() -> None:
    begun, go = [], threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item:
            go.wait(10)
        return item

    results: Iterator[int] = as_they_end(work, range(100))
    assert next(results) == 0
    threading.Timer(0.1, go.set).start()
    results.close()  # type: ignore[attr-defined]
    assert len(begun) < 30, "those that had begun are waited for"


SCRIPT = """
from wizard.commands.table import say_table
from wizard.progress import Mark, Row
rows = [Row("a", Mark.WAITING, "starts", 1.0), Row("b", Mark.DONE, "ready" + "!" * 200, 2.0),
        Row("a", Mark.FAILED, "not ready", 3.0, "Mend it.")]
last = say_table(rows, THINGS)
assert last["a"].seconds == 3.0
"""


def painted(things: int) -> str:
    script = SCRIPT.replace("THINGS", repr(["a", "b", *"cdefghijklmnopqrstuvwxyz"[: things - 2]]))
    child = pexpect.spawn(sys.executable, ["-c", script], encoding="utf-8", timeout=30, dimensions=(10, 60))
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before)


def test_a_terminal_gets_one_table_that_is_painted_again() -> None:
    last = painted(3).rpartition("\x1b[3A")[2].split("\x1b[K\r\n")
    assert last[0] == f"× a{'':<15} not ready  3.0 s"
    assert last[1].startswith("√ b") and len(last[1]) == 59
    assert last[2] == f"… c{'':<15} waits for its turn  0.0 s"


def test_what_is_higher_than_the_terminal_comes_as_lines() -> None:
    text = painted(9)
    assert "\x1b" not in text and "→ Mend it." in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("workshop",), "VERB"),
        (("workshop", "start"), "--seats"),
        (("workshop", "start", "--seats", "many"), "'many'"),
        (("workshop", "reset"), "SEAT"),
    ],
)
def test_what_is_asked_wrongly_is_a_usage_error(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == Exit.USAGE
    assert sentence in capsys.readouterr().err
