"""What differs from database to database, tried without one: URLs, reasons in a line, and MySQL's other words."""

import ast
import os
import string
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.blueprints.test_scripts import ADMIN, Done, image, python
from wizard.blueprints_folder import BLUEPRINTS

__all__ = ["image"]  # the fixture

POSTGRESQL, MYSQL = (
    str(BLUEPRINTS / "database" / folder / "airflow_database.py") for folder in ("postgresql-client", "mysql")
)
PASSWORDS = [string.printable.strip(), "p@ss:w/rd?#[]%25&=+ x", "ümläut-密碼", " spaces "]
CA = "/etc/database-ca/ca.crt"
TLS = {"POSTGRES_SSLMODE": "verify-full", "POSTGRES_SSLROOTCERT": CA}
SERVER = {
    "MYSQL_HOST": "mysql.example.com",
    "MYSQL_PORT": "3307",
    "MYSQL_USER": "airflow",
    "MYSQL_PASSWORD": "s3cret",
    "MYSQL_DATABASE": "airflow",
}

MYSQLDB = '''
"""A MySQL whose answers are in the environment: one value a question, `-` for no row."""
import os

class OperationalError(Exception):
    pass

ANSWERS = iter(os.environ.get("ANSWERS", "").split())

class Connection:
    """As MySQLdb's: one that was used as a context is closed after it, and knows no transaction of that kind."""
    def __enter__(self):
        raise AssertionError("a connection as a context is closed at its end")
    def cursor(self):
        return Cursor()

class Cursor:
    def execute(self, question, values=()):
        assert question.count("%s") == len(values), question
        assert not [word for word in ("to_regclass", "advisory", "epoch") if word in question], question
        locks = [word for word in ("get_lock", "release_lock") if word in question]
        if locks:
            print(*locks, flush=True)
        self.answer = "1" if locks else next(ANSWERS)
    def fetchone(self):
        if self.answer == "-":
            return None
        return (int(self.answer) if self.answer.isdigit() else None if self.answer == "NULL" else self.answer,)
    def close(self):
        pass

def connect(**settings):
    assert settings["autocommit"] is True and settings["init_command"] == "SET time_zone = '+00:00'"
    print("connect", settings["host"], settings["port"], settings["user"], settings["database"], flush=True)
    if "error" in os.environ.get("ANSWERS", "").split()[:1]:
        raise OperationalError(2002, "Can't connect to server on 'mysql.example.com' (115)")
    return Connection()
'''


@pytest.fixture
def with_mysql(image: Path) -> Path:
    """The image, with MySQL's driver and not PostgreSQL's."""
    (image / "MySQLdb.py").write_text(MYSQLDB)
    (image / "psycopg2.py").unlink()
    (image / "sitecustomize.py").write_text("import socket\nsocket.gethostbyname = lambda name: '10.0.0.7'\n")
    return image


@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
def test_a_mysql_url_takes_any_password(password: str, image: Path) -> None:
    done = python(image, MYSQL, **{**SERVER, "MYSQL_PASSWORD": password})
    url = urlsplit(done.stdout)
    assert unquote(str(url.password)) == password
    assert (url.scheme, url.hostname, url.port) == ("mysql+mysqldb", "mysql.example.com", 3307)
    assert (url.path, url.query, url.fragment) == ("/airflow", "", "")


@pytest.mark.parametrize(("arguments", "driver"), [((), "psycopg2"), (("psycopg",), "psycopg")])
def test_tls_is_in_the_url_for_each_driver(arguments: tuple[str, ...], driver: str, image: Path) -> None:
    url = urlsplit(python(image, POSTGRESQL, *arguments, **TLS).stdout)
    assert url.scheme == f"postgresql+{driver}"
    assert parse_qs(url.query) == {"sslmode": ["verify-full"], "sslrootcert": [CA]}


def test_tls_is_up_to_the_driver_where_nobody_said(image: Path) -> None:
    assert urlsplit(python(image, POSTGRESQL).stdout).query == ""
    assert urlsplit(python(image, POSTGRESQL, POSTGRES_SSLMODE="require").stdout).query == "sslmode=require"


@pytest.mark.parametrize("script", [POSTGRESQL, MYSQL])
def test_an_address_of_ipv6_is_put_in_brackets(script: str, image: Path) -> None:
    done = python(image, script, **{**SERVER, "MYSQL_HOST": "fd00::5", "POSTGRES_HOST": "fd00::5"})
    assert urlsplit(done.stdout).hostname == "fd00::5"


def test_tls_is_what_the_scripts_connect_with(image: Path) -> None:
    (image / "psycopg2.py").write_text(
        "class OperationalError(Exception): ...\n"
        "def connect(**settings): print({name: settings.get(name) for name in ('sslmode', 'sslrootcert')})\n"
    )
    program = "import airflow_database; airflow_database.connect()"
    assert python(image, "-c", program, **TLS).stdout == f"{{'sslmode': 'verify-full', 'sslrootcert': '{CA}'}}\n"


