"""Probe of the scheduler: whether the heartbeat DAG has succeeded lately.

    python probe_heartbeat.py SECONDS

Exit code 0: within SECONDS, or since this scheduler started, if that is later: what was before, and the wait for the
first success, is not its fault. Nor is a DAG that isn't there, is paused, or is no longer read: a restart of the
scheduler brings none of these back. 1: not, or the database doesn't answer.
"""

import socket
import sys

import airflow_database

DAG = "airflow_wizard_heartbeat"

QUESTION = f"""
SELECT {airflow_database.age("max(moment)")} FROM (
    SELECT max(end_date) AS moment FROM dag_run WHERE dag_id = %s AND state = 'success'
    UNION ALL
    SELECT max(start_date) FROM job WHERE job_type = 'SchedulerJob' AND state = 'running' AND hostname = %s
) AS moments
WHERE EXISTS (SELECT 1 FROM dag WHERE dag_id = %s AND NOT is_paused AND NOT is_stale)
"""


def age():
    """Seconds for which a success is missing; None where none can be expected."""
    address = socket.gethostbyname(socket.getfqdn())
    with airflow_database.cursor(airflow_database.connect()) as cursor:
        cursor.execute(QUESTION, (DAG, address, DAG))
        return cursor.fetchone()[0]


if __name__ == "__main__":
    limit = float(sys.argv[1])
    try:
        seconds = age()
    except airflow_database.Error as error:
        sys.exit(f"the database doesn't answer: {airflow_database.reason(error)}")
    if seconds is None:
        print(f"{DAG} is not read or is paused: nothing to judge the scheduler by")
    elif seconds > limit:
        sys.exit(f"no success of {DAG} within {limit:.0f} s: {seconds:.0f} s")
