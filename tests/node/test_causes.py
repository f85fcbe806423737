"""What keeps pods from becoming ready, made to happen: each is told by its cause. No Airflow is started."""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.command_line import variable
from wizard.cluster.interface import Cluster, Object
from wizard.deploy_key import new_private_key
from wizard.errors import UserError
from wizard.plan.file import complete
from wizard.render import render
from wizard.render.manifests import MANAGED_BY
from wizard.secrets import make
from wizard.watch import rollouts
from wizard.yaml_files import read_yaml, write_yaml

pytestmark = [pytest.mark.cluster, pytest.mark.node]

IMAGE = "docker.io/apache/airflow:3.3.2"
NOTHING = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
FILL_MEMORY = "import time; kept = bytearray(512 << 20); time.sleep(600)"

POD: dict[str, tuple[dict[str, Any], str]] = {
    "selector": (
        {"nodeSelector": {"no-such": "label"}},
        "no node has these labels: mend nodes.controlPlane.nodeSelector",
    ),
    "claim-missing": (
        {"volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "no-such"}}]},
        "its claim has no volume",
    ),
    "claim-pending": (
        {"volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "pending"}}]},
        "its claim has no volume: name a StorageClass that offers it in",
    ),
    "mount": (
        {"volumes": [{"name": "a", "secret": {"secretName": "no-such"}}]},
        "it reads no-such, which is not there",
    ),
}
CONTAINER: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({"image": "docker.io/example/no-such-image:1"}, "airflow.image"),
    "image-name": ({"image": "Not an image"}, "there is no such image"),
    "room": ({"resources": {"requests": {"cpu": "500"}}}, "no node has enough cpu left"),
    "memory": (
        {
            "command": ["python", "-c", FILL_MEMORY],
            "resources": {"limits": {"memory": "64Mi"}},
        },
        "it used more memory than its limit and was killed",
    ),
    "liveness": ({"livenessProbe": NOTHING}, "it stopped answering and was restarted: the node is short of CPU"),
    "startup": ({"startupProbe": NOTHING}, "it took longer to start than its startup probe waits"),
    "variable": ({"envFrom": [{"secretRef": {"name": "no-such"}}]}, "it reads no-such, which is not there"),
    "insecure": ({"securityContext": {"privileged": True}}, "the namespace enforces Pod Security restricted"),
}


def deployment(name: str, namespace: str, pod: dict[str, Any], container: dict[str, Any]) -> Object:
    """A Deployment that is watched like ours; it sleeps, and is never ready."""
    labels = {"app": name, "airflow-wizard/role": "control-plane"}
    main = {
        "name": "main",
        "image": IMAGE,
        "command": ["sleep", "600"],
        "readinessProbe": NOTHING,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **container,
    }
    users = {"runAsNonRoot": True, "runAsUser": 50000, "runAsGroup": 0, "fsGroup": 0}
    context = {**users, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"terminationGracePeriodSeconds": 0, "securityContext": context, "containers": [main], **pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(MANAGED_BY)},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def see_told(cluster: Cluster, namespace: str, expected: dict[str, str], seconds: float = 90) -> None:
    """Watch until each is told by its cause."""
    missing, last = dict(expected), {}
    try:
        for row in rollouts(cluster, namespace, seconds):
            last[row.thing] = row.text
            if row.thing in missing and missing[row.thing] in row.text:
                print(row.line())
                del missing[row.thing]
            if not missing:
                return
    except UserError:
        pass
    assert not missing, {name: (text, last.get(name)) for name, text in missing.items()}


def test_pods_that_do_not_start(cluster: Cluster, namespace: str) -> None:
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "none",
    }
    metadata = {"name": "pending", "namespace": namespace}
    cluster.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim})
    for name, (changes, _) in POD.items():
        mounts = [{"name": volume["name"], "mountPath": "/a"} for volume in changes.get("volumes", [])]
        cluster.create(deployment(name, namespace, changes, {"volumeMounts": mounts}))
    for name, (changes, _) in CONTAINER.items():
        cluster.create(deployment(name, namespace, {}, changes))
    apart = {"labelSelector": {"matchLabels": {"app": "apart"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}}
    twice = deployment("apart", namespace, {"affinity": affinity}, {})
    cluster.create({**twice, "spec": {**twice["spec"], "replicas": 2}})
    expected = {name: sentence for name, (_, sentence) in {**POD, **CONTAINER}.items()}
    see_told(cluster, namespace, {**expected, "apart": "the components never share a node"})


@pytest.fixture
def tainted(cluster: Cluster) -> Iterator[str]:
    """The label of a node with a taint, which is only an object."""
    name = f"wizard-test-{secrets.token_hex(4)}"
    labels = {variable("NODE_LABEL"): "true", "kubernetes.io/hostname": name, "only": name}
    taints = [{"key": "dedicated", "value": "other", "effect": "NoSchedule"}]
    metadata = {"name": name, "labels": labels}
    cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}})
    yield name
    cluster.delete("v1", "Node", name)


