"""Rehearsal of a PostgreSQL that is there: log in, and make a table that nobody else ever sees."""

import os

import airflow_database
import airflow_schema
import rehearsal

OLDEST = 13
"""The oldest PostgreSQL that Airflow 3.3 is tested with."""

TABLE = "CREATE TABLE airflow_wizard_rehearsal (id integer)"


def tried():
    try:
        connection = airflow_database.connect()
    except airflow_database.Error as error:
        raise rehearsal.Failed(airflow_database.reason(error)) from None
    major = connection.server_version // 10000
    if major < OLDEST:
        raise rehearsal.Failed(f"PostgreSQL {major} is too old: Airflow wants {OLDEST} at least")
    refusal = airflow_database.refusal(connection)
    if refusal:
        raise rehearsal.Failed(refusal)
    make_a_table(connection)
    encrypted = "encrypted" if connection.info.ssl_in_use else "not encrypted"
    return f"PostgreSQL {major}, {encrypted}; {os.environ['POSTGRES_USER']} may make tables; {tables(connection)}"


def make_a_table(connection):
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.rollback()


def tables(connection):
    """Whether an Airflow was here before: its data would be used, and migrated."""
    current = airflow_schema.current(connection)
    if not any(current.values()):
        return "no Airflow was here yet"
    return f"tables of an Airflow are there (revision {airflow_schema.named(current)})"


if __name__ == "__main__":
    rehearsal.run(tried)
