"""What every plan of the catalogue promises, without a cluster."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from kubernetes_validate import utils

from tests.catalogue import FILES, Entry, Pod, bodies, every_plan, plan_of, pods, promised, rendered
from tests.kubectl import kustomize, read_back
from wizard.export import write_folder
from wizard.plan.file import answers_of, parse, text_of
from wizard.render import render, text_of_manifests
from wizard.render.hashes import reads
from wizard.yaml_files import read_yaml

OLDEST, NEWEST = "1.32", kubernetes_validate.latest_version()

PRINT_ALL = """
import sys
from pathlib import Path
from wizard.plan.file import load
from wizard.render import render, text_of_manifests
for name in sys.argv[1:]:
    print(text_of_manifests(manifest.body for manifest in render(load(Path(name))).manifests))
"""


def text(file: Entry) -> str:
    return text_of_manifests(bodies(file))


def test_the_catalogue_has_plans() -> None:
    assert {"laptop", "laptop-ephemeral", "laptop-own-image"} <= {file.stem for file in FILES}


def test_render_is_the_same_in_every_process() -> None:
    expected = "".join(text(file) + "\n" for file in FILES)
    for seed in ("1", "2"):
        command = [sys.executable, "-c", PRINT_ALL, *map(str, FILES)]
        done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
        assert done.stdout.decode() == expected


@promised
def test_renders_to_the_same_bytes_twice(file: Entry) -> None:
    again = [manifest.body for manifest in render(plan_of(file)).manifests]
    assert text_of_manifests(again) == text(file)


@promised
def test_round_trips(file: Entry) -> None:
    plan = plan_of(file)
    assert parse(text_of(plan)) == plan


@every_plan
def test_is_written_no_longer_than_it_was_answered(file: Path) -> None:
    given = read_yaml(file.read_text("utf-8"))
    written = answers_of(plan_of(file))
    assert leaves(written) <= leaves({"namespace": "airflow", **given})


def leaves(answers: dict[str, Any], place: str = "") -> set[str]:
    found = set()
    for key, value in answers.items():
        found |= leaves(value, f"{place}{key}.") if isinstance(value, dict) else {place + key}
    return found


@pytest.fixture(scope="module")
def schemas_read_once() -> Iterator[None]:
    """kubernetes-validate reads megabytes of definitions anew for each object."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "schema_contents", cache(utils.schema_contents))
        yield


@every_plan
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.usefixtures("schemas_read_once")
def test_validates_strictly(file: Path, version: str) -> None:
    for body in [*bodies(file), *(pod.template for pod in pods(file) if pod.is_worker)]:
        kubernetes_validate.validate(body, version, strict=True)


@every_plan
def test_kubectl_reads_the_text_unchanged(file: Path) -> None:
    assert by_name(read_back(text(file))) == by_name(bodies(file))


@every_plan
def test_kustomize_reads_the_folder_unchanged(file: Path, tmp_path: Path) -> None:
    write_folder(rendered(file), tmp_path / "out")
    assert by_name(kustomize(tmp_path / "out")) == by_name(bodies(file))


def by_name(objects: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(body["kind"], body["metadata"]["name"]): body for body in objects}


@promised
def test_no_secret_is_rendered(file: Entry) -> None:
    assert "Secret" not in {body["kind"] for body in bodies(file)}
    for pod in pods(file):
        for container in pod.containers:
            for variable in container.get("env", []):
                # Section [secrets] says where Airflow looks for secrets, and holds none.
                name = variable["name"].removeprefix("AIRFLOW__SECRETS__")
                secretive = re.search(r"PASSWORD|SECRET|TOKEN|FERNET|PRIVATE|JWT", name)
                assert not secretive or "secretKeyRef" in variable["valueFrom"], variable


