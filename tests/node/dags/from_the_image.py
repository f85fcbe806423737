"""A DAG of the image for tests: it says where it is, and whether its pod's template was edited."""

import os

from airflow.sdk import dag, task


@dag
def from_the_image() -> None:
    @task
    def where() -> None:
        print(f"this DAG is at {__file__}, its pod is {os.environ.get('POD_IS', 'as it was made')}")

    where()


from_the_image()
