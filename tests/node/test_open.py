"""The day after, on a real node: what a component says, and a way to the page that outlives its pod."""

import base64
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.node.command_line import CommandLine, variable
from wizard.cluster.interface import Cluster
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]


@dataclass(frozen=True)
class Running:
    """A command that goes on, and the files to which it writes."""

    process: "subprocess.Popen[bytes]"
    out: Path
    err: Path

    def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait for a condition; the command must not end meanwhile."""
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.out.read_text() + self.err.read_text()
            time.sleep(0.2)

    def interrupted(self) -> int:
        """The exit code after Ctrl-C, which comes soon and without a traceback."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(10)
        print(f"{self.err.read_text()}-> {code}")
        assert "Traceback" not in self.err.read_text()
        return code


@contextmanager
def running(wizard: CommandLine, folder: Path, *arguments: str) -> Iterator[Running]:
    """Start a command with the plan and the namespace."""
    name = arguments[0]
    out, err = folder / f"{name}.out", folder / f"{name}.err"
    command = [sys.executable, "-m", "wizard", *arguments, "-f", str(wizard.plan), "-n", wizard.namespace]
    command += ["--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]]
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    try:
        yield Running(process, out, err)
    finally:
        process.kill()
        process.wait()


def test_the_day_after(cluster: Cluster, shared: CommandLine, tmp_path: Path) -> None:
    dags = {"type": "git-sync", "repository": variable("GIT_HTTP_URL"), "credentials": {"type": "none"}}
    shared.plan.write_text(
        write_yaml({"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "dags": dags})
    )
    shared.ok("apply", "--yes")
    _logs(shared)
    _a_line_that_comes_later(cluster, shared, tmp_path)
    _a_page_that_outlives_its_pod(cluster, shared, tmp_path)


def _logs(wizard: CommandLine) -> None:
    assert "Starting the scheduler" in wizard.ok("logs", "scheduler").out
    assert len(wizard.ok("logs", "scheduler", "--tail", "2").out.splitlines()) == 2
    assert "updated successfully" in wizard.ok("logs", "dag-processor", "-c", "git-sync-init").out
    sidecar = wizard.ok("logs", "dag-processor", "-c", "git-sync")
    assert sidecar.out or "container git-sync has said nothing" in sidecar.err
    migrations = wizard.ok("logs", "api-server", "-c", "migrations", "--tail", "-1").out
    assert "to do: " in migrations or "the database has the schema" in migrations
    absent = wizard.run("logs", "redis")
    assert (absent.code, absent.out) == (1, "") and "There are: api-server, scheduler" in absent.err
    wrong = wizard.run("logs", "scheduler", "-c", "web")
    assert wrong.code == 1 and "They have: scheduler, git-sync, migrations, git-sync-init." in wrong.err
    earlier = wizard.run("logs", "api-server", "--previous")
    assert earlier.code == 1 and "Only a container that was restarted" in earlier.err


def _a_line_that_comes_later(cluster: Cluster, wizard: CommandLine, folder: Path) -> None:
    """Said by the scheduler's own process, as far as its container's log can tell."""
    (pod,) = _pods(cluster, wizard.namespace, "scheduler")
    before, after = secrets.token_hex(8), secrets.token_hex(8)

    def say(word: str) -> None:
        done = cluster.exec(wizard.namespace, pod, "scheduler", ["sh", "-c", f"echo {word} > /proc/1/fd/1"])
        assert done == (0, "", "")

    say(before)
    with running(wizard, folder, "logs", "scheduler", "--follow", "--tail", "20") as followed:
        followed.until(lambda: f"{before}\n" in followed.out.read_text(), 20)
        say(after)
        followed.until(lambda: f"{after}\n" in followed.out.read_text(), 20)
        assert followed.interrupted() == 130


def _a_page_that_outlives_its_pod(cluster: Cluster, wizard: CommandLine, folder: Path) -> None:
    namespace = wizard.namespace
    secret = cluster.get("v1", "Secret", "airflow-admin", namespace)
    assert secret is not None
    with running(wizard, folder, "open", "--port", "0", "--browser=false") as opened:
        opened.until(lambda: opened.out.read_text().endswith("/\n"), 20)
        url = opened.out.read_text().strip()
        assert b'"version"' in _get(url, "api/v2/version", 200)
        assert b"csrf_token" in _get(url, "auth/login/", 200)

        (pod,) = _pods(cluster, namespace, "api-server")
        cluster.delete("v1", "Pod", pod, namespace)
        assert b"no api-server pod is ready" in _get(url, "api/v2/version", 503)
        opened.until(lambda: _status(url, "api/v2/version") == 200, 120)
        assert b"csrf_token" in _get(url, "auth/login/", 200)

        assert opened.interrupted() == 0, "Ctrl-C is its usual end"
        said = opened.err.read_text()
        assert opened.out.read_text() == f"{url}\n"
        assert said.count("no api-server pod is ready") == 1 and said.count("connected to airflow-api-server-") == 2
        assert "User     admin" in said and "kubectl get secret" in said
        assert base64.b64decode(secret["data"]["password"]).decode() not in said


def _pods(cluster: Cluster, namespace: str, component: str) -> list[str]:
    pods = cluster.list("v1", "Pod", namespace, labels=f"component={component}")
    return [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]]


def _ask(url: str, path: str) -> tuple[int, bytes]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    try:
        connection.request("GET", place.path + path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _status(url: str, path: str) -> int:
    return _ask(url, path)[0]


def _get(url: str, path: str, status: int) -> bytes:
    answered, body = _ask(url, path)
    assert answered == status, body
    return body