@promised
def test_roles_have_no_wildcard_and_hold_in_their_namespace(file: Entry) -> None:
    kinds = {body["kind"] for body in bodies(file)}
    assert not kinds & {"ClusterRole", "ClusterRoleBinding"}
    for body in bodies(file):
        for rule in body["rules"] if body["kind"] == "Role" else ():
            assert rule.keys() <= {"apiGroups", "resources", "resourceNames", "verbs"}, body["metadata"]["name"]
            assert "*" not in "".join(part for parts in rule.values() for part in parts), body["metadata"]["name"]


@promised
def test_objects_carry_our_labels(file: Entry) -> None:
    for body in bodies(file):
        labels = body["metadata"]["labels"]
        assert labels["app.kubernetes.io/managed-by"] == "airflow-wizard", body["metadata"]["name"]
        assert labels["app.kubernetes.io/part-of"] == "airflow"
        assert body["metadata"]["namespace"] == plan_of(file).namespace
        if body["kind"] in ("Deployment", "Service"):
            assert labels["component"] == labels["app.kubernetes.io/component"]


@promised
def test_deployments_select_their_own_pods_and_keep_little_history(file: Entry) -> None:
    for body in bodies(file):
        if body["kind"] == "Deployment":
            wanted = body["spec"]["selector"]["matchLabels"].items()
            assert wanted <= body["spec"]["template"]["metadata"]["labels"].items()
            assert body["spec"]["revisionHistoryLimit"] <= 3


@promised
def test_services_find_a_port_of_a_pod(file: Entry) -> None:
    for body in bodies(file):
        if body["kind"] == "Service":
            wanted = body["spec"]["selector"].items()
            chosen = [pod for pod in pods(file) if wanted <= pod.template["metadata"]["labels"].items()]
            named = {port["name"] for pod in chosen for port in pod.main.get("ports", [])}
            assert {port["targetPort"] for port in body["spec"]["ports"]} <= named, body["metadata"]["name"]


@promised
def test_pods_are_restricted(file: Entry) -> None:
    for pod in pods(file):
        context = pod.template["spec"]["securityContext"]
        assert context["runAsNonRoot"] is True, pod.owner
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod.containers:
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, (pod.owner, container["name"])
            assert own["capabilities"] == {"drop": ["ALL"]}
            assert own.get("privileged") is None


USERS = {"runAsUser", "runAsGroup", "fsGroup"}


@promised
def test_pods_run_as_a_user_that_is_not_root_or_as_the_clusters(file: Entry) -> None:
    of_the_cluster = plan_of(file).platform.type == "openshift"
    for pod in pods(file):
        context = pod.template["spec"]["securityContext"]
        for own in (context, *(container["securityContext"] for container in pod.containers)):
            assert not of_the_cluster or not USERS & own.keys(), pod.owner
            assert own.get("runAsUser") != 0, pod.owner
            assert own.get("runAsGroup", 0) == 0, pod.owner
        assert of_the_cluster or context.keys() >= USERS, pod.owner


@promised
def test_every_pod_and_account_pulls_with_the_pull_secret(file: Entry) -> None:
    name = plan_of(file).airflow.pull_secret
    wanted = [{"name": name}] if name else None
    for pod in pods(file):
        assert pod.template["spec"].get("imagePullSecrets") == wanted, pod.owner
    for body in bodies(file):
        if body["kind"] == "ServiceAccount":
            assert body.get("imagePullSecrets") == wanted, body["metadata"]["name"]


@promised
def test_pods_do_not_learn_of_the_namespaces_services(file: Entry) -> None:
    for pod in pods(file):
        assert pod.template["spec"]["enableServiceLinks"] is False, pod.owner


@promised
def test_only_pods_with_an_account_of_their_own_get_its_token(file: Entry) -> None:
    accounts = {body["metadata"]["name"] for body in bodies(file) if body["kind"] == "ServiceAccount"}
    for pod in pods(file):
        spec = pod.template["spec"]
        assert spec["automountServiceAccountToken"] is False or spec["serviceAccountName"] in accounts, pod.owner
        assert spec.get("serviceAccountName", "default") in {"default", *accounts}, pod.owner


