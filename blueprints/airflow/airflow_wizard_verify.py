"""The DAG of `airflow-wizard verify`: one task that logs what it was asked to say. It runs only when asked."""

import time

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False, is_paused_upon_creation=False, tags=["airflow-wizard"])
def airflow_wizard_verify():
    @task
    def say(**context):
        conf = context["dag_run"].conf
        print("airflow-wizard verify says:", conf.get("say"))
        # Where logs go with the pod, this one stays until its log was surely read.
        time.sleep(min(float(conf.get("stay") or 0), 120))

    say()


airflow_wizard_verify()
