"""The rehearsal without a node: what is tried of which plan, how like the real pods, and what failures mean."""

import base64
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import FILES, Entry, Object, every_plan, plan_of, rendered
from wizard.blueprints_folder import BLUEPRINTS
from wizard.cluster.sandbox import Sandbox
from wizard.errors import UserError
from wizard.plan.model import Plan
from wizard.progress import Mark
from wizard.redact import masked
from wizard.rehearse import Outcome, prepare, reaches_out, rehearse
from wizard.rehearse.last_words import in_a_line, last_words, no_image
from wizard.rehearse.pods import LABEL, Run, pod_of
from wizard.rehearse.run import KINDS
from wizard.rehearse.tries import Try, answer, files_of, tries_of
from wizard.render.hashes import reads
from wizard.short_pods import surely
from wizard.yaml_files import read_yaml

PLANS = Path(__file__).parent / "plans"
RUN = Run("0a1b2c", "airflow")
KEYS = {"question", "pod", "init", "script", "files", "needs", "causes"}
PLACED = ("nodeSelector", "tolerations", "securityContext", "imagePullSecrets", "serviceAccountName")


def tries(file: Entry) -> dict[str, Try]:
    return {each.question: each for each in tries_of(plan_of(file), rendered(file))}


def pod(attempt: Try) -> Object:
    """Its pod, with a copy of each Secret of its section."""
    return pod_of(RUN, attempt, {secret.name: f"copy-of-{secret.name}" for secret in attempt.secrets})


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("laptop", ["image"]),
        ("team", ["image", "DAGs"]),
        ("dags-volume", ["image"]),
        ("git-bundle-public", ["image", "DAGs"]),
        ("database-existing-require", ["image", "database"]),
        ("database-mysql", ["image", "database"]),
        ("logs-s3", ["image", "logs"]),
        ("logs-s3-service-account", ["image", "logs"]),
        ("logs-wasb-log-config", ["image", "logs"]),
        ("login-ldap", ["image", "login"]),
    ],
)
def test_what_has_nothing_to_try_makes_no_pod(name: str, questions: list[str]) -> None:
    file = PLANS / f"{name}.yaml"
    assert list(tries(file)) == questions
    assert reaches_out(plan_of(file)) == (len(questions) > 1)


@every_plan
def test_its_pods_are_as_the_real_ones_and_get_no_secret_of_another_section(file: Entry) -> None:
    for attempt in tries(file).values():
        body, real = pod(attempt), attempt.template["spec"]
        spec, main = body["spec"], body["spec"]["containers"][0]
        assert body["metadata"]["labels"] == {LABEL: RUN.id}, "no Service and no Deployment may take it for its own"
        assert {key: spec.get(key) for key in PLACED} == {key: real.get(key) for key in PLACED}
        for key in ("image", "securityContext"):
            assert main.get(key) == real["containers"][0].get(key)
        assert [each["name"] for each in spec["initContainers"]] == list(attempt.init)
        assert set(reads(body, "Secret")) <= {f"copy-of-{secret.name}" for secret in attempt.secrets}
        assert all(name.startswith("rehearsal-0a1b2c-") for name in reads(body, "ConfigMap"))
        assert "persistentVolumeClaim" not in str(spec["volumes"])
        mounts = {mount["name"] for each in [*spec["initContainers"], main] for mount in each["volumeMounts"]}
        assert mounts == {volume["name"] for volume in spec["volumes"]}
        assert main["command"][1].rpartition("/")[2] in files_of(plan_of(file))
        assert "args" not in main and spec["restartPolicy"] == "Never"


@every_plan
def test_every_cause_names_an_answer_that_the_plan_has(file: Entry) -> None:
    said = plan_of(file).model_dump(mode="json", by_alias=True)
    for attempt in tries(file).values():
        for cause in attempt.causes:
            part: Any = said
            for key in cause.change.split("."):
                assert key in part, f"{cause.change} is no answer of {file.stem}"
                part = part[key]


def test_what_blueprints_say_of_a_rehearsal_is_known_and_there() -> None:
    for file in BLUEPRINTS.rglob("choice.yaml"):
        choice = read_yaml(file.read_text("utf-8"))
        declared = choice.get("rehearsal", {})
        assert set(declared) <= KEYS, file
        for name in [*declared.get("files", []), *([declared["script"]] if "script" in declared else [])]:
            compile((file.parent / name).read_text(), name, "exec")
        if choice.get("image", {}).get("pip"):
            assert declared.get("needs"), f"{file} needs packages, and says not what of them is imported"


def test_the_image_is_asked_for_what_the_answers_need() -> None:
    environment = tries(PLANS / "login-ldap.yaml")["image"].environment["REHEARSAL_IMAGE"]
    assert '{"module": "ldap", "answer": "login: ldap"}' in environment


GIT = "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights"


