"""Probe: whether this pod's job (SchedulerJob, TriggererJob, DagProcessorJob) had a heartbeat lately.

    python probe_job.py DagProcessorJob [SECONDS]

Exit code 0: within SECONDS (60). 1: not, or the database doesn't answer.
"""

import socket
import sys

import airflow_database

QUESTION = f"""
SELECT {airflow_database.age("max(latest_heartbeat)")} FROM job
WHERE job_type = %s AND state = 'running' AND hostname = %s
"""


def age(job_type):
    """Seconds since the last heartbeat, or None. Jobs are known by the address that [core] hostname_callable gives."""
    address = socket.gethostbyname(socket.getfqdn())
    with airflow_database.cursor(airflow_database.connect()) as cursor:
        cursor.execute(QUESTION, (job_type, address))
        return cursor.fetchone()[0]


if __name__ == "__main__":
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    try:
        seconds = age(sys.argv[1])
    except airflow_database.Error as error:
        sys.exit(f"the database doesn't answer: {airflow_database.reason(error)}")
    if seconds is None or seconds > limit:
        sys.exit(
            f"no heartbeat of {sys.argv[1]} within {limit:.0f} s" + ("" if seconds is None else f": {seconds:.0f} s")
        )
