"""Init container of all but the api-server: waits until the database has the schema that this image wants.

Not just until there is some schema: after an upgrade, the old one is still there while the api-server migrates.
"""

import time

import airflow_database
import airflow_schema


def wait():
    wanted, said = airflow_schema.wanted(), None
    connection = airflow_schema.wait_for_database()
    while True:
        try:
            current = airflow_schema.current(connection)
        except airflow_database.Error:
            connection = airflow_schema.wait_for_database()
            continue
        if current == wanted:
            return
        if current != said:
            said = current
            print(f"waiting for the api-server to {airflow_schema.work(current, wanted)}", flush=True)
        time.sleep(0.5)


if __name__ == "__main__":
    with airflow_schema.may_be_ended():
        wait()
