"""The scripts of CeleryExecutor, beside its manifests: tried here without Redis or Celery."""

import hashlib
import os
import string
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.catalogue import Object, bodies
from wizard.blueprints_folder import BLUEPRINTS

SCRIPTS = BLUEPRINTS / "executor" / "celery"
PLAN = Path(__file__).parent.parent / "plans" / "executor-celery.yaml"
PASSWORD = "s3cret"

REDIS = """
import os
class RedisError(Exception):
    pass
class Redis:
    @classmethod
    def from_url(cls, url, **timeouts):
        return cls()
    def ping(self):
        if "away" in os.environ["REDIS"]:
            raise RedisError("Error 111 connecting to redis:6379. Connection refused.")
        return True
"""
CELERY = """
import os
class Celery:
    def __init__(self, broker):
        self.control = self
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass
    def ping(self, destination, timeout):
        print("asked", *destination, timeout, flush=True)
        return [{name: {"ok": "pong"}} for name in destination if os.environ["WORKER"] == "answers"]
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Modules of ours in the place of Redis' client and Celery."""
    (tmp_path / "redis.py").write_text(REDIS)
    (tmp_path / "celery.py").write_text(CELERY)
    return tmp_path


def python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    settings = {"REDIS_PASSWORD": PASSWORD, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    "password", [string.printable.strip(), "p@ss:w/rd?#[]%25&=+ x", "%", "ümläut-密碼", " spaces "], ids=ascii
)
@pytest.mark.parametrize(("purpose", "database"), [("broker", "/0"), ("results", "/1")])
def test_the_url_takes_any_password(password: str, purpose: str, database: str) -> None:
    done = python("airflow_redis.py", purpose, REDIS_PASSWORD=password)
    url = urlsplit(done.stdout)
    assert unquote(str(url.password)) == password
    assert (url.scheme, url.username, url.path, url.query, url.fragment) == ("redis", "", database, "", "")


def test_the_url_is_of_the_service_beside_it() -> None:
    (service,) = (body for body in bodies(PLAN) if (body["kind"], body["metadata"]["name"]) == ("Service", "redis"))
    url = urlsplit(python("airflow_redis.py", "broker").stdout)
    assert (url.hostname, url.port) == (service["metadata"]["name"], service["spec"]["ports"][0]["port"])


@pytest.mark.parametrize(
    ("redis", "worker", "arguments", "code"),
    [
        ("there", "answers", (), 0),
        ("there", "answers", ("--without-redis",), 0),
        ("there", "is silent", (), 1),
        ("there", "is silent", ("--without-redis",), 1),
        ("away", "answers", (), 1),
        ("away", "answers", ("--without-redis",), 0),
    ],
)
def test_a_worker_is_asked(redis: str, worker: str, arguments: tuple[str, ...], code: int, image: Path) -> None:
    done = python("probe_worker.py", "2", *arguments, PYTHONPATH=str(image), REDIS=redis, WORKER=worker)
    assert done.returncode == code, done.stderr
    assert (worker == "answers" or "doesn't answer within 2 s" in done.stderr) and "Traceback" not in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    if redis == "away":
        assert "Connection refused" in done.stdout
    else:
        assert done.stdout == f"asked celery@{os.uname().nodename} 2.0\n"


def test_redis_gets_the_passwords_hash_and_not_in_an_argument(tmp_path: Path) -> None:
    """The container's own command, with a program in the place of redis-server that shows what it is given."""
    server = tmp_path / "redis-server"
    server.write_text('#!/bin/sh\necho "$@"\ncat\n')
    server.chmod(0o755)
    password = "p@ss' \"$x\\%"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "REDIS_PASSWORD": password}
    done = subprocess.run(_container("redis")["command"], env=environment, capture_output=True, text=True, timeout=30)
    hashed = hashlib.sha256(password.encode()).hexdigest()
    assert done.stdout == f'-\nuser default on #{hashed} ~* &* +@all\nsave ""\n', done.stderr


def _container(deployment: str) -> Object:
    (body,) = (each for each in bodies(PLAN) if (each["kind"], each["metadata"]["name"]) == ("Deployment", deployment))
    container: Object = body["spec"]["template"]["spec"]["containers"][0]
    return container
