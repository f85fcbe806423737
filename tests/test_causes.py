"""What is known to get stuck, told from recordings of a real cluster: each row by its own, and by no other."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.asked import ASKED
from tests.recorded import Recorded
from wizard.causes import CAUSES, Cause, Explained, Seen, explain, table
from wizard.commands.options import say_rows
from wizard.errors import UserError
from wizard.progress import Mark, Row
from wizard.watch import answers, explained, rollouts

RECORDINGS = sorted((Path(__file__).parent / "causes").glob("*.yaml"))
"""`ROW.yaml`, or `ROW.VARIANT.yaml`; those of `healthy` are of a start in which nothing is wrong."""
README = Path(__file__).parents[1] / "README.md"
PLACES = {group[0].place for group in ASKED.values()}
BY_NAME = {cause.name: cause for cause in CAUSES}


def name_of(file: Path) -> str:
    return file.name.partition(".")[0]


def told(file: Path) -> list[Explained]:
    """What is told of the Deployments of a recording."""
    recorded = Recorded(file)
    return list(explained(recorded, recorded.namespace).values())


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_a_recording_is_told_by_its_own_row_alone(file: Path) -> None:
    names = {found.cause.name for found in told(file)}
    assert names == ({name_of(file)} - {"healthy"})


QUOTED = {"openshift"}
"""What the clusters for tests can't show; it is in the words of `IN_OTHER_WORDS` alone."""


def test_every_row_has_a_recording_and_a_start_without_trouble_has_some() -> None:
    names = [name_of(file) for file in RECORDINGS]
    assert {*names, *QUOTED} == {*BY_NAME, "healthy"} and not QUOTED & set(names)
    assert {row for row, *_ in IN_OTHER_WORDS} >= QUOTED
    assert names.count("healthy") >= 3


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_every_answer_that_is_named_is_a_question_of_the_plan(cause: Cause) -> None:
    assert {place.answer for place in cause.places} <= PLACES
    assert cause.only == "" or cause.only in PLACES
    assert ("{place}" in cause.way_out) == bool(cause.places)
    sections = "|".join({place.partition(".")[0] for place in PLACES})
    assert set(re.findall(rf"\b(?:{sections})(?:\.[a-zA-Z]+)+", cause.way_out)) <= PLACES


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_the_first_words_fit_into_two_lines_of_a_small_screen(cause: Cause) -> None:
    longest = max((len(place.answer) + 3 for place in cause.places), default=0)
    assert len(cause.sentence) + longest <= 2 * 48


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_a_row_is_silent_where_the_plan_does_not_ask_for_its_answer(file: Path) -> None:
    cause = BY_NAME.get(name_of(file))
    if cause is None or not (cause.places or cause.only):
        return
    recorded = Recorded(file)
    others = {place: "any" for place in PLACES - {each.answer for each in cause.places} - {cause.only}}
    names = [found.cause.name for found in explained(recorded, recorded.namespace, others).values()]
    assert cause.name not in names


def test_the_same_words_of_another_place_are_another_matter() -> None:
    refused = 'waiting for the database: password authentication failed for user "airflow" (db:5432)'
    of_migrations = Seen("control-plane/migrations", "", refused)
    existing, own = {"database.password": "secret"}, {"database.storage": "claim"}
    assert name(explain([of_migrations], existing, "a")) == "database-password"
    assert name(explain([of_migrations], own, "a")) == "database-password-kept"
    assert name(explain([Seen("control-plane/git-sync", "", refused)], {"dags.ref": "main"}, "a")) == ""
    redis = Seen("broker/redis", "ErrImageNeverPull", "")
    found = [explain([redis], {place: "redis:7"}, "a") for place in ("executor.image", "executor.default.image")]
    assert [each and each.text.partition("(")[2] for each in found] == ["executor.image)", "executor.default.image)"]


