"""The database's address, from the environment: run as a program, it prints the URL for Airflow.

    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD: python /opt/airflow/scripts/airflow_database.py

A URL needs its password percent-encoded, which neither `$(VAR)` nor a Secret made by somebody else can do.
"""

import contextlib
import os
from urllib.parse import quote

LOCK = 0x41574D47
"""Number of our advisory lock; any that nobody else in this database uses."""


def url():
    name = {key: quote(os.environ[f"POSTGRES_{key}"], safe="") for key in ("USER", "PASSWORD", "DB")}
    where = f"{os.environ['POSTGRES_HOST']}:{os.environ['POSTGRES_PORT']}"
    return f"postgresql+psycopg2://{name['USER']}:{name['PASSWORD']}@{where}/{name['DB']}"


def connect():
    """A connection of psycopg2. Raises `Error`."""
    return psycopg2.connect(
        host=os.environ["POSTGRES_HOST"],
        port=os.environ["POSTGRES_PORT"],
        user=os.environ["POSTGRES_USER"],
        password=os.environ["POSTGRES_PASSWORD"],
        dbname=os.environ["POSTGRES_DB"],
        connect_timeout=5,
    )


@contextlib.contextmanager
def lock(connection):
    """Hold our lock as long as the block runs; waits for whoever holds it."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


if __name__ == "__main__":
    print(url(), end="")  # Airflow takes a line's end for a part of the database's name.
else:
    # Printing the URL must stay cheap: Airflow does it at every start, and psycopg2 isn't needed for it.
    import psycopg2

    Error = psycopg2.OperationalError
