"""An image of one's own on a real node: its DAGs, its template of task pods, and a task that starts a pod.

The image is what `airflow-wizard image -f tests/plans/template-in-image.yaml` says, with the DAGs of tests/node/dags.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kubectl import kubectl
from tests.node.command_line import CommandLine, api, run_dag, variable
from wizard.airflow_api import AirflowApi, ApiError, part
from wizard.cluster.interface import Cluster
from wizard.watch import PODS
from wizard.yaml_files import read_yaml, write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node, pytest.mark.long]

PLAN = Path(__file__).parent.parent / "plans" / "template-in-image.yaml"


def plan_with(template: str, rights: str) -> str:
    plan = read_yaml(PLAN.read_text())
    executor = {"type": "kubernetes", "template": {"type": template}}
    logs = {**plan["logs"], "storageClass": variable("RWX_CLASS")}
    image = {"image": variable("DAGS_IMAGE")}
    return write_yaml({**plan, "airflow": image, "executor": executor, "rights": {"type": rights}, "logs": logs})


def test_dags_and_template_in_the_image_and_a_task_that_starts_a_pod(cluster: Cluster, wizard: CommandLine) -> None:
    namespace = wizard.namespace
    answer(wizard, "configMap", "none")
    wizard.ok("verify")
    airflow = api(cluster, namespace)
    state, log = run(airflow, "from_the_image")
    assert state == "success"
    assert "this DAG is at /opt/airflow/dags/from_the_image.py, its pod is as it was made" in log
    state, log = run(airflow, "starts_a_pod")
    assert state == "failed", "tasks have no rights, and no token"
    assert "No configuration found" in log

    before = control_plane(cluster, namespace)
    edit_template(cluster, namespace)
    until(lambda: "its pod is edited" in run(airflow, "from_the_image")[1], 150)
    assert control_plane(cluster, namespace) == before, "an edited template restarts nothing"

    answer(wizard, "image", "pods")
    wizard.ok("verify")
    assert cluster.get("v1", "ConfigMap", "worker-pod-template", namespace) is None
    restrict(namespace)
    airflow = api(cluster, namespace)
    state, log = run(airflow, "from_the_image")
    assert state == "success"
    assert "its pod is as it was made" in log
    state, log = run(airflow, "starts_a_pod")
    assert state == "success", log
    assert "six times seven is 42" in log
    assert "orbidden" not in log, "all that the operator asks for is granted"

    before = control_plane(cluster, namespace)
    assert "- Role airflow-tasks" in answer(wizard, "image", "none")
    assert control_plane(cluster, namespace) == before, "rights take effect without a restart"
    state, log = run(airflow, "starts_a_pod")
    assert state == "failed"
    assert "403" in log
    wizard.ok("delete", "--yes", "--purge")
    assert cluster.get("v1", "Namespace", namespace) is None


def answer(wizard: CommandLine, template: str, rights: str) -> str:
    """Apply the plan with these answers; what was said."""
    wizard.plan.write_text(plan_with(template, rights))
    return wizard.ok("apply", "--yes").err


def run(airflow: AirflowApi, dag: str) -> tuple[str, str]:
    """Run a DAG of the image to its end: the state of its task, and its log."""
    until(lambda: is_there(airflow, dag), 90)
    task = run_dag(airflow, dag)
    path = f"/api/v2/dags/{dag}/dagRuns/{part(task['dag_run_id'])}/taskInstances/{task['task_id']}/logs/1"
    log = "\n".join(str(line) for line in airflow.call("GET", path)["content"])
    print(log)
    return task["state"], log


def is_there(airflow: AirflowApi, dag: str) -> bool:
    try:
        airflow.call("GET", f"/api/v2/dags/{dag}")
    except ApiError as error:
        assert error.status == 404
        return False
    return True


def until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"not within {seconds:.0f} s"
        time.sleep(0.5)


def control_plane(cluster: Cluster, namespace: str) -> set[tuple[str, int]]:
    """The pods that stay, by uid and restarts."""
    return {
        (pod["metadata"]["uid"], sum(each["restartCount"] for each in pod["status"]["containerStatuses"]))
        for pod in cluster.list("v1", "Pod", namespace, labels=PODS)
        if "deletionTimestamp" not in pod["metadata"]
    }


def edit_template(cluster: Cluster, namespace: str) -> None:
    """Edit the ConfigMap by hand, as with `kubectl edit`."""
    config_map = cluster.get("v1", "ConfigMap", "worker-pod-template", namespace)
    assert config_map is not None
    pod: dict[str, Any] = read_yaml(config_map["data"]["worker_pod_template.yaml"])
    pod["spec"]["containers"][0]["env"] = [{"name": "POD_IS", "value": "edited"}]
    patch = write_yaml({"data": {"worker_pod_template.yaml": write_yaml(pod)}})
    on_cluster("patch", "configmap", "worker-pod-template", "-n", namespace, "--patch", patch)


def restrict(namespace: str) -> None:
    """From here on, no pod is let in that is not "restricted"."""
    on_cluster("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")


def on_cluster(*arguments: str) -> None:
    done = kubectl(*arguments, kubeconfig=os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"])
    assert done.returncode == 0, done.stderr
