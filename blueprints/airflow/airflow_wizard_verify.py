"""The DAG of `airflow-wizard verify`: one task that logs what it was asked to say. It runs only when asked."""

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False, is_paused_upon_creation=False, tags=["airflow-wizard"])
def airflow_wizard_verify():
    @task
    def say(**context):
        print("airflow-wizard verify says:", context["dag_run"].conf.get("say"))

    say()


airflow_wizard_verify()