@pytest.mark.parametrize(
    ("plan", "question", "text", "change"),
    [
        ("team", "DAGs", f"git@github.com: Permission denied (publickey).\n{GIT}", "dags.credentials.privateKey"),
        ("team", "DAGs", f"Host key verification failed.\n{GIT}", "dags.credentials.knownHosts"),
        ("team", "DAGs", "fatal: couldn't find remote ref nope", "dags.ref"),
        ("team", "DAGs", "ssh: Could not resolve hostname git.acme", "dags.repository"),
        ("team", "DAGs", "ERROR: Repository not found.", "dags.repository"),
        ("git-sync-https", "DAGs", "fatal: Authentication failed for 'https://x/'", "dags.credentials.token"),
        ("git-sync-https", "DAGs", "server certificate verification failed", "dags.credentials.caCertificate"),
        ("git-sync-public", "DAGs", "could not read Username for 'https://x'", "dags.credentials"),
        ("git-bundle", "DAGs", "pathspec 'nope' did not match any file(s)", "dags.ref"),
        ("git-bundle", "DAGs", "no file below /x looks like a DAG, of 3 Python files", "dags.folder"),
        ("git-bundle", "DAGs", "ImportError: Bad git executable.", "airflow.image"),
        ("database-existing", "database", 'no pg_hba.conf entry for host "1", no encryption', "database.tls"),
        ("database-existing", "database", "SSL error: certificate verify failed", "database.tls.caCertificate"),
        ("database-existing", "database", "connection to server timeout expired", "database.port"),
        ("database-existing", "database", 'database "airflow" does not exist', "database.name"),
        ("database-existing", "database", "server does not support SSL, but SSL was required", "database.tls"),
        ("database-mysql", "database", "Access denied for user 'a'@'%' (using password: YES)", "database.password"),
        ("database-mysql", "database", "Access denied for user 'a'@'%' to database 'b'", "database.user"),
        ("logs-s3", "logs", "An error occurred (NoSuchBucket) when calling PutObject", "logs.bucket"),
        ("logs-s3", "logs", "An error occurred (InvalidAccessKeyId) when calling", "logs.credentials.source"),
        ("logs-s3-service-account", "logs", "NoCredentialsError: Unable to locate credentials", None),
        ("logs-wasb", "logs", "ErrorCode:ContainerNotFound", "logs.container"),
        ("logs-wasb", "logs", "Server failed to authenticate the request.", "logs.connection"),
        ("login-ldap", "login", "INVALID_CREDENTIALS: {'desc': 'Invalid credentials'}", "login.bindPassword"),
        ("login-ldap", "login", "SERVER_DOWN: [SSL: CERTIFICATE_VERIFY_FAILED] certificate", "login.caCertificate"),
        ("login-ldap", "login", "SERVER_DOWN: [Errno 111] Connection refused", "login.server"),
        ("login-ldap", "login", "This image cannot log in by LDAP: No module named 'ldap'", "airflow.image"),
        ("login-ldap", "login", "something that nobody has seen before", "login"),
    ],
)
def test_a_failure_means_an_answer(plan: str, question: str, text: str, change: str | None) -> None:
    attempt = tries(PLANS / f"{plan}.yaml")[question]
    assert attempt.explained(text)[1] == (change or "logs.credentials.annotations")


def test_an_answer_is_named_with_what_was_said_where_that_is_short() -> None:
    plan = plan_of(PLANS / "team.yaml")
    assert answer(plan, "dags.ref") == "dags.ref (main)"
    assert answer(plan, "dags.credentials.knownHosts") == "dags.credentials.knownHosts"


def ended(code: int, message: str = "", **state: Any) -> Object:
    terminated = {"exitCode": code, "reason": "Error", "message": message, **state}
    return {"name": "airflow", "image": "i", "state": {"terminated": terminated}}


@pytest.mark.parametrize(
    ("status", "well", "said"),
    [
        ({"phase": "Succeeded", "containerStatuses": [ended(0, "all is well")]}, True, "all is well"),
        ({"phase": "Failed", "containerStatuses": [ended(1, "refused")]}, False, "refused"),
        ({"phase": "Failed", "initContainerStatuses": [ended(1, "clone")], "containerStatuses": []}, False, "clone"),
        ({"phase": "Failed", "containerStatuses": [ended(137, reason="OOMKilled")]}, False, "OOMKilled: it wanted"),
        ({"phase": "Failed", "containerStatuses": [ended(3)]}, False, "Error, exit code 3"),
        ({"phase": "Failed", "reason": "Evicted", "message": "disk"}, False, "Evicted: disk"),
    ],
)
def test_the_last_words_are_those_of_the_container_that_failed(status: Object, well: bool, said: str) -> None:
    found = last_words({"status": status})
    assert found[0] is well and found[1].startswith(said)


def test_an_image_that_cannot_be_had_is_told_at_its_answer() -> None:
    def waits(message: str) -> Object:
        return {
            "name": "git-sync-init",
            "image": "i",
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": message}},
        }

    found = no_image({"status": {"initContainerStatuses": [waits("not found")]}})
    assert found is not None and found.change == "dags.image"
    found = no_image({"status": {"containerStatuses": [waits("not found")]}})
    assert found is not None and found.change == "airflow.image"
    found = no_image({"status": {"containerStatuses": [waits("pull access denied")]}})
    assert found is not None and found.change == "airflow.pullSecret"
    assert no_image({"status": {"phase": "Pending"}}) is None


