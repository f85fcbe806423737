"""The database's address, from the environment, and what differs from database to database: here MySQL.

    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD: python /opt/airflow/scripts/airflow_database.py

Run as a program, it prints the URL for Airflow. A URL needs its password percent-encoded, which neither `$(VAR)` nor a
Secret made by somebody else can do.
"""

import contextlib
import os
from urllib.parse import quote

LOCK = "concat('airflow-wizard/', md5(database()))"
"""SQL for the name of our lock: a lock is the whole server's, and its name at most 64 characters long."""

DAY = 24 * 60 * 60
"""Seconds; MySQL wants to know how long to wait for a lock."""


def url():
    name = {key: quote(os.environ[f"MYSQL_{key}"], safe="") for key in ("USER", "PASSWORD", "DATABASE")}
    host, port = os.environ["MYSQL_HOST"], os.environ["MYSQL_PORT"]
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"mysql+mysqldb://{name['USER']}:{name['PASSWORD']}@{where}/{name['DATABASE']}"


def connect():
    """A connection of MySQLdb. Raises `Error`.

    Each statement is a transaction of its own: within one, MySQL would answer the same for ever. Airflow keeps its
    times in UTC.
    """
    return MySQLdb.connect(
        host=os.environ["MYSQL_HOST"],
        port=int(os.environ["MYSQL_PORT"]),
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        database=os.environ["MYSQL_DATABASE"],
        charset="utf8mb4",
        connect_timeout=5,
        autocommit=True,
        init_command="SET time_zone = '+00:00'",
    )


def reason(error):
    """Why there is no connection, in a line: the driver's errors are a number and a sentence."""
    said = str(error.args[-1]).strip().splitlines()[0]
    return f"{said} ({os.environ['MYSQL_HOST']}:{os.environ['MYSQL_PORT']})"


@contextlib.contextmanager
def cursor(connection):
    """A cursor. MySQLdb's own context of a connection would close it."""
    with contextlib.closing(connection.cursor()) as opened:
        yield opened


@contextlib.contextmanager
def lock(connection):
    """Hold our lock as long as the block runs; waits for whoever holds it."""
    with cursor(connection) as asked:
        asked.execute(f"SELECT get_lock({LOCK}, {DAY})")
        if asked.fetchone()[0] != 1:
            raise SystemExit("another migration holds its lock for a day already")
    try:
        yield
    finally:
        with cursor(connection) as asked:
            asked.execute(f"SELECT release_lock({LOCK})")


def has_table(asked, table):
    """Whether a table is there."""
    where = "table_schema = database() AND table_name = %s"
    asked.execute(f"SELECT count(*) FROM information_schema.tables WHERE {where}", (table,))
    return asked.fetchone()[0] > 0


def age(moment):
    """SQL for the seconds since a moment, which is SQL too."""
    return f"timestampdiff(MICROSECOND, {moment}, now(6)) / 1000000"


def refusal(connection):
    """Empty: MySQL tells whoever may not use a database when they connect."""
    return ""


if __name__ == "__main__":
    print(url(), end="")  # Airflow takes a line's end for a part of the database's name.
else:
    # Printing the URL must stay cheap: Airflow does it at every start, and MySQLdb isn't needed for it.
    import MySQLdb

    Error = MySQLdb.OperationalError
