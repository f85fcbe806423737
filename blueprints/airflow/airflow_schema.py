"""What schema this image wants and what schema the database has, without starting Airflow."""

import ast
import contextlib
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import airflow_database

AIRFLOW = ("alembic_version", "airflow", "utils/db.py")
FAB = ("alembic_version_fab", "airflow", "providers/fab/auth_manager/models/db.py")


def wanted():
    """The head revision by version table, from the source of this image's Airflow and FAB provider."""
    return {table: _head(package, file) for table, package, file in (AIRFLOW, FAB)}


def _head(package, file):
    # find_spec doesn't import the package: importing Airflow costs seconds.
    source = Path(find_spec(package).submodule_search_locations[0], file)
    for node in ast.parse(source.read_text("utf-8")).body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        if any(getattr(target, "id", "") == "_REVISION_HEADS_MAP" for target in targets):
            return list(ast.literal_eval(node.value).values())[-1]
    raise SystemExit(f"{source} doesn't say its revision: is this an image of Airflow 3.3?")


def current(connection):
    """The revision by version table; None for a table that isn't there."""
    found = {}
    for table, _, _ in (AIRFLOW, FAB):
        with airflow_database.cursor(connection) as cursor:
            if not airflow_database.has_table(cursor, table):
                found[table] = None
                continue
            cursor.execute(f"SELECT version_num FROM {table}")
            row = cursor.fetchone()
            found[table] = row[0] if row else None
    return found


def named(revisions):
    """Revisions in words."""
    return ", ".join(revision or "none" for revision in revisions.values())


def work(current, wanted):
    """What is to be done to a database that isn't as this image wants it, in words."""
    if not any(current.values()):
        return "make the database's tables"
    return f"migrate the database from revision {named(current)} to {named(wanted)}"


@contextlib.contextmanager
def may_be_ended():
    """While there is nothing to lose, end when told to: a container's first process would otherwise ignore that, and
    who has mended an answer would wait half a minute for the old pod to be killed."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_for_database():
    """A connection, as soon as the database takes one. Says what it waits for whenever that changes."""
    said = None
    with may_be_ended():
        while True:
            try:
                return airflow_database.connect()
            except airflow_database.Error as error:
                reason = airflow_database.reason(error)
                if reason != said:
                    said = reason
                    print(f"waiting for the database: {reason}", flush=True)
                time.sleep(0.5)
