"""The database's address, from the environment, and what differs from database to database: here PostgreSQL.

    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD: python /opt/airflow/scripts/airflow_database.py [DRIVER]

Run as a program, it prints the URL for Airflow. A URL needs its password percent-encoded, which neither `$(VAR)` nor a
Secret made by somebody else can do.
"""

import contextlib
import os
import sys
from urllib.parse import quote, urlencode

LOCK = 0x41574D47
"""Number of our advisory lock; any that nobody else in this database uses."""

TLS = {"sslmode": "POSTGRES_SSLMODE", "sslrootcert": "POSTGRES_SSLROOTCERT"}


def tls():
    """Whether and how to encrypt, by libpq's names; nothing where the driver decides."""
    return {name: os.environ[variable] for name, variable in TLS.items() if variable in os.environ}


def url(driver="psycopg2"):
    name = {key: quote(os.environ[f"POSTGRES_{key}"], safe="") for key in ("USER", "PASSWORD", "DB")}
    host, port = os.environ["POSTGRES_HOST"], os.environ["POSTGRES_PORT"]
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    query = f"?{urlencode(tls())}" if tls() else ""
    return f"postgresql+{driver}://{name['USER']}:{name['PASSWORD']}@{where}/{name['DB']}{query}"


def connect():
    """A connection of psycopg2. Raises `Error`."""
    return psycopg2.connect(
        host=os.environ["POSTGRES_HOST"],
        port=os.environ["POSTGRES_PORT"],
        user=os.environ["POSTGRES_USER"],
        password=os.environ["POSTGRES_PASSWORD"],
        dbname=os.environ["POSTGRES_DB"],
        connect_timeout=5,
        **tls(),
    )


def reason(error):
    """Why there is no connection, in a line: libpq begins with an address that we know, and may add hints."""
    said = str(error).strip().splitlines()[0].rpartition(" failed: ")[2].removeprefix("FATAL:  ")
    return f"{said} ({os.environ['POSTGRES_HOST']}:{os.environ['POSTGRES_PORT']})"


@contextlib.contextmanager
def cursor(connection):
    """A cursor, in a transaction of its own."""
    with connection, connection.cursor() as opened:
        yield opened


@contextlib.contextmanager
def lock(connection):
    """Hold our lock as long as the block runs; waits for whoever holds it."""
    with cursor(connection) as asked:
        asked.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        with cursor(connection) as asked:
            asked.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def has_table(asked, table):
    """Whether a table is there, where this user looks for tables."""
    asked.execute("SELECT to_regclass(%s)", (table,))
    return asked.fetchone()[0] is not None


def age(moment):
    """SQL for the seconds since a moment, which is SQL too."""
    return f"extract(epoch FROM now() - {moment})"


GRANT = """
SELECT CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN NULL
ELSE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', coalesce(current_schema(), 'public'), current_user) END
"""


def refusal(connection):
    """Why this user can make no tables, with the way out; empty where it can.

    Since PostgreSQL 15 nobody but the database's owner may make tables in schema public.
    """
    with cursor(connection) as asked:
        asked.execute(GRANT)
        grant = asked.fetchone()[0]
    database = os.environ["POSTGRES_DB"]
    return f"this user may make no tables; as the owner of database {database}, run there: {grant}" if grant else ""


if __name__ == "__main__":
    print(url(*sys.argv[1:]), end="")  # Airflow takes a line's end for a part of the database's name.
else:
    # Printing the URL must stay cheap: Airflow does it at every start, and psycopg2 isn't needed for it.
    import psycopg2

    Error = psycopg2.OperationalError
