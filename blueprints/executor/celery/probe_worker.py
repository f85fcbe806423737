"""Probe: whether this pod's Celery worker answers, asked through Redis. Starts neither Airflow nor `celery`.

    python probe_worker.py SECONDS [--without-redis]

Exit code 0: the worker answered within SECONDS; with --without-redis also where Redis doesn't, since a worker comes
back by itself and a restart would end the tasks that it runs. 1: it didn't answer.
"""

import socket
import sys

import airflow_redis
from celery import Celery
from redis import Redis, RedisError


def redis_answers(url):
    """Asked by itself: Celery would go on trying for ever."""
    try:
        return Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
    except RedisError as error:
        print(f"Redis doesn't answer: {error}", flush=True)
        return False


def worker_answers(url, name, seconds):
    with Celery(broker=url) as app:
        return app.control.ping(destination=[name], timeout=seconds)


if __name__ == "__main__":
    url, name, seconds = airflow_redis.url("broker"), f"celery@{socket.gethostname()}", float(sys.argv[1])
    if not redis_answers(url):
        sys.exit(0 if "--without-redis" in sys.argv else 1)
    if not worker_answers(url, name, seconds):
        sys.exit(f"{name} doesn't answer within {seconds:.0f} s")
