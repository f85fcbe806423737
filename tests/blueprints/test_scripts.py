"""The scripts that run in Airflow's pods, beside their manifests: tried here without Airflow or a database."""

import argparse
import os
import string
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from wizard.blueprints_folder import BLUEPRINTS

SCRIPTS = [BLUEPRINTS / path for path in ("airflow", "database/postgresql-client", "liveness/scheduler/dag")]
DATABASE = {
    "POSTGRES_HOST": "postgres-db",
    "POSTGRES_PORT": "5432",
    "POSTGRES_USER": "airflow",
    "POSTGRES_PASSWORD": "s3cret",
    "POSTGRES_DB": "airflow",
}
Done = subprocess.CompletedProcess[str]

PSYCOPG2 = '''
"""A database whose answers are in the environment: one value a question, `-` for no row, `error` for no database."""
import os
import re
from decimal import Decimal

class OperationalError(Exception):
    pass

ANSWERS = iter(os.environ.get("ANSWERS", "").split())

class Connection:
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return False
    def cursor(self):
        return self
    def execute(self, question, values=()):
        self.lock = "advisory" in question
        if self.lock:
            print("lock" if "advisory_lock" in question else "unlock", flush=True)
        else:
            self.answer = next(ANSWERS)
    def fetchone(self):
        if self.answer == "-":
            return None
        if self.answer == "NULL":
            return (None,)
        number = re.fullmatch(r"-?[0-9.]+", self.answer)
        return (Decimal(self.answer) if number else self.answer,)

def connect(**settings):
    print("connect", settings["host"], settings["user"], settings["dbname"], flush=True)
    if "error" in os.environ.get("ANSWERS", "").split()[:1]:
        raise OperationalError("connection refused\\nmore of it")
    return Connection()
'''

AIRFLOW = """
_REVISION_HEADS_MAP: dict[str, str] = {"2.0.0": "aaa", "3.2.0": "old", "3.3.0": "new"}
raise SystemExit("imported, which costs seconds")
"""
FAB = '_REVISION_HEADS_MAP = {"1.4.0": "fab-old", "3.1.0": "fab-new"}\n'
MAIN = """
import sys
def main():
    print("airflow", *sys.argv[1:], flush=True)
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An image of Airflow as far as the scripts look into it, and a psycopg2 of ours."""
    files = {
        "psycopg2.py": PSYCOPG2,
        "airflow/__init__.py": 'print("importing airflow", flush=True)\n',
        "airflow/__main__.py": MAIN,
        "airflow/utils/db.py": AIRFLOW,
        "airflow/providers/fab/auth_manager/models/db.py": FAB,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def python(image: Path, *arguments: str, answers: str = "", **environment: str) -> Done:
    """Run Python with the scripts and the image's modules at hand."""
    path = os.pathsep.join(map(str, [*SCRIPTS, image]))
    settings = {**DATABASE, "PYTHONPATH": path, "ANSWERS": answers, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=30)


def script(name: str) -> str:
    return str(next(folder / name for folder in SCRIPTS if (folder / name).exists()))


@pytest.mark.parametrize(
    "password",
    [string.printable.strip(), "p@ss:w/rd?#[]%25&=+ x", "%", "ümläut-密碼", "a'b\"c`d\\e$f", " spaces "],
    ids=ascii,
)
def test_the_url_takes_any_password(password: str, image: Path) -> None:
    done = python(image, script("airflow_database.py"), POSTGRES_PASSWORD=password)
    url = urlsplit(done.stdout)
    assert unquote(str(url.password)) == password
    assert (url.scheme, url.username, url.hostname, url.port) == ("postgresql+psycopg2", "airflow", "postgres-db", 5432)
    assert (url.path, url.query, url.fragment) == ("/airflow", "", "")


def test_the_url_takes_any_user_and_database(image: Path) -> None:
    done = python(image, script("airflow_database.py"), POSTGRES_USER="a@b", POSTGRES_DB="x/y?z")
    assert done.stdout == "postgresql+psycopg2://a%40b:s3cret@postgres-db:5432/x%2Fy%3Fz"


def test_the_url_ends_without_a_line_end_and_needs_no_driver(tmp_path: Path) -> None:
    done = python(tmp_path, script("airflow_database.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("/airflow")


def test_the_wanted_schema_is_read_without_a_start_of_airflow(image: Path) -> None:
    done = python(image, "-c", "import airflow_schema; print(airflow_schema.wanted())")
    assert done.stdout == "{'alembic_version': 'new', 'alembic_version_fab': 'fab-new'}\n", done.stderr


def test_an_image_without_revisions_is_told(image: Path) -> None:
    (image / "airflow/utils/db.py").write_text("HEADS = {}\n")
    done = python(image, "-c", "import airflow_schema; airflow_schema.wanted()")
    assert done.returncode == 1 and "is this an image of Airflow 3.3?" in done.stderr


SCHEMA = [
    ("t new t fab-new", "{'alembic_version': 'new', 'alembic_version_fab': 'fab-new'}"),
    ("NULL NULL", "{'alembic_version': None, 'alembic_version_fab': None}"),
    ("t - NULL", "{'alembic_version': None, 'alembic_version_fab': None}"),
    ("t old NULL", "{'alembic_version': 'old', 'alembic_version_fab': None}"),
]


@pytest.mark.parametrize(("answers", "current"), SCHEMA)
def test_the_schema_that_is_there(answers: str, current: str, image: Path) -> None:
    program = "import airflow_database, airflow_schema; print(airflow_schema.current(airflow_database.connect()))"
    assert python(image, "-c", program, answers=answers).stdout.splitlines()[-1] == current


ADMIN = {
    "AIRFLOW_ADMIN_USERNAME": "ada",
    "AIRFLOW_ADMIN_PASSWORD": "-s3cret-of-ada",
    "AIRFLOW_ADMIN_EMAIL": "ada@example.org",
}
CURRENT = "t new t fab-new"
CONNECTED = "connect postgres-db airflow airflow\nlock\n"


def migrate(image: Path, answers: str) -> Done:
    return python(image, script("migrate.py"), answers=answers, **ADMIN)


def test_nothing_to_migrate_is_nothing_done(image: Path) -> None:
    done = migrate(image, f"{CURRENT} 1")
    said = "the database has the schema of this image: new, fab-new\nthe user ada is there already\n"
    assert (done.returncode, done.stdout) == (0, f"{CONNECTED}{said}unlock\n"), done.stderr


@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("NULL NULL NULL", "make the database's tables"),
        ("t old t fab-new NULL", "migrate the database from revision old, fab-new to new, fab-new"),
    ],
)
def test_an_older_schema_is_migrated_under_the_lock(before: str, named: str, image: Path) -> None:
    done = migrate(image, f"{before} {CURRENT} 1")
    said = f"to do: {named}\nimporting airflow\nairflow db migrate\n"
    assert done.stdout == f"{CONNECTED}{said}the user ada is there already\nunlock\n", done.stderr


def test_a_migration_that_ends_elsewhere_fails(image: Path) -> None:
    done = migrate(image, "NULL NULL NULL t old NULL")
    assert done.returncode == 1 and "after the migration the database is at" in done.stderr
    assert done.stdout.endswith("unlock\n")


def test_the_first_user_is_made_once(image: Path) -> None:
    done = migrate(image, f"{CURRENT} -")
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("airflow users create "))
    as_airflow = argparse.ArgumentParser()
    for name in ("username", "firstname", "lastname", "role", "email", "password"):
        as_airflow.add_argument(f"--{name}", required=True)
    made = as_airflow.parse_args(line.split()[3:])
    assert (made.username, made.role, made.email) == ("ada", "Admin", "ada@example.org")
    assert made.password == "-s3cret-of-ada", "what is random may begin with a hyphen"
    assert "s3cret" not in done.stderr and "s3cret" not in " ".join(done.args)


