"""The heartbeat DAG: its last success tells the scheduler's liveness probe that tasks are scheduled and run."""

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

INTERVAL = timedelta(seconds=int(os.environ["AIRFLOW_WIZARD_HEARTBEAT_SECONDS"]))


# A run that a restart has left behind must not hold the next ones back, hence the timeout.
@dag(
    schedule=INTERVAL,
    start_date=datetime(2020, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=INTERVAL,
    is_paused_upon_creation=False,
    tags=["airflow-wizard"],
)
def airflow_wizard_heartbeat():
    # First in a queue: where slots are short, it takes the next that gets free.
    @task(priority_weight=1_000_000, weight_rule="absolute")
    def beat():
        print("a task was scheduled, and runs")

    beat()


airflow_wizard_heartbeat()
