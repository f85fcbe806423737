"""The command line: stdout is data, stderr is talk, and no mistake ends in a traceback."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalogue import Object
from tests.cluster.test_kubeconfig import config, write
from tests.kubectl import kubectl
from wizard import __version__
from wizard.commands import COMMANDS, run
from wizard.commands.completion import SHELLS
from wizard.errors import Exit
from wizard.yaml_files import read_yaml

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
HEAVY = {"textual", "kubernetes", "pydantic", "questionary", "yaml", "cryptography"}
Done = subprocess.CompletedProcess[str]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def wizard(*arguments: str, stdin: str | bytes = "") -> Done:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "wizard", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, env=environment)
    return Done(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def told(done: Done, code: int, *sentences: str) -> None:
    """That a command failed as it should: by its code, in a sentence, and with nothing on stdout."""
    assert "Traceback" not in done.stderr
    assert all(sentence in done.stderr for sentence in sentences), done.stderr
    assert (done.returncode, done.stdout) == (code, "")


def objects(done: Done) -> list[Object]:
    assert done.returncode == Exit.OK, done.stderr
    return [read_yaml(document) for document in done.stdout.split("---\n")[1:]]


def test_render_prints_the_plan_in_the_working_folder() -> None:
    Path("airflow-plan.yaml").write_text(HEAD)
    done = wizard("render")
    assert {body["kind"] for body in objects(done)} >= {"ConfigMap", "Deployment", "Service"}
    assert "kubectl create secret generic airflow-db -n airflow" in done.stderr


def test_render_reads_standard_input() -> None:
    done = wizard("render", "-f", "-", stdin=HEAD + "namespace: piped")
    assert {body["metadata"]["namespace"] for body in objects(done)} == {"piped"}


def test_minus_n_wins_over_the_plan() -> None:
    done = wizard("render", "-f", "-", "-n", "other", stdin=HEAD + "namespace: piped")
    assert {body["metadata"]["namespace"] for body in objects(done)} == {"other"}
    assert "-n other" in done.stderr and "piped" not in done.stdout + done.stderr


def test_render_writes_a_folder_and_says_so() -> None:
    done = wizard("render", "-f", "-", "-o", "out", stdin=HEAD)
    assert (done.returncode, done.stdout) == (Exit.OK, "")
    assert "kubectl apply -k out" in done.stderr
    assert Path("out/kustomization.yaml").is_file()


def test_schema_prints_json_and_nothing_else() -> None:
    done = wizard("schema")
    assert json.loads(done.stdout)["title"] == "Plan" and done.stderr == ""


def test_version() -> None:
    assert wizard("--version").stdout == f"airflow-wizard {__version__}\n"


def test_help_names_every_command() -> None:
    done = wizard("--help")
    assert done.returncode == Exit.OK and set(COMMANDS) <= set(re.findall(r"^    (\S+)", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = wizard(command, "--help")
    assert done.returncode == Exit.OK and done.stdout.startswith("usage:") and done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rendr",), "rendr"),
        (("render", "--quick"), "--quick"),
        (("render", "extra"), "extra"),
        (("render", "-f"), "-f"),
        (("apply", "--timeout", "soon"), "'soon' is not a duration such as 90s, 10m or 1h30m"),
        (("apply", "--wait=maybe"), "'maybe' is neither true nor false"),
        (("apply", "--dry-run=client"), "--dry-run"),
        (("render",), "There is no airflow-plan.yaml"),
        (("render", "-f", "none.yaml"), "There is no none.yaml"),
        (("render", "-f", "."), "cannot be read: Is a directory"),
        (("render", "-f", "none/"), "There is no none"),
        (("verify", "-f", "none.yaml"), "There is no none.yaml"),
        (("rehearse",), "There is no airflow-plan.yaml"),
        (("rehearse", "-o", "yaml"), "-o"),
        (("rehearse", "--timeout", "soon"), "'soon' is not a duration"),
        (("rehearse", "--ldap-user"), "--ldap-user"),
        (("logs",), "COMPONENT"),
        (("logs", "shedule"), "invalid choice: 'shedule'"),
        (("upgrade", "--to", "3.2.1"), "'3.2.1' is no version of Airflow 3.3, such as 3.3.2"),
        (("logs", "scheduler", "-n", "Not OK"), "lower-case letters"),
        (("apply", "-f", "none.yaml"), "There is no none.yaml"),
        (("logs", "scheduler", "-f", "none.yaml"), "There is no none.yaml"),
        (("diff", "-f", "none.yaml"), "There is no none.yaml"),
        (("rollback", "-f", "none.yaml"), "There is no none.yaml"),
        (("workshop", "start", "--seats", "2", "-f", "none.yaml"), "There is no none.yaml"),
        (("logs", "scheduler", "--tail", "few"), "'few' is no number of lines"),
        (("logs", "scheduler", "--follow", "--previous"), "--previous has ended"),
        (("open", "--port", "65536"), "'65536' is no port"),
    ],
)
def test_what_is_asked_wrongly_is_a_usage_error(arguments: tuple[str, ...], sentence: str) -> None:
    told(wizard(*arguments), Exit.USAGE, sentence)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ("", "standard input holds no plan"),
        ("a: [", "standard input is not YAML: line 2"),
        (HEAD + "airflw: 1", "airflw: is no key of a plan; did you mean `airflow`?"),
        (HEAD + "namespace: 8", "namespace: must be text; put it in quotes"),
        (HEAD + "profile: team", "the key 'profile' is there twice"),
        pytest.param(
            HEAD.encode() + b"namespace: caf\xe9",
            "standard input is not UTF-8 text",
        ),
    ],
)
def test_a_bad_plan_is_a_usage_error(plan: str | bytes, sentence: str) -> None:
    told(wizard("render", "-f", "-", stdin=plan), Exit.USAGE, sentence)


def test_a_bad_namespace_is_a_usage_error() -> None:
    told(wizard("render", "-f", "-", "-n", "Not OK", stdin=HEAD), Exit.USAGE, "-n", "lower-case letters")


def test_a_foreign_folder_is_a_usage_error() -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    told(wizard("render", "-f", "-", "-o", "out", stdin=HEAD), Exit.USAGE, "out holds what render did not write")
    assert [path.name for path in Path("out").iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_a_failure() -> None:
    Path("file").touch()
    told(wizard("render", "-f", "-", "-o", "file/out", stdin=HEAD), Exit.FAILED, "file/out cannot be written")


@pytest.mark.parametrize("command", ["apply", "delete", "open", "rehearse", "verify"])
def test_no_kubeconfig_is_told_in_a_sentence(command: str) -> None:
    Path("airflow-plan.yaml").write_text(HEAD)
    done = wizard(command)
    told(done, done.returncode, "error: ")
    assert done.returncode in (Exit.USAGE, Exit.FAILED)


def test_a_reader_that_goes_away_is_no_error() -> None:
    Path("plan.yaml").write_text(HEAD)
    script = '"$0" -m wizard render -f plan.yaml | head -1; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(["bash", "-c", script, sys.executable], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (Exit.OK, "---\n")
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def imported_by(*arguments: str) -> set[str]:
    """The heavy libraries that a command line has imported by its end."""
    program = """
