"""A workshop of two seats on a real node: both proved, one begun anew, and both ended."""

import base64
import csv
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kubectl import KUBECTL
from tests.node.command_line import pods, remove, secret_values
from tests.node.test_laptop import PLAN
from wizard.cluster.interface import Cluster
from wizard.commands import run
from wizard.errors import Exit

pytestmark = [pytest.mark.cluster, pytest.mark.node, pytest.mark.long]

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"


@pytest.fixture
def workshop(cluster: Cluster) -> Iterator[str]:
    """The name of a workshop, whose seats are taken away however the test ends."""
    name = f"wizard-workshop-{secrets.token_hex(3)}"
    yield name
    for number in (1, 2):
        remove(cluster, f"{name}-{number:02d}")


def test_two_seats_at_once_one_anew_and_the_end(
    cluster: Cluster, workshop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = f"{workshop}-01", f"{workshop}-02"
    start = ("start", "--seats", "2", "--name", workshop, "-f", str(PLAN), "-o", str(tmp_path / "out"), "--yes")
    assert command("workshop", *start) == Exit.OK
    assert command("workshop", "status", "--name", workshop) == Exit.OK
    assert capsys.readouterr().out == f"√ {one:<16} ready\n√ {two:<16} ready\n"
    for seat in (one, two):
        assert command("verify", "-n", seat) == Exit.OK
        assert "a task ran" in capsys.readouterr().out

    values = {seat: secret_values(cluster, seat) for seat in (one, two)}
    assert password(values[one]) != password(values[two])
    text = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert password(values[one]) not in text and password(values[two]) not in text
    with (tmp_path / "out" / "seats.csv").open(newline="") as file:
        table = {row["seat"]: row for row in csv.DictReader(file)}
    path = f"{Path(KUBECTL).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "KUBECONFIG": os.environ[KUBECONFIG], "PATH": path}
    shown = subprocess.run(
        ["bash", "-c", table[two]["password"]], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout == f"{password(values[two])}\n"

    running = pods(cluster, one)
    assert command("workshop", "reset", two, "--yes") == Exit.OK
    anew = secret_values(cluster, two)
    assert anew.keys() == values[two].keys() and password(anew) != password(values[two])
    assert command("verify", "-n", two) == Exit.OK
    assert (secret_values(cluster, one), pods(cluster, one)) == (values[one], running)

    assert command("workshop", "end", "--name", workshop, "--yes") == Exit.OK
    assert (cluster.get("v1", "Namespace", one), cluster.get("v1", "Namespace", two)) == (None, None)
    said = capsys.readouterr()
    assert password(anew) not in said.out + said.err


def command(*arguments: str) -> int:
    return run([*arguments, "--kubeconfig", os.environ[KUBECONFIG]])


def password(values: dict[str, object]) -> str:
    data = values["airflow-admin"]
    assert isinstance(data, dict)
    return base64.b64decode(data["password"]).decode()
