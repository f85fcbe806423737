"""A plan's file: what is right is taken as it is meant, and everything wrong is told at once, by its place."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.catalogue import every_plan
from wizard.errors import Exit, UserError
from wizard.plan.fields import pinned
from wizard.plan.file import LARGEST, PlanErrors, answers_of, complete, load, parse, text_of
from wizard.plan.profiles import defaults, over, profile
from wizard.plan.rules import warnings
from wizard.yaml_files import read_yaml

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
DIGEST = "@sha256:" + "9f86d081884c7d65" * 4


def problems(text: str) -> dict[str, str]:
    with pytest.raises(PlanErrors) as wrong:
        parse(HEAD + text)
    assert wrong.value.code == Exit.USAGE
    return wrong.value.problems


ANOTHER_VERSION = "must be a version of Airflow 3.3, such as 3.3.2; others are not supported"
INSTANCE_NAME = "must be a line of at most 64 characters; Airflow would take a $, or a ~ at its start, for a variable"
PULLED = "dags: {type: git-sync, repository: '%s', folder: dags/$HOME, credentials: {type: none}}"
SELECTED = "nodes: {tasks: {nodeSelector: %s}}"
TOLERATED = "nodes: {tasks: {tolerations: [%s]}}"
BUCKET = "logs: {type: s3, bucket: logs, credentials: {type: connection, source: %s}}"

ONE_MISTAKE = [
    ("airflw: {}", "airflw", "is no key of a plan; did you mean `airflow`?"),
    ("airflow: {Version: 3.3.2}", "airflow.Version", "is no key of a plan; did you mean `version`?"),
    (
        "database: {storage: {type: claim, sise: 1Gi}}",
        "database.storage.sise",
        "is no key of a plan; did you mean `size`?",
    ),
    ("dags: {type: image, api_version: x}", "dags.api_version", "is no key of a plan"),
    ("quux: 1", "quux", "is no key of a plan"),
    ("on: 1", "True", "is no key of a plan"),
    ("airflow: {version: 3.3}", "airflow.version", "must be text; put it in quotes"),
    (
        "airflow: {version: 3.2.1}",
        "airflow.version",
        "must be a version of Airflow 3.3, such as 3.3.2; others are not supported",
    ),
    (
        "airflow: {version: 3.3.٣}",
        "airflow.version",
        "must be a version of Airflow 3.3, such as 3.3.2; others are not supported",
    ),
    ("airflow: [1]", "airflow", "must be a mapping of keys to values"),
    ("airflow: hello", "airflow", "must be a mapping of keys to values"),
    ("airflow:", "airflow", "must be a mapping of keys to values"),
    (
        "logs: s3",
        "logs",
        "must be a mapping of keys to values, such as {type: none}; a type is one of none, volume, s3, wasb",
    ),
    ("database: {storage: {size: 5}}", "database.storage.size", "must be text; put it in quotes"),
    ("database: {storage: {size: 5GB}}", "database.storage.size", "must be a size such as 512Mi or 5Gi"),
    ("database: {storage: {type: nfs}}", "database.storage", "type 'nfs' is not one of 'claim', 'ephemeral'"),
    ("database: {storage: {type: [1]}}", "database.storage", "type '[1]' is not one of 'claim', 'ephemeral'"),
    ("executor: {parallelism: many}", "executor.parallelism", "must be a whole number"),
    ("executor: {parallelism: 4.5}", "executor.parallelism", "must be a whole number"),
    ("executor: {parallelism: yes}", "executor.parallelism", "must be a whole number"),
    ("executor: {parallelism: .inf}", "executor.parallelism", "must be a whole number"),
    ("executor: {parallelism: 0}", "executor.parallelism", "must be 1 or more"),
    ("executor: {parallelism: 65}", "executor.parallelism", "must be 64 or less"),
    ("namespace: 8", "namespace", "must be text; put it in quotes"),
    ("namespace: 1:30", "namespace", "must be text; put it in quotes"),
    ("namespace: 2024-01-01", "namespace", "must be text; put it in quotes"),
    ("namespace: no", "namespace", "must be text; put it in quotes"),
    (f"namespace: {'a' * 64}", "namespace", "is 64 characters long; at most 63 fit"),
    ("login: {admin: {email: nobody}}", "login.admin.email", "must be an e-mail address"),
    (
        "liveness: {scheduler: {type: dag, interval: 5m, stuckAfter: 9m}}",
        "liveness.scheduler.stuckAfter",
        "must be at least twice the interval of 5m: one run may fail",
    ),
    ("liveness: {scheduler: {type: http, periodSeconds: 1}}", "liveness.scheduler.periodSeconds", "must be 5 or more"),
    ("availability: {type: redundant, schedulers: 1}", "availability.schedulers", "must be 2 or more"),
    ("airflow: {version: 3.3.99999}", "airflow.version", ANOTHER_VERSION),
    ('airflow: {instanceName: "a\\0b"}', "airflow.instanceName", INSTANCE_NAME),
    ("airflow: {instanceName: Our $HOME}", "airflow.instanceName", INSTANCE_NAME),
    ("airflow: {instanceName: ~ada}", "airflow.instanceName", INSTANCE_NAME),
    ('login: {admin: {email: "a\\x1b@b"}}', "login.admin.email", "must be an e-mail address"),
    (f"database: {{storage: {{size: {'9' * 400}Gi}}}}", "database.storage.size", "must be a size such as 512Mi or 5Gi"),
    (f"database: {{cpu: {'9' * 400}m}}", "database.cpu", "must be a number of CPUs such as 500m or 2"),
    (
        f"liveness: {{scheduler: {{type: dag, interval: {'9' * 5000}s}}}}",
        "liveness.scheduler.interval",
        "must be a time such as 30s or 5m",
    ),
    (
        PULLED % "https://h/r.git",
        "dags.folder",
        "must be a folder below the top, such as dags or airflow/dags, without a blank or a $",
    ),
    (SELECTED % "{a b: x}", "nodes.tasks.nodeSelector", "has 'a b=x', which is not a label such as pool=airflow"),
    (SELECTED % "{a..b/c: x}", "nodes.tasks.nodeSelector", "has 'a..b/c=x', which is not a label such as pool=airflow"),
    (SELECTED % "{a: 'x y'}", "nodes.tasks.nodeSelector", "has 'a=x y', which is not a label such as pool=airflow"),
    (TOLERATED % "{}", "nodes.tasks.tolerations.0.key", "is required, unless the operator is Exists"),
    (
        TOLERATED % "{key: a b}",
        "nodes.tasks.tolerations.0",
        "has 'a b=', which is not a taint such as dedicated=airflow:NoSchedule",
    ),
    (
        TOLERATED % "{key: a, operator: Exists, value: b}",
        "nodes.tasks.tolerations.0.value",
        "goes with operator Equal alone",
    ),
    (
        TOLERATED % "{key: a, effect: NoSchedule, tolerationSeconds: 3}",
        "nodes.tasks.tolerations.0.tolerationSeconds",
        "goes with effect NoExecute alone",
    ),
    (
        TOLERATED % "{key: a, effect: NoExecute, tolerationSeconds: yes}",
        "nodes.tasks.tolerations.0.tolerationSeconds",
        "must be a whole number",
    ),
    (
        "access: {type: service, publicUrl: 'https://h/a/../b'}",
        "access.publicUrl",
        "must be a URL such as https://airflow.example.com or https://example.com/airflow",
    ),
    (
        f"access: {{type: service, publicUrl: 'https://{'a.' * 150}b'}}",
        "access.publicUrl",
        "has a host that is longer than DNS names are",
    ),
    (
        BUCKET % '{type: file, path: "a\\0b"}',
        "logs.credentials.source.path",
        "must be a path, such as ~/.ssh/dags_ed25519",
    ),
    (
        BUCKET % "{type: secret, name: a, key: ..}",
        "logs.credentials.source.key",
        "may hold only letters, digits and - _ .",
    ),
    (
        BUCKET % "{type: secret, name: a, key: ..b}",
        "logs.credentials.source.key",
        "may hold only letters, digits and - _ .",
    ),
    (
        BUCKET % f"{{type: secret, name: a, key: {'k' * 254}}}",
        "logs.credentials.source.key",
        "may hold only letters, digits and - _ .",
    ),
    ("login: {admin: {username: ''}}", "login.admin.username", "may hold only letters, digits and . _ @ -"),
]


KEY = "{type: ssh, privateKey: {type: file, path: k}, knownHosts: 'h ssh-ed25519 AAAA'}"
TOKEN = "{type: https, token: {type: file, path: t}}"
NO_ADDRESS = (
    "must be an address such as git@github.com:acme/dags.git, ssh://git@host:2222/acme/dags.git "
    "or https://github.com/acme/dags.git"
)
ADDRESSES = [
    ("https://h/r.git", KEY, "is no SSH address; a deploy key needs one, such as git@github.com:acme/dags.git"),
    ("git@h:r.git", TOKEN, "is an SSH address; credentials of type https need an https:// one"),
    ("ssh://git@h:22/r.git", "{type: none}", "is an SSH address; credentials of type none need an https:// one"),
    ("http://h/r.git", TOKEN, "must start with https://, since anybody on the way could read the token"),
    ("ssh://git:t0ken@h/r.git", KEY, "has a user or a token in it; leave them out, a plan holds no secrets"),
    ("--upload-pack=x@h:r.git", KEY, NO_ADDRESS),
    ("git@h:r\x07.git", KEY, NO_ADDRESS),
    ("https://me:t0ken@h/r.git", TOKEN, "has a user or a token in it; leave them out, a plan holds no secrets"),
]


@pytest.mark.parametrize(("address", "credentials", "sentence"), ADDRESSES)
def test_an_address_fits_its_credentials(address: str, credentials: str, sentence: str) -> None:
    dags = f"dags: {{type: git-sync, repository: {json.dumps(address)}, credentials: {credentials}}}"
    assert problems(dags) == {"dags.repository": sentence}


@pytest.mark.parametrize("kind", ["git-sync", "git-bundle"])
@pytest.mark.parametrize(
    ("address", "credentials"),
    [("git@h:r.git", KEY), ("ssh://h/r", KEY), ("https://h/r.git", "{type: none}"), ("http://h/r", "{type: none}")],
)
def test_addresses_that_fit(kind: str, address: str, credentials: str) -> None:
    dags = parse(f"{HEAD}dags: {{type: {kind}, repository: '{address}', credentials: {credentials}}}").dags
    assert dags.model_dump()["repository"] == address


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        ("hello", "is no certificate; it starts with -----BEGIN CERTIFICATE-----"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is no certificate; it starts with"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA", "has a private key, which must not be in a plan"),
    ],
)
def test_a_ca_certificate_is_one(certificate: str, sentence: str) -> None:
    credentials = {"type": "https", "token": {"type": "file", "path": "t"}, "caCertificate": certificate}
    dags = {"type": "git-sync", "repository": "https://h/r.git", "credentials": credentials}
    told = problems(json.dumps({"dags": dags})[1:-1])
    assert told.keys() == {"dags.credentials.caCertificate"}
    assert told["dags.credentials.caCertificate"].startswith(sentence)


def test_a_volume_for_one_node_is_warned_of() -> None:
    claim = "dags: {type: volume, claim: {type: new, accessMode: %s}}"
    assert warnings(parse(HEAD + claim % "ReadWriteMany")) == []
    (warning,) = warnings(parse(HEAD + claim % "ReadWriteOnce"))
    assert "ReadWriteOnce" in warning.sentence and warning.places == ("dags.claim.accessMode",)
    assert problems(claim % "rwx") == {"dags.claim.accessMode": "must be ReadWriteMany or ReadWriteOnce"}


@pytest.mark.parametrize(("text", "place", "sentence"), ONE_MISTAKE, ids=[case[0][:40] for case in ONE_MISTAKE])
def test_a_mistake_is_told_at_its_place(text: str, place: str, sentence: str) -> None:
    assert problems(text) == {place: sentence}


@pytest.mark.parametrize("name", ["Airflow", "a_b", "-a", "a-", "a.b", "a b", "ä", ""])
def test_namespaces_are_dns_labels(name: str) -> None:
    assert problems(f"namespace: '{name}'").keys() == {"namespace"}


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(PlanErrors) as wrong:
        parse("apiVersion: v1\nprofile: desktop\nnamespace: A\ndags: {folder: dags}\nextra: 1", "my-plan.yaml")
    assert wrong.value.problems.keys() == {"apiVersion", "kind", "profile", "namespace", "dags", "extra"}
    assert wrong.value.problems["kind"] == "is required"
    assert wrong.value.problems["profile"] == "must be 'laptop', 'team' or 'production'"
    assert str(wrong.value).startswith("my-plan.yaml: 6 things to fix:\n  apiVersion: must be 'airflow-wizard/v1'\n")


def test_a_message_quotes_no_file_at_length_and_nothing_that_a_terminal_obeys() -> None:
    keys = {f"\x1b[2J{number}{'x' * 5000}": 1 for number in range(1000)}
    with pytest.raises(PlanErrors) as wrong:
        complete({**read_yaml(HEAD), **keys}, "it")
    lines = str(wrong.value).splitlines()
    assert lines[0] == "it: 1000 things to fix:" and lines[-1] == "  and 950 more" and len(lines) == 52
    assert all(line.isprintable() and len(line) < 400 for line in lines)


def test_sentences_never_show_the_library_underneath() -> None:
    texts = [sentence for text, _, _ in ONE_MISTAKE for sentence in problems(text).values()]
    assert not [text for text in texts if "input" in text.lower() or "pydantic" in text or "Error" in text]


UNREADABLE = [
    ("", "holds no plan"),
    ("# nothing\n", "holds no plan"),
    ("- a\n", "holds no plan"),
    ("hello", "holds no plan"),
    ("a: [", "is not YAML: line 2: while parsing a flow node"),
    ("a: 1\n\tb: 2\n", "is not YAML: line 2"),
    (HEAD + "profile: team\n", "line 4: the key 'profile' is there twice"),
    (HEAD + "---\n" + HEAD, "line 4: expected a single document in the stream but found another document"),
    ("a: !!python/name:os.system", "is not YAML: line 1"),
    ("a\x00b", "control characters are not allowed"),
    ("? [a]\n: b", "unhashable"),
    ("a: 2024-99-99", "is not YAML that can be read"),
    (f"a: {'9' * 5000}", "is not YAML that can be read"),
    ("a: \udc80", "is not YAML that can be read"),
    ("[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_plan_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as wrong:
        parse(text, "my-plan.yaml")
    assert wrong.value.code == Exit.USAGE
    assert str(wrong.value).startswith("my-plan.yaml")


def test_a_file_that_is_no_plan_is_told_in_a_sentence(tmp_path: Path) -> None:
    empty, latin, large = (tmp_path / name for name in ("empty.yaml", "latin.yaml", "large.yaml"))
    empty.touch()
    latin.write_bytes(HEAD.encode() + b"namespace: caf\xe9\n")
    large.write_bytes(b"#" * (LARGEST + 1))
    for path, sentence in {
        empty: "holds no plan",
        latin: "is not UTF-8 text",
        large: "is larger than any plan",
        tmp_path: "cannot be read: Is a directory",
        tmp_path / "none.yaml": "There is no .*none.yaml",
        empty / "below": "cannot be read: Not a directory",
        tmp_path / ("x" * 300): "cannot be read: File name too long",
    }.items():
        with pytest.raises(UserError, match=sentence) as wrong:
            load(path)
        assert wrong.value.code == Exit.USAGE
        assert str(path) in str(wrong.value)


def test_a_byte_order_mark_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("\ufeff" + HEAD, "utf-8")
    assert load(path) == parse(HEAD)


@pytest.mark.parametrize(
    "image",
    [
        "airflow:3",
        "acme/airflow:3.3.2",
        "docker.io/apache/airflow:3.3.2",
        "localhost:5000/airflow:x",
        "EU.gcr.io/acme/a__b.c-d---e:V1_x.y-z",
        "airflow" + DIGEST,
        "airflow:latest" + DIGEST,
    ],
)
def test_images_that_are_pinned(image: str) -> None:
    assert pinned(image) == image


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        ("airflow", "needs a tag or digest, such as airflow:3.3.2"),
        ("localhost:5000/airflow", "needs a tag or digest"),
        ("airflow:latest", "must not be :latest"),
        *(
            (image, "is not an image reference")
            for image in ("", "café:1", "a:1:2", "a//b:1", "a/B:1", "a: 1", "a:1/", "a@x")
        ),
        ("x-" * 5000 + "!", "is not an image reference"),
    ],
)
def test_images_that_are_not(image: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        pinned(image)


@pytest.mark.parametrize("name", ["laptop", "team", "production"])
def test_a_profile_says_what_it_is_and_what_it_sets(name: str) -> None:
    texts = profile(name)
    assert texts["title"] and texts["summary"] and texts["when"]
    assert texts.keys() <= {"title", "summary", "when", "pros", "cons", "plan"}
    assert isinstance(defaults(name), dict)


def test_a_profiles_defaults_hold_until_they_are_answered() -> None:
    size = defaults("laptop")["database"]["storage"]["size"]
    assert size == "2Gi"
    assert parse(HEAD).database.storage.model_dump()["size"] == size
    assert parse(HEAD + "database: {storage: {size: 9Gi}}").database.storage.model_dump()["size"] == "9Gi"
    assert parse(HEAD + "database: {image: 'postgres:16'}").database.storage.model_dump()["size"] == size
    assert (
        parse(HEAD + "database: {storage: {type: claim, storageClass: x}}").database.storage.model_dump()["size"]
        == size
    )


@pytest.mark.parametrize(
    ("base", "answers", "laid_over"),
    [
        ({}, {}, {}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
        ({"a": {"type": "x", "b": 1}}, {"a": {"b": 2}}, {"a": {"type": "x", "b": 2}}),
        ({"a": {"type": "x", "b": 1}}, {"a": {"type": "x"}}, {"a": {"type": "x", "b": 1}}),
        ({"a": {"type": "x", "b": 1}}, {"a": {"type": "y"}}, {"a": {"type": "y"}}),
        (
            {"a": {"type": "x", "b": {"type": "p", "q": 1}}},
            {"a": {"b": {"type": "r"}}},
            {"a": {"type": "x", "b": {"type": "r"}}},
        ),
    ],
)
def test_answers_over_defaults(base: Any, answers: Any, laid_over: Any) -> None:
    before = json.dumps([base, answers])
    assert over(base, answers) == laid_over
    assert json.dumps([base, answers]) == before


def test_a_plan_of_defaults_is_written_in_four_lines() -> None:
    assert text_of(parse(HEAD)) == HEAD + "namespace: airflow\n"


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"namespace": "y"},
        {"airflow": {"version": "3.3.0"}},
        {"database": {"type": "postgresql", "storage": {"type": "ephemeral"}}},
        {"database": {"type": "postgresql", "storage": {"type": "claim", "size": "9Gi"}}},
        {"executor": {"type": "local", "parallelism": 64}},
        {"login": {"type": "users", "admin": {"username": "1e3"}}},
    ],
)
def test_what_is_written_is_what_was_answered(answers: dict[str, Any]) -> None:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
    assert answers_of(complete({**head, **answers})) == {**head, "namespace": "airflow", **answers}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "wizard", "schema"], capture_output=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_every_part_of_the_schema_is_closed(schema: dict[str, Any]) -> None:
    for name, part in {"Plan": schema, **schema["$defs"]}.items():
        assert part["additionalProperties"] is False, name


@every_plan
def test_the_schema_takes_the_catalogue(file: Path, schema: dict[str, Any]) -> None:
    assert list(Draft202012Validator(schema).iter_errors(read_yaml(file.read_text("utf-8")))) == []


@pytest.mark.parametrize("text", ["airflw: {}", "airflow: {version: 3}", "executor: {type: nomad}", "namespace: 8"])
def test_the_schema_refuses_what_a_plan_does(text: str, schema: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema).is_valid(read_yaml(HEAD + text))
