"""Values that come from files and variables: mended where that is safe, refused without showing them."""

from pathlib import Path

import pytest

from wizard.brought import bring, password, token
from wizard.errors import Exit, UserError
from wizard.render.needed_secrets import Value

WHAT = "key AIRFLOW_CONN_S3_LOGS of Secret airflow-connections"

CONNECTIONS = [
    '{"conn_type": "aws", "login": "AKIA", "password": "s3cret", "extra": {"endpoint_url": "http://minio:9000"}}',
    '{"conn_type": "wasb", "extra": {"connection_string": "AccountName=a;AccountKey=s3cret=="}}',
    "aws://AKIA:s3cret%2F@/?region_name=eu-central-1",
    "aws://",
    "azure-blob+x://s3cret",
]
NONE = [
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cret==",
    '{"login": "AKIA", "password": "s3cret"}',
    '{"conn_type": "", "password": "s3cret"}',
    '{"conn_type": ["aws"], "password": "s3cret"}',
    '{"conn_type": "aws", "password": "s3cret"',
    '["aws", "s3cret"]',
    '{"a":' * 100_000,
    "aws://AKIA:s3cret @/",
    "aws:s3cret",
    "s3cret",
]


def brought(text: str, folder: Path) -> str | None:
    file = folder / "connection"
    file.write_text(text)
    return bring(Value(file=str(file), check="airflow-connection"), WHAT, needed=True)


@pytest.mark.parametrize("text", CONNECTIONS)
def test_a_connection_is_taken_without_the_line_end_of_its_file(text: str, tmp_path: Path) -> None:
    assert brought(text, tmp_path) == text
    assert brought(f"\n{text}\r\n", tmp_path) == text


@pytest.mark.parametrize("text", NONE, ids=lambda text: text[:30])
def test_what_is_no_connection_is_told_without_its_value(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as wrong:
        brought(text, tmp_path)
    assert str(wrong.value).startswith(f"{WHAT} is no Airflow connection.")
    assert "conn_type" in str(wrong.value) and "s3cret" not in str(wrong.value)
    assert wrong.value.code == Exit.USAGE and wrong.value.__cause__ is None


def test_a_connection_comes_from_a_variable_too(monkeypatch: pytest.MonkeyPatch) -> None:
    value = Value(environment="S3_CONNECTION", check="airflow-connection")
    monkeypatch.setenv("S3_CONNECTION", CONNECTIONS[0])
    assert bring(value, WHAT, needed=True) == CONNECTIONS[0]
    monkeypatch.setenv("S3_CONNECTION", NONE[0])
    with pytest.raises(UserError, match="is no Airflow connection"):
        bring(value, WHAT, needed=True)


@pytest.mark.parametrize("text", ["t0ken/with+odd=chars%40&more", "t\n", "t\r\n", "  t \n\n"])
def test_a_token_loses_the_end_of_its_line(text: str) -> None:
    assert token(text, "it") == text.strip()


@pytest.mark.parametrize("text", ["a b", "a\nb", "user: x\n", "a\x00b"])
def test_what_is_no_token_is_told_without_showing_it(text: str) -> None:
    with pytest.raises(UserError, match="key token of Secret s is no token") as wrong:
        token(text, "key token of Secret s")
    assert wrong.value.code == Exit.USAGE
    assert text not in str(wrong.value)


def test_a_token_comes_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file\n")
    assert bring(Value(file=str(file), check="token"), "it", needed=True) == "from-a-file"
    monkeypatch.setenv("DAGS_TOKEN", "from-a-variable\r\n")
    assert bring(Value(environment="DAGS_TOKEN", check="token"), "it", needed=True) == "from-a-variable"


@pytest.mark.parametrize("text", ["p@s:s/w#r d%+é", " ", " blanks around "])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_loses_the_end_of_its_line_and_nothing_else(text: str, end: str) -> None:
    assert password(text + end, "it") == text


@pytest.mark.parametrize("text", ["s3cret\nmore\n", "user: x\rs3cret", "s3cret\0"])
def test_what_is_no_password_is_told_without_showing_it(text: str) -> None:
    with pytest.raises(UserError, match="key POSTGRES_PASSWORD of Secret s is no password") as wrong:
        password(text, "key POSTGRES_PASSWORD of Secret s")
    assert wrong.value.code == Exit.USAGE
    assert "s3cret" not in str(wrong.value)


def test_a_password_comes_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("from a file\n")
    assert bring(Value(file=str(file), check="password"), "it", needed=True) == "from a file"
    monkeypatch.setenv("DATABASE_PASSWORD", "from a variable")
    assert bring(Value(environment="DATABASE_PASSWORD", check="password"), "it", needed=True) == "from a variable"
