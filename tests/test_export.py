"""`render -o DIR`: a folder that kubectl takes, and nobody's files are lost for it."""

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import bodies, every_plan, rendered
from tests.kubectl import KUBECTL, kustomize
from wizard.errors import Exit, UserError
from wizard.export import secrets_note, write_folder
from wizard.plan.file import parse
from wizard.render import NeededSecret, Rendered, render
from wizard.render.needed_secrets import Value
from wizard.render.trace import Origin
from wizard.yaml_files import read_yaml

LAPTOP = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
CLAIM = "manifests/persistentvolumeclaim-postgres-db.yaml"


@pytest.fixture(scope="module")
def laptop() -> Rendered:
    return render(parse(LAPTOP))


@pytest.fixture(scope="module")
def without_a_claim() -> Rendered:
    return render(parse(LAPTOP + "database: {storage: {type: ephemeral}}"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@every_plan
def test_each_object_is_a_file_and_all_are_listed(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    write_folder(rendered(file), folder)
    listed = read_yaml((folder / "kustomization.yaml").read_text("utf-8"))["resources"]
    assert files(folder).keys() == {"kustomization.yaml", *listed}
    assert [read_yaml((folder / name).read_text("utf-8")) for name in listed] == bodies(file)


def test_kubectl_takes_the_folder(laptop: Rendered, tmp_path: Path) -> None:
    write_folder(laptop, tmp_path / "out")
    assert len(kustomize(tmp_path / "out")) == len(laptop.manifests)


def test_writing_again_is_the_same_bytes(laptop: Rendered, tmp_path: Path) -> None:
    write_folder(laptop, tmp_path / "out")
    before = files(tmp_path / "out")
    write_folder(laptop, tmp_path / "out")
    assert files(tmp_path / "out") == before


def test_stale_files_go_and_nothing_is_left_beside(laptop: Rendered, without_a_claim: Rendered, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_folder(laptop, folder)
    assert CLAIM in files(folder)
    write_folder(without_a_claim, folder)
    assert CLAIM not in files(folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_an_empty_folder_is_taken(laptop: Rendered, tmp_path: Path) -> None:
    write_folder(laptop, tmp_path)
    assert CLAIM in files(tmp_path)


@pytest.mark.parametrize(
    "foreign",
    ["notes.txt", ".git/config", "manifests/mine.yaml", "manifests/sub/mine.yaml", "other/kustomization.yaml"],
)
@pytest.mark.parametrize("rendered_before", [True, False])
def test_a_folder_with_something_else_is_left_alone(
    foreign: str, rendered_before: bool, laptop: Rendered, without_a_claim: Rendered, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    if rendered_before:
        write_folder(laptop, folder)
    (folder / foreign).parent.mkdir(parents=True, exist_ok=True)
    (folder / foreign).write_text("mine")
    refused(without_a_claim, folder, "holds what render did not write")


def test_somebodys_own_kustomization_is_left_alone(laptop: Rendered, tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources:\n- manifests/mine.yaml\n")
    (tmp_path / "manifests").mkdir()
    refused(laptop, tmp_path, "holds what render did not write")


def refused(rendered: Rendered, folder: Path, sentence: str) -> None:
    before = files(folder)
    with pytest.raises(UserError, match=sentence) as no:
        write_folder(rendered, folder)
    assert no.value.code == Exit.USAGE
    assert files(folder) == before


def test_a_file_is_no_folder(laptop: Rendered, tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("mine")
    with pytest.raises(UserError, match="is a file") as no:
        write_folder(laptop, path)
    assert no.value.code == Exit.USAGE
    with pytest.raises(UserError, match="cannot be written"):
        write_folder(laptop, path / "below")
    assert path.read_text() == "mine"


def test_secrets_are_named_and_not_written(laptop: Rendered, tmp_path: Path) -> None:
    write_folder(laptop, tmp_path)
    assert not [name for name in files(tmp_path) if name.startswith("manifests/secret-")]
    note = secrets_note(laptop.secrets, "airflow")
    assert all(f"kubectl create secret generic {secret.name} -n airflow" in note for secret in laptop.secrets)


def made_by(needed: list[NeededSecret], environment: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The Secrets, decoded, that the note's own commands make in bash, without a cluster."""
    _, *lines = secrets_note(needed, "airflow").splitlines()
    script = "".join(
        line + "\n" if line.endswith("\\") else f"{line} --dry-run=client -o yaml; echo ---\n" for line in lines
    )
    path = f"{Path(KUBECTL).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, **(environment or {})},
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    secrets = [read_yaml(text) for text in done.stdout.split("---\n") if text]
    assert {secret["metadata"]["namespace"] for secret in secrets} == {"airflow"}
    return {
        secret["metadata"]["name"]: {key: base64.b64decode(value) for key, value in secret["data"].items()}
        for secret in secrets
    }


def test_the_notes_commands_make_the_secrets(laptop: Rendered) -> None:
    made, again = made_by(laptop.secrets), made_by(laptop.secrets)
    assert {name: set(data) for name, data in made.items()} == {each.name: set(each.keys) for each in laptop.secrets}
    for needed in laptop.secrets:
        for key, value in needed.keys.items():
            text = made[needed.name][key]
            assert text and text == text.strip()
            if value.text is not None:
                assert text.decode() == value.text
            else:
                assert text != again[needed.name][key]
    fernet = made["airflow-fernet-key"]["fernet-key"]
    assert len(fernet) == 44 and len(base64.urlsafe_b64decode(fernet)) == 32 and not set(b"+/") & set(fernet)
    assert len(bytes.fromhex(made["airflow-jwt-secret"]["jwt-secret"].decode())) == 64
    assert len(made["airflow-db"]["POSTGRES_PASSWORD"]) == 32


def test_values_from_elsewhere_arrive_unchanged(tmp_path: Path) -> None:
    key = tmp_path / "it's a key $HOME"
    key.write_text("-----BEGIN-----\nabc\n-----END-----\n")
    said = 'a\'b "c" $d `e` \\ ü'
    keys = {"file": Value(file=str(key)), "env": Value(environment="DEPLOY_KEY"), "text": Value(text=said)}
    made = made_by([NeededSecret("key", keys, Origin(""))], {"DEPLOY_KEY": "line 1\nline $2"})
    assert made["key"] == {"file": key.read_bytes(), "env": b"line 1\nline $2\n", "text": said.encode()}


@pytest.mark.parametrize(("check", "text"), [("token", "a%b\\c"), ("password", " p@s:s/w#r d%+é\\ ")])
def test_a_token_or_a_password_arrives_without_the_end_of_its_line(check: Any, text: str, tmp_path: Path) -> None:
    (tmp_path / "to ken").write_text(text + "\r\n")
    keys = {
        "file": Value(file=str(tmp_path / "to ken"), check=check),
        "home": Value(file="~/to ken", check=check),
        "env": Value(environment="TOKEN", check=check),
    }
    made = made_by([NeededSecret("key", keys, Origin(""))], {"TOKEN": text, "HOME": str(tmp_path)})
    assert set(made["key"].values()) == {text.encode()}


def test_a_file_at_home_is_found(tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/key").write_text("key")
    needed = NeededSecret("key", {"ssh": Value(file="~/.ssh/key")}, Origin(""))
    assert made_by([needed], {"HOME": str(tmp_path)}) == {"key": {"ssh": b"key"}}


def test_a_secret_of_somebody_else_is_named_and_not_made() -> None:
    note = secrets_note([NeededSecret("deploy", {"ssh": Value()}, Origin(""), existing=True)], "airflow")
    assert "deploy" in note and "ssh" in note and "create secret" not in note
