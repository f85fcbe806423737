"""The steps of the wizard, by the names that answers have."""

STEPS = {
    "cluster": "Cluster",
    "airflow": "Airflow",
    "dags": "DAGs",
    "executor": "Executor",
    "database": "Database",
    "logs": "Logs",
    "login": "Login",
    "access": "Access",
    "nodes": "Nodes",
    "liveness": "Liveness",
    "availability": "Availability",
    "platform": "Platform",
}
"""The steps that ask, by the section of the plan they fill."""

RAIL = {**STEPS, "review": "Review", "apply": "Apply"}
"""All steps in order: those that ask, then the two that show and do."""

UNSEEN = "·"
"""The sign of a step that nobody has looked at yet."""
