"""What each component's account may do, asked of a real API server: what it needs, and nothing else.

The Roles are applied as rendered, and the server lists what each account may: `kubectl auth can-i --list`.
"""

import os
import time
from pathlib import Path

import pytest

from tests.catalogue import plan_of, rendered
from tests.conftest import KUBECONFIG
from tests.kubectl import kubectl
from tests.test_catalogue_on_cluster import moved
from wizard.cluster.interface import Cluster

pytestmark = pytest.mark.cluster

PLANS = Path(__file__).parent.parent / "plans"
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")
Rights = dict[str, set[str]]

RUN_TASKS_IN_PODS: Rights = {"pods": {"create", "get", "list", "watch", "patch", "delete"}, "pods/log": {"get"}}
SHOW_LOGS: Rights = {"pods": {"list"}, "pods/log": {"get"}}
START_PODS: Rights = {"pods": {"create", "get", "list", "patch", "delete"}, "pods/log": {"get"}, "events": {"list"}}


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("laptop", {}),
        ("rights-local", {"scheduler": START_PODS}),
        (
            "rights-several",
            {
                "scheduler": {**RUN_TASKS_IN_PODS, "events": {"list"}},
                "api-server": SHOW_LOGS,
                "worker": START_PODS,
            },
        ),
        ("team", {"scheduler": RUN_TASKS_IN_PODS, "api-server": SHOW_LOGS}),
        (
            "template-in-image",
            {"scheduler": RUN_TASKS_IN_PODS, "api-server": SHOW_LOGS, "worker": START_PODS},
        ),
    ],
)
def test_each_account_may_do_what_it_needs(
    cluster: Cluster, namespace: str, plan: str, expected: dict[str, Rights]
) -> None:
    file = PLANS / f"{plan}.yaml"
    for manifest in rendered(file).manifests:
        if manifest.kind in ("Role", "RoleBinding"):
            cluster.apply(moved(manifest.body, plan_of(file).namespace, namespace))
    end = time.monotonic() + 30
    while (seen := rights(namespace)) != expected and time.monotonic() < end:
        time.sleep(0.2)  # the server takes new Roles into account in its own time
    assert seen == expected


def rights(namespace: str) -> dict[str, Rights]:
    """What each component's account may do in the namespace, beyond what every account may."""
    everybodys = may(namespace, "default")
    granted = {
        component: {what: verbs for what, verbs in may(namespace, f"airflow-{component}").items() if verbs}
        for component in COMPONENTS
    }
    own = {
        component: {what: verbs for what, verbs in found.items() if everybodys.get(what) != verbs}
        for component, found in granted.items()
    }
    return {component: found for component, found in own.items() if found}


def may(namespace: str, account: str) -> Rights:
    """All that the server says an account may do in the namespace: verbs by resource, or by URL."""
    user = f"system:serviceaccount:{namespace}:{account}"
    done = kubectl(
        *("auth", "can-i", "--list", "--no-headers", "--as", user, "-n", namespace), kubeconfig=os.environ[KUBECONFIG]
    )
    assert done.returncode == 0, done.stderr
    found: Rights = {}
    for line in done.stdout.splitlines():
        what, _, verbs = line.partition("[")
        found.setdefault(what.strip() or verbs.partition("]")[0], set()).update(line.rpartition("[")[2][:-1].split())
    return found