IN_OTHER_WORDS = [
    # containerd, of Docker Hub and of GitHub's registry; CRI-O
    (
        "image-refused",
        "control-plane/api-server",
        "ErrImagePull",
        "pull access denied, repository does not exist or may require authorization",
    ),
    (
        "image-missing",
        "control-plane/api-server",
        "ErrImagePull",
        'failed to resolve reference "ghcr.io/acme/airflow:1": ghcr.io/acme/airflow:1: not found',
    ),
    (
        "image-missing",
        "database/postgres",
        "ErrImagePull",
        "reading manifest 17 in quay.io/acme/postgres: manifest unknown",
    ),
    # OpenShift; a webhook
    (
        "openshift",
        "control-plane/",
        "FailedCreate",
        'pods "a" is forbidden: unable to validate against any security context constraint: [provider',
    ),
    (
        "policy",
        "control-plane/",
        "FailedCreate",
        'admission webhook "validate.example.com" denied the request: no owner',
    ),
    # a volume that another node holds
    (
        "volume-elsewhere",
        "control-plane/scheduler",
        "ContainerCreating",
        'FailedAttachVolume: Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) other-2',
    ),
    # Kubernetes before 1.34
    (
        "nodes-taint",
        "control-plane/",
        "Unschedulable",
        "0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.",
    ),
    # the provisioners of EBS, of k3s and kind
    (
        "claim-access",
        "claim/airflow-logs",
        "Pending",
        "ProvisioningFailed: desc = Volume capabilities MULTI_NODE_MULTI_WRITER not supported.",
    ),
    (
        "claim-access",
        "claim/airflow-dags",
        "Pending",
        "ProvisioningFailed: NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes",
    ),
    # MySQL
    (
        "database-password",
        "control-plane/migrations",
        "",
        "waiting for the database: Access denied for user 'airflow'@'10.0.0.7' (db:3306)",
    ),
    ("database-name", "control-plane/migrations", "", "waiting for the database: Unknown database 'airflow' (db:3306)"),
    (
        "database-unreachable",
        "control-plane/migrations",
        "",
        "waiting for the database: Can't connect to MySQL server on 'db:3306' (111) (db:3306)",
    ),
    # OpenSSH, git and GitHub
    ("git-key", "control-plane/git-sync-init", "Error", 'Load key "/etc/git-secret/ssh": error in libcrypto'),
    (
        "git-known-hosts",
        "control-plane/git-sync-init",
        "Error",
        "No ED25519 host key is known for github.com\\r\\nHost key verification failed.",
    ),
    (
        "git-repository",
        "control-plane/git-sync-init",
        "Error",
        "ERROR: Repository not found.\\nfatal: Could not read from remote repository.",
    ),
    (
        "git-token",
        "control-plane/git-sync-init",
        "Error",
        "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    ),
    (
        "git-host",
        "control-plane/git-sync-init",
        "Error",
        "ssh: connect to host git.example.com port 22: Connection timed out",
    ),
]
"""Row, what it is about, its state, and what is said of it elsewhere than in the cluster for tests."""


@pytest.mark.parametrize(("row", "about", "reason", "text"), IN_OTHER_WORDS)
def test_the_same_thing_in_other_words(row: str, about: str, reason: str, text: str) -> None:
    assert name(explain([Seen(about, reason, text)], {}, "a")) == row


def test_what_is_merely_waited_for_comes_after_what_is_wrong() -> None:
    waits = Seen("claim/airflow-logs", "Pending", "WaitForFirstConsumer: waiting for first consumer to be created")
    wrong = Seen("control-plane/", "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu.")
    assert name(explain([waits, wrong], {}, "a")) == "nodes-full"
    assert name(explain([waits], {}, "a")) == "claim-first-consumer"


def name(found: Explained | None) -> str:
    return found.cause.name if found else ""


def recorded_as(stem: str) -> Recorded:
    return Recorded(Path(__file__).parent / "causes" / f"{stem}.yaml")


def test_the_way_out_is_in_the_rows_and_in_the_error_at_the_end() -> None:
    rows: list[Row] = []
    with pytest.raises(UserError) as late:
        rows += rollouts(recorded_as("git-key"), "airflow", 0)
    assert str(late.value).count("→ Add the public half") == 1
    assert "(dags.credentials.privateKey): Permission denied (publickey)" in str(late.value)


def test_pods_of_the_plan_before_are_not_held_against_the_new_one() -> None:
    recorded = recorded_as("git-key")
    assert list(explained(recorded, "airflow")) == ["airflow-dag-processor"]
    recorded.list("apps/v1", "Deployment")[0]["metadata"]["generation"] += 1
    assert not explained(recorded, "airflow")


def test_the_plan_is_the_one_that_was_recorded_in_the_cluster() -> None:
    assert answers(recorded_as("git-branch"), "airflow")["dags.ref"] == "no-such-branch"
    assert answers(recorded_as("quota"), "airflow") == {}, "nobody applied a plan there"


def test_the_command_line_says_a_way_out_at_once_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    starts = Row("airflow-scheduler", Mark.WARNING, "0/1 ended", 1.0)
    stuck = Row("airflow-scheduler", Mark.WARNING, "0/1 it needs more memory", 1.5, "Lower it.")
    later = Row("airflow-scheduler", Mark.WARNING, "0/1 it needs more memory than that", 9.0, "Lower it.")
    say_rows([starts, stuck, later])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and lines[2].strip() == "→ Lower it."
    assert lines[2].index("→") == lines[1].index("0/1")


def test_the_readme_shows_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError):
        say_rows(replace(row, seconds=9.3) for row in rollouts(recorded_as("git-key"), "airflow", 0))
    assert f"```console\n{capsys.readouterr().err}```\n" in README.read_text("utf-8")


def test_the_reference_has_the_rows_of_a_place() -> None:
    rows = table([BY_NAME["git-key"], BY_NAME["quota"]]).splitlines()
    assert rows[2].startswith("| the Git host refuses the deploy key | `dags.credentials.privateKey` | ")
    assert "| the namespace's quota is used up |  | " in rows[3] and "{" not in rows[3]
