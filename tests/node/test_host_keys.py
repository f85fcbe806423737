"""A Git host's keys, as a pod of a real cluster sees them; the pod is removed, whatever happens."""

import pytest

from tests.node.command_line import variable
from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.host_keys import scan
from wizard.plan.derived.airflow import official_image
from wizard.plan.known_hosts import host_of, lines_for
from wizard.plan.sections.airflow import Airflow

pytestmark = [pytest.mark.cluster, pytest.mark.node]
IMAGE = official_image(Airflow().version)


def test_the_keys_are_those_of_the_host(cluster: Cluster, namespace: str) -> None:
    address = variable("GIT_SSH_URL")
    keys = scan(cluster, address, namespace, IMAGE)
    assert list(keys.lines) == lines_for(variable("GIT_KNOWN_HOSTS"), *host_of(address))[: len(keys.lines)]
    assert not cluster.list("v1", "Pod", namespace) or all(
        "deletionTimestamp" in pod["metadata"] for pod in cluster.list("v1", "Pod", namespace)
    )


def test_a_host_that_is_not_there_is_told(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(UserError, match=r"git\.invalid showed no key to a pod of this cluster: .*not known"):
        scan(cluster, "git@git.invalid:acme/dags.git", namespace, IMAGE)
    assert not [pod for pod in cluster.list("v1", "Pod", namespace) if "deletionTimestamp" not in pod["metadata"]]


def test_a_pod_that_never_ends_is_removed_too(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(UserError, match=r"did not end within 0 s"):
        scan(cluster, variable("GIT_SSH_URL"), namespace, IMAGE, timeout=0)
    assert not [pod for pod in cluster.list("v1", "Pod", namespace) if "deletionTimestamp" not in pod["metadata"]]