def test_of_a_log_the_error_is_told_and_no_secret() -> None:
    log = '{"msg":"syncing"}\n{"logger":"","msg":"too many failures","error":"exit 128: couldn\'t find ref"}\n'
    assert in_a_line(log) == "exit 128: couldn't find ref"
    assert in_a_line("Traceback (most recent call last):\n  File x\nValueError: no") == "ValueError: no"
    assert in_a_line("one\n  two") == "one two"
    assert masked("at https://u:p%40ss@host with p@ss", ["p@ss"]) == "at https://u:•••@host with •••"


def plan_with_secrets(**sections: Object) -> Plan:
    return Plan.model_validate({"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", **sections})


S3 = {
    "type": "s3",
    "bucket": "logs",
    "credentials": {"type": "connection", "source": {"type": "environment", "variable": "OURS"}},
}
CONNECTION = '{"conn_type": "aws", "login": "key", "password": "planted-secret"}'


def labelled(cluster: Sandbox) -> list[Object]:
    return [body for kind in KINDS for body in cluster.list("v1", kind, labels=LABEL)]


def test_secrets_are_in_our_own_copies_alone_and_those_of_an_installation_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", CONNECTION)
    cluster = Sandbox(pace=0)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "airflow"}})
    metadata = {"name": "airflow-connections", "namespace": "airflow"}
    old = {"AIRFLOW_CONN_S3_LOGS": base64.b64encode(b"of another time").decode()}
    kept = cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": old})
    prepared = prepare(cluster, plan_with_secrets(logs=S3))
    (copy,) = (secret for each in prepared.pods for secret in each.secrets)
    assert base64.b64decode(copy["data"]["AIRFLOW_CONN_S3_LOGS"]).decode() == CONNECTION
    assert "planted-secret" not in str([each.body for each in prepared.pods]) + str(prepared.objects) + repr(prepared)

    seen: list[Object] = []
    for row in rehearse(cluster, prepared, 10):
        seen += labelled(cluster)
        assert "planted-secret" not in row.text
    assert {body["kind"] for body in seen} == set(KINDS)
    assert not labelled(cluster) and cluster.get("v1", "Secret", "airflow-connections", "airflow") == kept
    assert cluster.get("v1", "Namespace", "airflow") is not None


def test_what_the_cluster_has_is_read_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", CONNECTION)
    cluster = Sandbox(pace=0)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "airflow"}})
    data = {"AIRFLOW_CONN_S3_LOGS": base64.b64encode(CONNECTION.encode()).decode()}
    metadata = {"name": "airflow-connections", "namespace": "airflow"}
    cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})
    prepared = prepare(cluster, plan_with_secrets(logs=S3))
    assert not [secret for each in prepared.pods for secret in each.secrets]
    assert {"airflow-connections"} == {name for each in prepared.pods for name in reads(each.body, "Secret")}


def test_a_secret_that_is_not_at_hand_is_told_without_a_pod() -> None:
    prepared = prepare(Sandbox(pace=0), plan_with_secrets(logs=S3))
    (told,) = prepared.known
    assert (told.thing, told.mark, told.change) == ("logs", Mark.FAILED, "logs.credentials.source")
    assert "environment variable OURS" in told.text
    assert prepared.questions() == ["image"]


def test_what_is_stopped_between_two_rows_is_removed() -> None:
    cluster = Sandbox(pace=1000)
    rows = rehearse(cluster, prepare(cluster, plan_with_secrets()), 60)
    next(rows)
    assert labelled(cluster) and cluster.get("v1", "Namespace", "airflow") is not None
    rows.close()
    assert not labelled(cluster) and cluster.get("v1", "Namespace", "airflow") is None


def test_a_namespace_in_which_somebody_else_made_something_meanwhile_stays() -> None:
    cluster = Sandbox(pace=1000)
    rows = rehearse(cluster, prepare(cluster, plan_with_secrets()), 60)
    next(rows)
    metadata = {"name": "somebodys", "namespace": "airflow"}
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    rows.close()
    assert not labelled(cluster) and cluster.get("v1", "ConfigMap", "somebodys", "airflow") is not None


def test_what_takes_too_long_is_told_and_removed() -> None:
    cluster = Sandbox(pace=1000)
    *_, late, removal = rehearse(cluster, prepare(cluster, plan_with_secrets()), 0)
    assert isinstance(late, Outcome) and late.mark is Mark.FAILED and "did not end within 0 s" in late.text
    assert removal.thing == "removal" and not labelled(cluster)


def test_nobody_can_be_looked_up_where_there_is_no_directory() -> None:
    with pytest.raises(UserError, match="no directory"):
        prepare(Sandbox(pace=0), plan_with_secrets(), "alice")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_removal_goes_on_while_somebody_presses_again(number: signal.Signals) -> None:
    done = []

    def work() -> None:
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        done.append(True)

    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        surely(work)
    assert done == [True] and signal.getsignal(number) is before


def test_there_are_plans_enough() -> None:
    assert {question for file in FILES for question in tries(file)} == {"image", "DAGs", "database", "logs", "login"}
