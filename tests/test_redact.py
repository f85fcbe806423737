"""What is taken out of a text before it leaves the house, and what must stay."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
import yaml

from wizard.redact import MASK, Redaction, forms_of, masked, parts_of
from wizard.secret_words import is_secret_name

VALUES = ["s3cr3t-Pa55", "p@ss w/ö'rd%1#\"x\\<&>", "a+b/c==d?e", "it's", "Zm9vYmFy+/8="]

KEY = "\n".join(
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        *(f"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAA{n}" for n in range(6)),
        "AAEC==",
        "",
    ]
)
END = "-----END OPENSSH PRIVATE KEY-----"


def redaction(*values: str) -> Redaction:
    return Redaction(frozenset(part for value in values for part in parts_of(value)))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "written",
    [
        str,
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
        lambda value: quote(value),
        lambda value: quote(value, safe=""),
        lambda value: quote(value, safe="").lower() if value.islower() else quote_plus(value),
        lambda value: quote(base64.b64encode(value.encode()).decode(), safe=""),
        lambda value: json.dumps(value)[1:-1],
        lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
        lambda value: json.dumps(json.dumps(value, ensure_ascii=False), ensure_ascii=False)[3:-3],
        lambda value: value.replace("\\", r"\\").replace('"', r"\"").replace("<", r"\u003c").replace("&", r"\u0026")
        .replace(">", r"\u003e"),
        lambda value: repr(value)[1:-1],
        lambda value: repr(value.encode())[2:-1],
        lambda value: repr(json.dumps(json.dumps(value)))[5:-5],
        lambda value: repr(f"{value} \"'")[1:-5],
        lambda value: value.replace("'", "''"),
        lambda value: yaml.safe_dump(value, default_style='"', width=10**6)[1:-2],
        lambda value: html.escape(value),
        lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    ],
)  # fmt: skip
def test_a_value_is_found_in_every_form(value: str, written: "type[str]") -> None:
    text = redaction(value).text(f"before {written(value)} after")
    assert text == f"before {MASK} after"


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz", "xyz1"])
def test_a_value_is_found_in_the_base64_of_something_longer(before: str) -> None:
    whole = base64.b64encode(f"{before}s3cr3t-Pa55-and-more@host".encode()).decode()
    text = redaction("s3cr3t-Pa55-and-more").text(whole)
    assert MASK in text and len(text) < len(whole) - 22


def test_of_two_values_the_longer_one_goes_first() -> None:
    assert masked("abcd and abcdefgh", ["abcd", "abcdefgh"]) == f"{MASK} and {MASK}"
    assert len(forms_of("plain")) < 20, "forms that are the same are looked for once"


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("postgresql://u:p%40ssword@db.example/airflow?sslmode=require", "p@ssword"),
        ("postgresql://u:p%40ssword@db.example/airflow", "p%40ssword"),
        ("aws://AKID:abc%2Fdefg@/?region_name=x", "abc/defg"),
        ("redis://:pwd1@redis:6379/0", "pwd1"),
        ("https://0123456789abcdefgh@git.example.com", "0123456789abcdefgh"),
        ("https://storage.example/c?sv=2020&sig=abc%2Bdef", "abc+def"),
        ('{"conn_type": "aws", "password": "abcd", "extra": {"role": "x"}}', "abcd"),
        ('{"conn_type": "wasb", "extra": "{\\"sas_token\\": \\"?sv=1&sig=xyz1\\"}"}', "?sv=1&sig=xyz1"),
        ('{"auths": {"r.example": {"auth": "dXNlcjpodW50ZXIy"}}}', "hunter2"),
        ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v/+==;EndpointSuffix=x", "Zm9v/+=="),
        ("user=airflow password=abcd host=x", "abcd"),
        (KEY + END, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAA3"),
    ],
)
def test_what_is_secret_in_a_value_is_a_secret_by_itself(value: str, secret: str) -> None:
    assert secret in parts_of(value)
    assert redaction(value).text(f"it said {secret}.") == f"it said {MASK}."


@pytest.mark.parametrize(
    "value",
    ["airflow", "admin", "true", "abc", "", "5432", "-----BEGIN OPENSSH PRIVATE KEY-----\nxyz"],
)
def test_what_is_no_secret_stays(value: str) -> None:
    text = "airflow-scheduler of admin: true abc -----BEGIN OPENSSH PRIVATE KEY----- port 5432"
    assert redaction(value).text(text) == text


def test_what_the_plan_shows_is_no_secret() -> None:
    redact = Redaction(frozenset({"db.example.com", "hidden-1"}), shown=frozenset({"db.example.com", "acme-pull"}))
    assert redact.text("hidden-1 at db.example.com") == f"{MASK} at db.example.com"
    assert redact.text("registryToken: acme-pull") == "registryToken: acme-pull"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("at postgresql://u:p@ss@host:5432/db", "at postgresql://u:•••@host:5432/db"),
        ("redis://:abc@r:6379/0", "redis://:•••@r:6379/0"),
        ("clone https://ghp0123456789abcdef@github.com/a", "clone https://•••@github.com/a"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: •••"),
        ('{"authorization": "token abc", "a": 1}', '{"authorization": "•••", "a": 1}'),
        ("sent Bearer abc.def-123456", "sent Bearer •••"),
        ("got eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl here", "got ••• here"),
        ("in base64 ZXlKaGJHY2lPaUpJVXpVeE1pSjkuZXlK", "in base64 •••"),
        (f"a\n{KEY}{END}\nb", "a\n•••\nb"),
        (json.dumps(KEY + END), '"•••"'),
        (f"cut off\n{KEY}", "cut off\n•••\n"),
        ("AAAAC3NzaC1lZDI1NTE5\nAAAA==\n" + END + "\nb", "•••\nb"),
        ("with AKIAIOSFODNN7EXAMPLE.", "with •••."),
        ("ghp_0123456789abcdefghij", "•••"),
        ("password=abc other=x", "password=••• other=x"),
        ("db_password: 'it''s' # x", "db_password: '•••' # x"),
        ("  passphrase: two words\n", "  passphrase: •••\n"),
        ("+  apiKey = abc", "+  apiKey = •••"),
        ('{"password": "a\\"b", "user": "x"}', '{"password": "•••", "user": "x"}'),
        ('{"token": 12345, "user": "x"}', '{"token": •••, "user": "x"}'),
        (r'"{\"secret_key\": \"abc\", \"user\": \"x\"}"', r'"{\"secret_key\": \"•••\", \"user\": \"x\"}"'),
        ("{'fernet_key': 'abc', 'user': 'x'}", "{'fernet_key': '•••', 'user': 'x'}"),
        ("GET /x?token=abc&page=2", "GET /x?token=•••&page=2"),
        ("env AIRFLOW__CORE__FERNET_KEY=abc", "env AIRFLOW__CORE__FERNET_KEY=•••"),
        ('{"name":"DB_PASSWORD","value":"abc"}', '{"name":"DB_PASSWORD","value":"•••"}'),
        ("- name: DB_PASSWORD\n  value: abc\n", "- name: DB_PASSWORD\n  value: •••\n"),
        ("x-api-key: abc", "x-api-key: •••"),
        ('backend_kwargs={"token": "abc"}', 'backend_kwargs={"token": "•••"}'),
        ("secret_kwargs={'token': 'abc'}", "secret_kwargs={'token': '•••'}"),
    ],
)
def test_what_looks_like_a_secret_goes(text: str, redacted: str) -> None:
    assert Redaction().text(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "secretKeyRef:\n  name: airflow-db\n  key: POSTGRES_PASSWORD\n",
        '"secretKeyRef":{"key":"fernet-key","name":"airflow-fernet-key"}',
        "secretName: airflow-git-sync-ssh\nimagePullSecrets:\n- name: acme-pull\npullSecret: acme-pull\n",
        "automountServiceAccountToken: false\nexpirationSeconds: 3607\npath: token\n",
        "image: docker.io/apache/airflow:3.3.2@sha256:" + "ab12" * 16,
        "imageID: docker-pullable://docker.io/apache/airflow@sha256:" + "ab12" * 16,
        "repository: ssh://git@git.example.com:2222/a/b.git",
        "repository: git@git.example.com:a/b.git",
        "Secret airflow-jwt-secret: made, 1 key",
        'Error: couldn\'t find key password in Secret airflow/airflow-db; secret "x" not found',
        "password authentication failed for user \"airflow\"",
        "FERNET_KEY=$(cat /keys/fernet) PASSWORD=${DB_PASSWORD} TOKEN=$TOKEN",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: airflow-db\n",
        "password: null\n",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "password_file: /run/secrets/password",
        "scripts/read_token.py: |\n  import os\n",
        "-----BEGIN CERTIFICATE-----\nMIIBCTCBvKADAgECAgEHMAUGAytlcDAkMSIw\n-----END CERTIFICATE-----\n",
        "It starts with a line -----BEGIN ... PRIVATE KEY-----.",
        "bearer authentication is off",
    ],
)  # fmt: skip
def test_what_must_stay_readable_stays(text: str) -> None:
    assert Redaction(frozenset({"hidden-value"})).text(text) == text


def test_objects_are_redacted_by_the_names_of_their_values() -> None:
    redact = Redaction(frozenset({"hidden-1"}), lines=frozenset({"password = read('password')"}))
    body = {
        "metadata": {"annotations": {"a/token": "two words", "note": "it is hidden-1", "hidden-1": "x"}},
        "env": [{"name": "DB_PASSWORD", "value": "first\nsecond"}, {"name": "PORT", "value": "8080"}],
        "secret": {"secretName": "airflow-db", "password": 1234, "automountServiceAccountToken": False},
    }
    assert redact.tree(body) == {
        "metadata": {"annotations": {"a/token": MASK, "note": f"it is {MASK}", MASK: "x"}},
        "env": [{"name": "DB_PASSWORD", "value": MASK}, {"name": "PORT", "value": "8080"}],
        "secret": {"secretName": "airflow-db", "password": MASK, "automountServiceAccountToken": False},
    }
    ours = "+    password = read('password')\n"
    assert redact.text(ours) == ours
    assert redact.text(ours.replace("'password'", "'mine'")) == f"+    password = {MASK}\n"


def test_a_redaction_shows_nothing_of_itself() -> None:
    assert "hidden-1" not in repr(Redaction(frozenset({"hidden-1"})))


@pytest.mark.parametrize(
    "name", ["password", "DB_PASSWORD", "jwt-secret", "aws_secret_access_key", "AccountKey", "sig"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["secretName", "secretKeyRef", "password_file", "showPassword", "key", "design", "pullSecret"]
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("text", ["A" * 200_000, "A1+/" * 50_000, ("+" + "A1+/" * 18 + "\n") * 2_500, "a.b-" * 50_000])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    from time import process_time

    started = process_time()
    assert Redaction(frozenset({"hidden-1"})).text(text) == text
    assert process_time() - started < 5
