"""The scripts of a rehearsal: what they leave as their last words holds no secret, and what they count is right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.blueprints_folder import BLUEPRINTS

FOLDERS = ("airflow", "dags/git", "login/ldap")
TRIED = """
import sys
from pathlib import Path
import rehearsal
rehearsal.LAST_WORDS = Path(sys.argv[1])
def tried():
    if sys.argv[2] == "fail":
        try:
            raise OSError(sys.argv[3])
        except OSError as error:
            raise RuntimeError("it failed") from error
    if sys.argv[2] == "exit":
        raise SystemExit(sys.argv[3])
    return sys.argv[3]
rehearsal.run(tried)
"""


def python(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that imports the scripts, as they lie beside each other in a pod."""
    path = os.pathsep.join(str(BLUEPRINTS / folder) for folder in FOLDERS)
    environment = {**os.environ, "PYTHONPATH": path, **environment}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(("how", "code", "begin"), [("say", 0, ""), ("fail", 1, "OSError: "), ("exit", 1, "")])
def test_the_last_words_are_the_sentence_or_what_went_wrong(how: str, code: int, begin: str, tmp_path: Path) -> None:
    words = tmp_path / "words"
    done = python(TRIED, str(words), how, "the server said no")
    assert (done.returncode, words.read_text()) == (code, f"{begin}the server said no")
    assert done.stdout == f"{begin}the server said no\n" and "Traceback" not in done.stderr


CONNECTION = {
    "conn_type": "wasb",
    "password": "pa/ss",
    "extra": {"connection_string": "AccountName=acme;AccountKey=a2V5a2V5;BlobEndpoint=https://acme"},
}


@pytest.mark.parametrize(
    ("value", "said", "shown"),
    [
        ("p@ss w", "at p@ss w and p%40ss%20w", "at ••• and •••"),
        (json.dumps(CONNECTION), "with pa/ss, pa%2Fss or a2V5a2V5 at acme", "with •••, ••• or ••• at acme"),
        ("aws://key:secret@host/", "the secret of aws://key:secret@host/", "the ••• of •••"),
        ("abc", "a short one such as abc can't be told from words", "a short one such as abc can't be told from words"),
    ],
)
def test_no_secret_is_in_them(value: str, said: str, shown: str, tmp_path: Path) -> None:
    words = tmp_path / "words"
    done = python(TRIED, str(words), "fail", said, REHEARSAL_SECRETS="OURS", OURS=value)
    assert words.read_text() == f"OSError: {shown}"
    assert done.stdout == f"OSError: {shown}\n" and done.stderr == ""


def test_no_secret_of_a_file_either(tmp_path: Path) -> None:
    words, token = tmp_path / "words", tmp_path / "token"
    token.write_text("glpat-123\n")
    python(TRIED, str(words), "say", "glpat-123 expired", REHEARSAL_SECRETS=f"{token} {tmp_path}/none UNSET")
    assert words.read_text() == "••• expired"


COUNTED = """
import sys
import dag_files, rehearsal
try:
    print(dag_files.counted(sys.argv[1], "0123456789abcdef"))
except rehearsal.Failed as error:
    print("failed:", error)
"""


def test_files_that_airflow_would_read_are_counted(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/one.py").write_text("from airflow.sdk import DAG")
    (tmp_path / "two.py").write_text("import os")
    (tmp_path / "three.txt").write_text("airflow dag")
    assert python(COUNTED, str(tmp_path)).stdout == "commit 0123456789ab: 1 of 2 Python files look like DAGs\n"
    (tmp_path / "deep/one.py").unlink()
    assert "no file below" in python(COUNTED, str(tmp_path)).stdout
    assert "there is no folder" in python(COUNTED, str(tmp_path / "none")).stdout


ROLES = """
import rehearse_ldap
config = {"AUTH_ROLES_MAPPING": {"cn=a": ["Admin", "Op"]}, "AUTH_USER_REGISTRATION_ROLE": "Viewer"}
print(rehearse_ldap.roles(["cn=a", "cn=b"], config), rehearse_ldap.roles([], config))
"""


def test_roles_follow_from_groups_as_the_fab_provider_has_it() -> None:
    assert python(ROLES).stdout == "['Admin', 'Op', 'Viewer'] ['Viewer']\n"


IMAGE = """
import rehearse_image
print(list(rehearse_image.missing([
    {"module": "json", "answer": "a: b"}, {"module": "no_such_module", "answer": "login: ldap"},
    {"command": "no-such-command", "answer": "dags: git-bundle"},
])))
"""


def test_what_the_image_lacks_is_told_with_the_answer_that_needs_it() -> None:
    said = python(IMAGE).stdout
    assert "no_such_module cannot be imported" in said and "(login: ldap)" in said
    assert "no program no-such-command (dags: git-bundle)" in said and "json" not in said
