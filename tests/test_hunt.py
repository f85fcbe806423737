"""A hunt for planted secrets, without a cluster: in what commands say and write, and on the wizard's screens."""

from pathlib import Path

import pytest

from tests.hunt import VALUES, answers, files, needles, plant, told, watched
from tests.tui.screens import LARGE, wizard
from wizard.questions import Draft
from wizard.tui.kept import KeptDraft
from wizard.yaml_files import write_yaml

TOKEN = "hunted-bearer-token"
KUBECONFIG = {
    "contexts": [{"name": "hunted", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "u", "user": {"token": TOKEN}}],
    "current-context": "hunted",
}
COMMANDS = [
    ["render"],
    ["render", "-o", "out"],
    ["image", "-o", "image"],
    ["check"],
    ["diff"],
    ["apply", "--yes"],
    ["rehearse", "--yes"],
    ["status"],
    ["report"],
]
"""Those from `check` on end in an error: nobody answers there."""


def test_the_needles_are_found_where_they_are() -> None:
    whole = needles(VALUES.values())
    assert {"hunted-s3/key+1=", "hunted-wasb/key+1", "hunted-sas-token", VALUES["database"]} <= whole
    assert all(told(f"x{value}x", [value]) for value in VALUES.values())


@pytest.mark.parametrize("source", ["file", "environment"])
def test_commands_tell_no_secret(source: str, tmp_path: Path) -> None:
    secrets, folder = tmp_path / "secrets", tmp_path / "work"
    secrets.mkdir(), folder.mkdir()
    variables = plant(secrets)
    (folder / "airflow-plan.yaml").write_text(write_yaml(answers(source, secrets)))
    (folder / "kubeconfig").write_text(write_yaml(KUBECONFIG))
    variables = {"KUBECONFIG": str(folder / "kubeconfig"), **(variables if source == "environment" else {})}
    for command in COMMANDS:
        said, arguments, environments = watched(*command, folder=folder, variables=variables)
        assert not told(said + arguments, [*VALUES.values(), TOKEN]), command
        assert source == "environment" or not told(environments, [*VALUES.values(), TOKEN]), command
    (folder / "kubeconfig").unlink()
    written = files(folder)
    assert len(written) > 20, "the render and the image's folder"
    assert not [name for name, text in written.items() if told(text, [*VALUES.values(), TOKEN])]


async def test_screens_and_kept_answers_tell_no_secret(tmp_path: Path) -> None:
    plant(tmp_path)
    kept, draft = tmp_path / "kept" / "draft.yaml", Draft(answers("file", tmp_path))
    texts = []
    async with wizard(LARGE, draft=draft, kept=KeptDraft(kept)) as screen:
        for step in ("dags", "database", "logs", "login", "review"):
            await screen.go(step)
            texts += [screen.text, screen.app.export_screenshot()]
        await screen.go("airflow")
        await screen.press("tab")
        await screen.type("3.3.1")
        await screen.press("f8")
        texts.append(screen.text)
    assert kept.exists() and kept.stat().st_mode & 0o777 == 0o600
    texts += files(kept.parent).values()
    assert not told("\n".join(texts), VALUES.values())
