"""Two schedulers and two api-servers on a real node: they start at once on an empty database, and one may go."""

import json
import os
import time

import pytest

from tests.kubectl import kubectl
from tests.node.command_line import CommandLine, api, run_dag
from wizard.cluster.interface import Cluster, Object
from wizard.verify import DAG
from wizard.yaml_files import write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node, pytest.mark.long]

PLAN = {
    "apiVersion": "airflow-wizard/v1",
    "kind": "Plan",
    "profile": "laptop",
    "availability": {"type": "redundant"},
}


@pytest.fixture
def wizard(wizard: CommandLine) -> CommandLine:
    """The command line with this plan."""
    wizard.plan.write_text(write_yaml(PLAN))
    return wizard


def test_two_of_each(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    wizard.ok("apply", "--yes")
    wizard.ok("verify")
    assert [len(pods(cluster, namespace, each)) for each in ("scheduler", "api-server")] == [2, 2]

    servers = [pod["metadata"]["name"] for pod in pods(cluster, namespace, "api-server")]
    said = [cluster.logs(namespace, name, "migrations", tail=5000) for name in servers]
    print("\n".join(f"{name}: {log.strip().splitlines()[0]}" for name, log in zip(servers, said, strict=True)))
    assert sum("to do: make the database's tables" in log for log in said) == 1, said
    assert sum("the database has the schema of this image" in log for log in said) == 1, said
    assert sum("is there already" in log for log in said) == 1, "one of them has made the admin"
    assert restarts(cluster, namespace) == 0

    first, second = servers
    assert evict(namespace, first) == ""
    assert "disruption budget" in evict(namespace, second)

    gone = pods(cluster, namespace, "scheduler")[0]["metadata"]["name"]
    assert cluster.delete("v1", "Pod", gone, namespace)
    task = run_dag(api(cluster, namespace), DAG)
    assert task["state"] == "success", "while one scheduler is away, the other goes on"
    wait_for_two(cluster, namespace)
    wizard.ok("verify")
    wizard.ok("delete", "--yes", "--purge")


def pods(cluster: Cluster, namespace: str, component: str) -> list[Object]:
    """The ready pods of a component."""
    found = cluster.list("v1", "Pod", namespace, labels=f"component={component}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"] and _is_ready(pod)]


def _is_ready(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def restarts(cluster: Cluster, namespace: str) -> int:
    """How often anything was started anew, the migration included."""
    return sum(
        status["restartCount"]
        for pod in cluster.list("v1", "Pod", namespace)
        for key in ("initContainerStatuses", "containerStatuses")
        for status in pod["status"].get(key, [])
    )


def evict(namespace: str, pod: str) -> str:
    """Ask for an eviction, as a drain of its node does; the refusal, empty where it goes."""
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": namespace},
    }
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
    done = kubectl(
        "create",
        "--raw",
        path,
        "-f",
        "-",
        stdin=json.dumps(body),
        kubeconfig=os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"],
    )
    print(f"evict {pod}: {done.stderr or 'it goes'}")
    return done.stderr


def wait_for_two(cluster: Cluster, namespace: str) -> None:
    """Until there are two of each again."""
    end = time.monotonic() + 120
    while True:
        counts = [len(pods(cluster, namespace, each)) for each in ("scheduler", "api-server")]
        if counts == [2, 2]:
            return
        assert time.monotonic() < end, counts
        time.sleep(1)
