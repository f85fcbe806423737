"""A deploy key that the wizard makes: kept, its public half shown, and the private one nowhere."""

import base64
import subprocess
from pathlib import Path

import pytest

from tests.catalogue import plan_of, rendered
from tests.test_export import made_by
from wizard import secrets
from wizard.deploy_key import described, is_made, new_private_key, public_half, request, where_to_add
from wizard.errors import UserError
from wizard.render import NeededSecret
from wizard.summary import summary

PLANS = Path(__file__).parent / "plans"
MADE, GIVEN = PLANS / "git-sync-made-key.yaml", PLANS / "team.yaml"


def needed(file: Path = MADE) -> NeededSecret:
    return next(secret for secret in rendered(file).secrets if secret.name.endswith("-ssh"))


def decoded(made: secrets.Made, key: str) -> str:
    return base64.b64decode(made.body["data"][key]).decode()


def test_openssh_reads_the_key_and_sees_the_same_public_half(tmp_path: Path) -> None:
    private = new_private_key()
    file = tmp_path / "key"
    file.write_text(private)
    file.chmod(0o600)
    shown = subprocess.run(["ssh-keygen", "-y", "-f", str(file)], check=True, capture_output=True, text=True).stdout
    assert shown.split()[:2] == public_half(private).split()
    listed = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], check=True, capture_output=True, text=True).stdout
    assert listed.split()[1] == described(private).split(", ")[1]


def test_the_pair_is_made_once() -> None:
    made = secrets.make(needed(), "airflow", None)
    assert made.new_keys == ("ssh", "ssh.pub")
    assert made.public == (public_half(decoded(made, "ssh")),) == (decoded(made, "ssh.pub"),)
    again = secrets.make(needed(), "airflow", made.body)
    assert again.what == "keep" and again.body["data"] == made.body["data"] and again.public == made.public


def test_a_comment_behind_the_public_half_changes_nothing() -> None:
    body = secrets.make(needed(), "airflow", None).body
    commented = base64.b64encode(base64.b64decode(body["data"]["ssh.pub"]) + b" somebody\n").decode()
    kept = secrets.make(needed(), "airflow", {**body, "data": {**body["data"], "ssh.pub": commented}})
    assert kept.what == "keep" and kept.public[0].endswith(" somebody")


def test_a_public_half_of_another_key_is_mended() -> None:
    body, other = (secrets.make(needed(), "airflow", None).body for _ in range(2))
    mixed = {**body, "data": {**body["data"], "ssh.pub": other["data"]["ssh.pub"]}}
    assert secrets.make(needed(), "airflow", mixed).changed_keys == ("ssh.pub",)


def test_a_broken_private_half_is_told_without_it() -> None:
    body = {"metadata": {"name": needed().name}, "data": {"ssh": base64.b64encode(b"s3cret").decode()}}
    with pytest.raises(UserError, match="no private key") as wrong:
        secrets.make(needed(), "airflow", body)
    assert "s3cret" not in str(wrong.value)


def test_the_notes_command_makes_a_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = made_by([needed()])["airflow-git-sync-ssh"]
    assert data["ssh.pub"].decode().split()[:2] == public_half(data["ssh"].decode()).split()


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("git@github.com:acme/dags.git", "https://github.com/acme/dags/settings/keys"),
        ("ssh://git@github.com/acme/dags.git", "https://github.com/acme/dags/settings/keys"),
        ("git@gitlab.com:acme/data/dags.git", "https://gitlab.com/acme/data/dags/-/settings/repository"),
        ("git@bitbucket.org:acme/dags", "https://bitbucket.org/acme/dags/admin/access-keys/"),
        ("ssh://git@git.example.com:2222/dags.git", "on git.example.com,"),
    ],
)
def test_where_the_public_half_goes(repository: str, place: str) -> None:
    assert where_to_add(repository).startswith(place)


def test_the_key_is_a_line_of_its_own_and_can_be_read_again() -> None:
    assert request(plan_of(MADE), "ssh-ed25519 AAAA").splitlines()[1:] == ["ssh-ed25519 AAAA"]
    assert is_made(plan_of(MADE)) and not is_made(plan_of(GIVEN))
    assert "airflow-git-sync-ssh" in summary(plan_of(MADE)).deploy_key
    assert "Git key" in summary(plan_of(MADE)).text() and "Git key" not in summary(plan_of(GIVEN)).text()
