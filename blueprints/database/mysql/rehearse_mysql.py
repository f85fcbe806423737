"""Rehearsal of a MySQL that is there: log in, and make a table. MySQL can't roll that back: it is deleted at once."""

import os

import rehearsal

TABLE = "airflow_wizard_rehearsal"


def tried():
    try:
        import airflow_database
    except ImportError as error:
        raise rehearsal.Failed(f"it cannot be tried: the image has no driver ({error})") from None
    try:
        connection = airflow_database.connect()
    except airflow_database.Error as error:
        raise rehearsal.Failed(airflow_database.reason(error)) from None
    with airflow_database.cursor(connection) as cursor:
        cursor.execute("SELECT version(), @@character_set_database")
        version, characters = cursor.fetchone()
        cursor.execute(f"CREATE TABLE {TABLE} (id integer)")
        cursor.execute(f"DROP TABLE {TABLE}")
    return f"MySQL {version}, {characters}; {os.environ['MYSQL_USER']} may make tables"


if __name__ == "__main__":
    rehearsal.run(tried)
