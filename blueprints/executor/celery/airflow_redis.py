"""Redis' address with the password from the environment: run as a program, it prints a URL for Airflow.

    AIRFLOW__CELERY__BROKER_URL_CMD: python /opt/airflow/scripts/airflow_redis.py broker

A URL needs its password percent-encoded, which neither `$(VAR)` nor a second Secret that holds the whole URL can do
without going stale: this way there is one password, and both sides read it.
"""

import os
import sys
from urllib.parse import quote

ADDRESS = "redis:6379"
"""The Service beside this file."""

DATABASES = {"broker": 0, "results": 1}
"""What is kept in which of Redis' numbered databases."""


def url(purpose):
    password = quote(os.environ["REDIS_PASSWORD"], safe="")
    return f"redis://:{password}@{ADDRESS}/{DATABASES[purpose]}"


if __name__ == "__main__":
    print(url(sys.argv[1]), end="")  # Airflow takes a line's end for a part of the database's number.
