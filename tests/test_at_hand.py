"""Files that an answer names: what is wrong with one is told at once, and no value with it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.tui.screens import wizard
from wizard.at_hand import Remark, checks, look
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.deploy_key import new_private_key, public_half
from wizard.plan.known_hosts import fingerprint
from wizard.progress import Mark
from wizard.questions import Draft
from wizard.session import Session

PLACE = "dags.credentials.privateKey"
ANSWERS = {
    "apiVersion": "airflow-wizard/v1",
    "kind": "Plan",
    "profile": "laptop",
    "dags": {"type": "git-sync", "credentials": {"type": "ssh", "privateKey": {"type": "file"}}},
}


def seen(path: Path | str, place: str = PLACE) -> Remark | None:
    return look({place: "file", f"{place}.path": str(path)}).get(f"{place}.path")


def test_every_source_of_a_secret_is_known() -> None:
    assert {PLACE, "dags.credentials.token", "logs.credentials.source", "logs.connection"} <= checks().keys()
    assert checks()[PLACE] == "ssh-private-key"


def test_a_key_that_is_right_is_told_by_its_fingerprint(tmp_path: Path) -> None:
    key = new_private_key()
    (tmp_path / "key").write_text(key.replace("\n", "\r\n").rstrip())
    assert seen(tmp_path / "key") == Remark(f"ssh-ed25519, {fingerprint(public_half(key).split()[1])}", Mark.DONE)


def test_a_public_key_and_one_with_a_passphrase_are_told(tmp_path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True)
    protected, public = seen(tmp_path / "key"), seen(tmp_path / "key.pub")
    assert protected and protected.mark is Mark.WARNING and "passphrase" in protected.sentence
    assert public and public.mark is Mark.WARNING and "without .pub" in public.sentence


@pytest.mark.parametrize("path", ["nothing", ".", "/dev/zero", "~nobody-of-this-name/key", "a\0b"])
def test_what_is_not_there_is_told_without_waiting(path: str, tmp_path: Path) -> None:
    found = seen(path if path.startswith(("/", "~")) else tmp_path / path)
    assert found is not None and found.mark is Mark.WARNING and "no such file here" in found.sentence


def test_no_value_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("s3cret with blanks")
    for place in checks():
        found = seen(tmp_path / "s", place)
        assert found is None or (found.mark is Mark.WARNING and "s3cret" not in found.sentence)
    assert seen(tmp_path / "s", "dags.credentials.token") and seen(tmp_path / "s", "logs.connection")


def test_another_source_is_not_looked_at() -> None:
    assert look({PLACE: "environment", f"{PLACE}.path": "/nothing"}) == {}


async def test_the_field_tells_before_the_answers_are_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("none")
    draft = Draft(ANSWERS)
    key = ("dags", "git-sync", "credentials", "ssh", "privateKey", "file", "path")
    draft.answer(key, str(file))
    async with wizard((120, 120), draft=draft) as screen:
        await screen.app.wizard.go("dags", key)
        await screen.until("This file is no private key")
        file.write_text(new_private_key())
        await screen.app.wizard.go("dags", key)
        await screen.until("√ ssh-ed25519,")


A_SECRET = {"type": "secret", "name": "mine", "key": "value"}


@pytest.mark.parametrize(
    ("place", "answers"),
    [
        ("database.password.name", {"database": {"type": "existing", "host": "db.example.com", "password": A_SECRET}}),
        ("logs.connection.name", {"logs": {"type": "wasb", "container": "logs", "connection": A_SECRET}}),
        ("airflow.pullSecret", {"airflow": {"pullSecret": "mine"}}),
    ],
)
def test_a_secret_that_is_not_there_is_told_at_its_field_and_in_the_sandbox_how_to_go_on(
    place: str, answers: dict[str, Any]
) -> None:
    cluster = Sandbox(pace=0)
    here = [Context(cluster.context, cluster.server, "default", True)]
    session = Session(Draft(answers), lambda _: cluster, here, sandbox=True)
    session.facts = session.look("airflow")
    remark = session.remarks()[place]
    assert remark.mark is Mark.FAILED and f"the plan's {place.removesuffix('.name')} says" in remark.sentence
    assert "The sandbox has none: take another answer to go on here." in remark.sentence
