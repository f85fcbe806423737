"""airflow-wizard: from questions to an Airflow on Kubernetes that ran a task."""

__version__ = "0.1.0"