import sys
from wizard.commands import run
try:
    run(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return HEAVY & {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--help",), set()),
        (("--version",), set()),
        (("apply", "--help"), set()),
        (("apply", "--quick"), set()),
        (("schema",), {"pydantic"}),
        (("render", "-f", "plan.yaml"), {"pydantic", "yaml"}),
        (("render", "-f", "none.yaml"), {"pydantic", "yaml"}),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: tuple[str, ...], needed: set[str]) -> None:
    Path("plan.yaml").write_text(HEAD)
    assert imported_by(*arguments) <= needed


def test_a_shell_completes_commands_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "my-plan.yaml").write_text("")
    done = subprocess.run(["bash", "--norc", "-c", COMPLETES], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["status", "--show-password", "my-plan.yaml"]


COMPLETES = f"""
source <({sys.executable} -m wizard completion bash)
complete_with() {{
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    "$(complete -p airflow-wizard | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
    echo "${{COMPREPLY[@]}}"
}}
complete_with airflow-wizard stat
complete_with airflow-wizard status --show
complete_with airflow-wizard apply -f my
"""
"""What bash does at a Tab, for three beginnings."""


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script_with_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == Exit.OK
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)


def test_kubectl_finds_it_as_a_plugin() -> None:
    done = kubectl("airflow-wizard", "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: kubectl airflow-wizard ")


@pytest.mark.parametrize(
    "words", ["apply --yes", "status", "delete", "diff", "check", "rotate jwt -y", "upgrade --to 3.3.2"]
)
def test_ctrl_c_before_anything_is_written_says_so_and_how_to_go_on(words: str, tmp_path: Path) -> None:
    Path("airflow-plan.yaml").write_text(HEAD)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        kubeconfig = config("a", current="a", server=f"http://127.0.0.1:{listener.getsockname()[1]}", token="abc")
        write(Path("config"), kubeconfig)
        command = [sys.executable, "-m", "wizard", *words.split(), "--kubeconfig", "config"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            client, _ = listener.accept()  # now it waits for an answer, which never comes
            with client:
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    told(Done(command, process.returncode, out, err), Exit.INTERRUPTED, "interrupted: nothing was changed.")
    assert err.endswith(f"\n  airflow-wizard {words} --kubeconfig config goes on from there.\n")