def test_a_taint(cluster: Cluster, namespace: str, tainted: str) -> None:
    cluster.create(deployment("taint", namespace, {"nodeSelector": {"only": tainted}}, {}))
    see_told(cluster, namespace, {"taint": "tolerate it in nodes.controlPlane.tolerations"})


def test_pods_that_the_namespace_does_not_take(cluster: Cluster, namespace: str) -> None:
    """There is no pod to look at: the Deployment says why."""
    metadata = {"name": "team", "namespace": namespace}
    limits = [{"type": "Container", "max": {"cpu": "100m"}}]
    cluster.create({"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": limits}})
    much = {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}}
    cluster.create(deployment("limited", namespace, {}, much))
    see_told(cluster, namespace, {"limited": "a LimitRange of the namespace wants a maximum of 100m cpu"})
    hard = {"requests.memory": "1Mi"}
    cluster.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}})
    end = time.monotonic() + 30
    while not (cluster.get("v1", "ResourceQuota", "team", namespace) or {}).get("status", {}).get("hard"):
        assert time.monotonic() < end, "the quota takes effect"
        time.sleep(0.2)
    cluster.create(deployment("silent", namespace, {}, {}))
    asks = {"resources": {"requests": {"memory": "10Mi"}}}
    cluster.create(deployment("counted", namespace, {}, asks))
    said = {
        "silent": "lets in no pod that says no requests.memory:",
        "counted": "ResourceQuota team of the namespace is used",
    }
    see_told(cluster, namespace, said)


def git(**answers: Any) -> dict[str, Any]:
    credentials = {
        "type": "ssh",
        "privateKey": {"type": "file", "path": variable("GIT_DEPLOY_KEY_FILE")},
        "knownHosts": variable("GIT_KNOWN_HOSTS"),
        **answers.pop("credentials", {}),
    }
    return {"type": "git-sync", "repository": variable("GIT_SSH_URL"), "credentials": credentials, **answers}


def clone(cluster: Cluster, name: str, namespace: str, dags: dict[str, Any]) -> None:
    """A Deployment that begins with the clone as our pods do, with what that reads under a name of its own."""
    plan = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": namespace}
    rendered = render(complete({**plan, "dags": dags}))

    def own(body: Object) -> Object:
        renamed: Object = read_yaml(write_yaml(body).replace("airflow-git-sync", f"airflow-git-{name}"))
        return renamed

    for manifest in rendered.manifests:
        if manifest.kind == "ConfigMap" and manifest.name.startswith("airflow-git-sync"):
            cluster.create(own(manifest.body))
    for secret in rendered.secrets:
        if secret.name.startswith("airflow-git-sync"):
            cluster.create(own(make(secret, namespace, None).body))
    pods = {
        manifest.name: manifest.body["spec"]["template"]["spec"]
        for manifest in rendered.manifests
        if manifest.kind == "Deployment"
    }
    spec = pods["airflow-dag-processor"]
    volumes = [each for each in spec["volumes"] if each["name"] in ("git-secret", "dags")]
    first = [each for each in spec["initContainers"] if each["name"] == "git-sync-init"]
    cluster.create(deployment(name, namespace, own({"volumes": volumes, "initContainers": first}), {}))


def test_repositories_that_cannot_be_cloned(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_text(new_private_key())
    host = variable("GIT_KNOWN_HOSTS").split()[0]
    wrong = f"{host} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    other = {"privateKey": {"type": "file", "path": str(tmp_path / "other")}}
    token = {"type": "https", "username": "git", "caCertificate": Path(variable("GIT_HTTPS_CA_FILE")).read_text()}
    (tmp_path / "token").write_text("no-such-token")
    token["token"] = {"type": "file", "path": str(tmp_path / "token")}
    unknown = {**token}
    del unknown["caCertificate"]
    cases = {
        "key": (git(credentials=other), "add its public half to the repository, or mend dags.credentials.privateKey"),
        "host": (git(credentials={"knownHosts": wrong}), "compare airflow-wizard known-hosts with"),
        "branch": (git(ref="no-such-branch"), "no such branch or tag: mend dags.ref"),
        "repository": (git(repository=variable("GIT_SSH_URL") + "-not"), "mend dags.repository"),
        "token": (
            {"type": "git-sync", "repository": variable("GIT_HTTPS_URL"), "credentials": token},
            "the Git host refuses the user or the token",
        ),
        "authority": (
            {"type": "git-sync", "repository": variable("GIT_HTTPS_URL"), "credentials": unknown},
            "is of an authority that is not known",
        ),
    }
    for name, (dags, _) in cases.items():
        clone(cluster, name, namespace, dags)
    see_told(cluster, namespace, {name: sentence for name, (_, sentence) in cases.items()})


def test_nothing_is_told_of_what_only_starts(cluster: Cluster, namespace: str) -> None:
    fine = deployment("fine", namespace, {}, {"readinessProbe": None, "command": ["sleep", "600"]})
    cluster.create(fine)
    rows = list(rollouts(cluster, namespace, 60))
    print(json.dumps([row.text for row in rows]))
    assert rows[-1].text == "1/1 ready"
    assert not [row for row in rows if row.mark == "‼"]