AT = 'connection to server at "db" (10.0.0.1), port 5432 failed: '
REASONS = [
    (
        f'{AT}FATAL:  password authentication failed for user "a"\\n{AT}FATAL:  password ...',
        'password authentication failed for user "a"',
    ),
    (f"{AT}Connection refused\\n\\tIs the server running on that host?", "Connection refused"),
    (f"{AT}SSL error: certificate verify failed", "SSL error: certificate verify failed"),
    (f"{AT}server does not support SSL, but SSL was required", "server does not support SSL, but SSL was required"),
    (
        'could not translate host name "x" to address: Name or service not known',
        'could not translate host name "x" to address: Name or service not known',
    ),
]


@pytest.mark.parametrize(("error", "reason"), REASONS, ids=[reason for _, reason in REASONS])
def test_a_reason_is_one_line_that_begins_with_the_reason(error: str, reason: str, image: Path) -> None:
    program = f"import airflow_database as d; print(d.reason(d.Error('''{error}''')))"
    assert python(image, "-c", program).stdout == f"{reason} (postgres-db:5432)\n"


def test_a_user_who_may_make_no_tables_is_told_what_to_run(image: Path) -> None:
    done = python(image, str(BLUEPRINTS / "airflow" / "migrate.py"), answers="NULL NULL GRANT...", **ADMIN)
    assert done.returncode == 1 and done.stdout.endswith("unlock\n") and "airflow db migrate" not in done.stdout
    assert done.stderr == "this user may make no tables; as the owner of database airflow, run there: GRANT...\n"


def on_mysql(image: Path, name: str, *arguments: str, answers: str = "") -> Done:
    """Run a script of Airflow's pods with MySQL's module beside it, and not PostgreSQL's."""
    path = os.pathsep.join(map(str, [Path(MYSQL).parent, image]))
    script = str(BLUEPRINTS / "airflow" / name)
    return python(image, script, *arguments, answers=answers, PYTHONPATH=path, **ADMIN, **SERVER)


MYSQL_CURRENT = "1 new 1 fab-new"
CONNECTED = "connect mysql.example.com 3307 airflow airflow\n"


def test_mysql_is_migrated_and_gets_its_first_user_under_a_lock(with_mysql: Path) -> None:
    done = on_mysql(with_mysql, "migrate.py", answers=f"0 0 {MYSQL_CURRENT} -")
    begun = f"{CONNECTED}get_lock\nto do: make the database's tables\nimporting airflow\nairflow db migrate\n"
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{begun}airflow users create ")
    assert done.stdout.endswith(f" --password={ADMIN['AIRFLOW_ADMIN_PASSWORD']}\nrelease_lock\n")


def test_others_wait_for_mysqls_migration(with_mysql: Path) -> None:
    done = on_mysql(with_mysql, "wait_for_migrations.py", answers=f"0 0 {MYSQL_CURRENT}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{CONNECTED}waiting for the api-server to make the database's tables\n"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ("5", ""),
        ("61", "no heartbeat of DagProcessorJob within 60 s: 61 s"),
        ("NULL", "no heartbeat of DagProcessorJob within 60 s"),
        ("error", "the database doesn't answer: Can't connect to server on 'mysql.example.com' (115)"),
    ],
)
def test_a_probe_asks_mysql(answers: str, sentence: str, with_mysql: Path) -> None:
    done = on_mysql(with_mysql, "probe_job.py", "DagProcessorJob", answers=answers)
    assert done.returncode == (1 if sentence else 0), done.stderr
    assert sentence in done.stderr and "Traceback" not in done.stderr and "s3cret" not in done.stdout + done.stderr


def test_both_databases_answer_to_the_same_names() -> None:
    postgresql, mysql = (
        {node.name for node in ast.parse(Path(script).read_text()).body if isinstance(node, ast.FunctionDef)}
        for script in (POSTGRESQL, MYSQL)
    )
    assert postgresql - mysql == {"tls"}
    assert {"age", "connect", "cursor", "has_table", "lock", "reason", "refusal", "url"} == mysql


def test_who_waits_ends_when_told_to(image: Path) -> None:
    """A container's first process ignores TERM unless it handles it."""
    program = (
        "import os, signal, airflow_schema, airflow_database\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "airflow_database.reason = lambda error: os.kill(os.getpid(), signal.SIGTERM) or 'away'\n"
        "airflow_schema.wait_for_database()"
    )
    done = python(image, "-c", program, answers="error")
    assert (done.returncode, done.stderr) == (143, "")
