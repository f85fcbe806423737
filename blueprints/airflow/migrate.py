"""Init container of the api-server: migrates the database and makes the first user, in one Python process.

Two api-servers may start at once on an empty database: a lock of ours is held over Airflow's tables and FAB's, since
Airflow's own lock doesn't cover FAB's. Where nothing is to be done, Airflow isn't even imported.
"""

import os
import sys

import airflow_database
import airflow_schema


def airflow(*arguments):
    """Run an `airflow` command in this process, so that the imports are paid for once.

    The arguments never reach the process list: they are set in here.
    """
    from airflow.__main__ import main

    sys.argv = ["airflow", *arguments]
    main()


def user_exists(connection, username):
    with airflow_database.cursor(connection) as cursor:
        cursor.execute("SELECT 1 FROM ab_user WHERE lower(username) = lower(%s)", (username,))
        return cursor.fetchone() is not None


def migrate(connection):
    wanted, current = airflow_schema.wanted(), airflow_schema.current(connection)
    if current == wanted:
        print(f"the database has the schema of this image: {airflow_schema.named(wanted)}", flush=True)
        return
    refusal = airflow_database.refusal(connection)
    if refusal:
        raise SystemExit(refusal)
    print(f"to do: {airflow_schema.work(current, wanted)}", flush=True)
    airflow("db", "migrate")
    left = airflow_schema.current(connection)
    if left != wanted:
        raise SystemExit(f"after the migration the database is at {left}; wanted was {wanted}")


def make_admin(connection):
    username = os.environ["AIRFLOW_ADMIN_USERNAME"]
    if user_exists(connection, username):
        print(f"the user {username} is there already", flush=True)
        return
    names = ("--firstname=Airflow", "--lastname=Admin", "--role=Admin", f"--username={username}")
    # With an equals sign: a value may begin with a hyphen, and would pass for an option.
    secret = (f"--email={os.environ['AIRFLOW_ADMIN_EMAIL']}", f"--password={os.environ['AIRFLOW_ADMIN_PASSWORD']}")
    airflow("users", "create", *names, *secret)


if __name__ == "__main__":
    connection = airflow_schema.wait_for_database()
    with airflow_database.lock(connection):
        migrate(connection)
        make_admin(connection)