def test_waiting_ends_with_the_migration(image: Path) -> None:
    done = python(image, script("wait_for_migrations.py"), answers=f"t old t fab-old NULL NULL {CURRENT}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "waiting for the api-server to migrate the database from revision old, fab-old to new, fab-new",
        "waiting for the api-server to make the database's tables",
    ]


def probe(image: Path, answers: str, *arguments: str) -> Done:
    (image / "sitecustomize.py").write_text("import socket\nsocket.gethostbyname = lambda name: '10.0.0.7'\n")
    return python(image, script("probe_job.py"), "SchedulerJob", *arguments, answers=answers)


@pytest.mark.parametrize(
    ("answers", "arguments", "sentence"),
    [
        ("3.5", (), ""),
        ("60", (), ""),
        ("90", ("120",), ""),
        ("-5", (), ""),
        ("61", (), "no heartbeat of SchedulerJob within 60 s: 61 s"),
        ("90", ("80",), "no heartbeat of SchedulerJob within 80 s: 90 s"),
        ("NULL", (), "no heartbeat of SchedulerJob within 60 s"),
        ("error", (), "the database doesn't answer: connection refused"),
    ],
)
def test_a_probe_passes_with_a_heartbeat(answers: str, arguments: tuple[str, ...], sentence: str, image: Path) -> None:
    done = probe(image, answers, *arguments)
    assert done.returncode == (1 if sentence else 0), done.stderr
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("3.5", ""),
        ("90", ""),
        ("91", "no success of airflow_wizard_heartbeat within 90 s: 91 s"),
        ("NULL", "is not read or is paused"),
        ("error", "the database doesn't answer: connection refused"),
    ],
)
def test_a_probe_passes_with_a_success_and_where_none_can_be(answers: str, said: str, image: Path) -> None:
    (image / "sitecustomize.py").write_text("import socket\nsocket.gethostbyname = lambda name: '10.0.0.7'\n")
    done = python(image, script("probe_heartbeat.py"), "90", answers=answers)
    assert done.returncode == (0 if answers in ("3.5", "90", "NULL") else 1), done.stderr
    assert said in done.stdout + done.stderr and "Traceback" not in done.stderr