@promised
def test_containers_ask_for_what_they_need(file: Entry) -> None:
    for pod in pods(file):
        for container in pod.containers:
            resources = container["resources"]
            assert {"cpu", "memory"} <= resources["requests"].keys(), (pod.owner, container["name"])
            assert resources["limits"].keys() == {"memory"}, (pod.owner, container["name"])


@promised
def test_images_are_pinned(file: Entry) -> None:
    for pod in pods(file):
        for container in pod.containers:
            assert re.search(r":[\w][\w.-]*(@sha256:[0-9a-f]{64})?$", container["image"]), (
                pod.owner,
                container["name"],
            )
            assert ":latest" not in container["image"]
            assert container["imagePullPolicy"] == "IfNotPresent"


@promised
def test_deployments_are_watched(file: Entry) -> None:
    for pod in pods(file):
        if pod.owner.startswith("Deployment"):
            assert {"startupProbe", "livenessProbe"} <= pod.main.keys(), pod.owner


@promised
def test_a_worker_starts_with_its_task(file: Entry) -> None:
    for pod in pods(file):
        if pod.is_worker:
            assert pod.main["name"] == "base"
            assert pod.template["spec"]["restartPolicy"] == "Never"
            assert not {"startupProbe", "livenessProbe", "readinessProbe", "command", "args"} & pod.main.keys()
            assert "metadata" in pod.template and "status" not in pod.template


@promised
def test_volumes_and_mounts_belong_together(file: Entry) -> None:
    for pod in pods(file):
        there = {volume["name"] for volume in pod.template["spec"].get("volumes", [])}
        mounted = {mount["name"] for container in pod.containers for mount in container.get("volumeMounts", [])}
        assert mounted == there, pod.owner


@promised
def test_all_that_pods_read_is_there(file: Entry) -> None:
    config_maps = {
        body["metadata"]["name"]: set(body.get("data", {})) for body in bodies(file) if body["kind"] == "ConfigMap"
    }
    secrets = {secret.name: set(secret.keys) for secret in rendered(file).secrets}
    for pod in pods(file):
        assert_there(pod, "ConfigMap", config_maps)
        assert_there(pod, "Secret", secrets)


def assert_there(pod: Pod, kind: str, there: dict[str, set[str]]) -> None:
    for name, keys in reads(pod.template, kind).items():
        assert name in there, f"{pod.owner} reads {kind} {name}"
        assert (keys or set()) <= there[name], f"{pod.owner} reads of {kind} {name}"


@promised
def test_all_claims_that_pods_mount_are_there(file: Entry) -> None:
    claims = {body["metadata"]["name"] for body in bodies(file) if body["kind"] == "PersistentVolumeClaim"}
    dags = plan_of(file).dags
    claims |= {dags.claim.name} if dags.type == "volume" and dags.claim.type == "existing" else set()
    volumes = [volume for pod in pods(file) for volume in pod.template["spec"].get("volumes", [])]
    assert {each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each} == claims


@promised
def test_every_needed_secret_is_read(file: Entry) -> None:
    read = {name for pod in pods(file) for name in reads(pod.template, "Secret")}
    read |= {each["name"] for pod in pods(file) for each in pod.template["spec"].get("imagePullSecrets", [])}
    assert {secret.name for secret in rendered(file).secrets if not secret.label} == read


@promised
def test_task_pods_do_not_reach_the_database_or_what_encrypts_it(file: Entry) -> None:
    for pod in pods(file):
        if pod.is_worker:
            assert not {"airflow-fernet-key", "airflow-jwt-secret"} & reads(pod.template, "Secret").keys()
            assert not re.search(r"POSTGRES|MYSQL|SQL_ALCHEMY", str(pod.template)), pod.owner
