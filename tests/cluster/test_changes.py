"""From any plan to any other: each plan of the catalogue is applied over the one before, and leaves what it would have
made from nothing. On the API server alone: the pods find no node."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import FILES, plan_of
from tests.cluster.test_apply import ours
from wizard import apply as applying
from wizard.apply import KEPT_KINDS, Prepared
from wizard.cluster.interface import Cluster, Object
from wizard.deploy_key import new_private_key
from wizard.diff import born, significant
from wizard.plan.model import Plan
from wizard.record import NAME
from wizard.render import render
from wizard.threads import in_parallel

pytestmark = pytest.mark.cluster

NOWHERE = {"no-such": "node"}
CONNECTION = json.dumps({"conn_type": "wasb", "login": "acme", "password": "not-a-real-one"})
FILES_AT_HOME = {
    "database-password": "p@ss",
    ".aws/airflow-connection.json": CONNECTION,
    "ldap-password": "bind",
}
VARIABLES = {"DATABASE_PASSWORD": "p@ss", "DAGS_TOKEN": "token", "LDAP_PASSWORD": "bind", "WASB_CONNECTION": CONNECTION}

OWN = ("clusterIP", "clusterIPs")
"""What each Service gets for itself."""


@pytest.fixture
def at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files and variables that plans of the catalogue name; of one kind, all hold the same."""
    key = new_private_key()
    for name, text in {**FILES_AT_HOME, ".ssh/dags_ed25519": key}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, text in {**VARIABLES, "DAGS_DEPLOY_KEY": key}.items():
        monkeypatch.setenv(name, text)


def here(plan: Plan, namespace: str) -> Plan:
    """The plan in this namespace, its pods on no node. Claims are alike: Kubernetes changes no class or mode of one,
    and here it makes none larger."""
    answers = _alike(plan.model_dump(mode="json"))
    for pods in ("controlPlane", "tasks"):
        answers["nodes"][pods]["nodeSelector"] = NOWHERE
    return Plan.model_validate({**answers, "namespace": namespace})


def _alike(tree: Any) -> Any:
    same = {"size": "5Gi", "storageClass": None, "accessMode": "ReadWriteMany"}
    if isinstance(tree, dict):
        return {key: same[key] if key in same else _alike(value) for key, value in tree.items()}
    return tree


def make_what_is_somebody_elses(cluster: Cluster, namespace: str, plan: Plan) -> None:
    """The Secrets that the plan takes to be there."""
    for needed in [each for each in render(plan).secrets if each.existing]:
        data = {key: base64.b64encode(CONNECTION.encode()).decode() for key in needed.keys}
        labels = dict([needed.label.split("=")]) if needed.label else {}
        metadata = {"name": needed.name, "namespace": namespace, "labels": labels}
        cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}, force=True)


def secret_values(cluster: Cluster, namespace: str) -> dict[tuple[str, str], str]:
    bodies = cluster.list("v1", "Secret", namespace)
    return {
        (body["metadata"]["name"], key): value for body in bodies for key, value in (body.get("data") or {}).items()
    }


def brought(plan: Plan) -> set[tuple[str, str]]:
    """The keys that somebody brings, which win over what is there."""
    return {
        (secret.name, key) for secret in render(plan).secrets for key, value in secret.keys.items() if value.brought
    }


def is_as_if_made_from_nothing(cluster: Cluster, prepared: Prepared) -> None:
    """Also where server-side apply alone would leave what nobody owns any more."""

    def differs(body: Object) -> str:
        metadata = body["metadata"]
        live = cluster.get(body["apiVersion"], body["kind"], metadata["name"], metadata["namespace"])
        assert live is not None, body
        found, fresh = _comparable(live), _comparable(born(cluster, body))
        return "" if found == fresh else f"{body['kind']} {metadata['name']}:\n{found}\n{fresh}"

    bodies = [change.body for change in prepared.changes if change.body["kind"] != "PersistentVolumeClaim"]
    assert not [text for text in in_parallel(differs, bodies) if text]


def _comparable(body: Object) -> Object:
    body = significant(body)
    annotations = body["metadata"].get("annotations", {})
    kept = {key: value for key, value in annotations.items() if not key.startswith("deployment.kubernetes.io/")}
    spec = {key: value for key, value in body.get("spec", {}).items() if key not in OWN}
    return {**body, "metadata": {**body["metadata"], "annotations": kept}, "spec": spec}


def walk(cluster: Cluster, namespace: str, files: list[Path]) -> None:
    before = ""
    for file in files:
        print(f"{before} → {file.stem}")
        plan = here(plan_of(file), namespace)
        make_what_is_somebody_elses(cluster, namespace, plan)
        values = secret_values(cluster, namespace)
        list(applying.apply(cluster, applying.prepare(cluster, plan, judge=False)))

        after = applying.prepare(cluster, plan, judge=False)
        assert after.changes_nothing, after.labels()
        is_as_if_made_from_nothing(cluster, after)
        wanted = {change.label for change in after.changes} | {f"ConfigMap {NAME}"}
        left = ours(cluster, namespace) - wanted
        assert not [label for label in left if not label.startswith(KEPT_KINDS)]
        now, told = secret_values(cluster, namespace), brought(plan)
        lost = [key for key in values if key not in now or (now[key] != values[key] and key not in told)]
        assert not lost, "no Secret is lost, and none is made anew"
        before = file.stem


def test_each_plan_over_the_one_before(cluster: Cluster, namespace: str, at_hand: None) -> None:
    walk(cluster, namespace, FILES)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_each_plan_over_another(cluster: Cluster, namespace: str, at_hand: None, seed: int) -> None:
    walk(cluster, namespace, random.Random(seed).sample(FILES, len(FILES)))
