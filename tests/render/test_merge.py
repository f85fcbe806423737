"""Our merge is kustomize's: `kubectl kustomize` gets the same objects and patches, and has the last word."""

from pathlib import Path
from typing import Any

import pytest

from tests.catalogue import every_plan, plan_of
from tests.kubectl import kustomize
from wizard.plan.derived import values_of
from wizard.render.folders import folders_of
from wizard.render.lift import main_container, pod_template
from wizard.render.manifests import base_objects, patched, plain_patches, pod_patches
from wizard.render.merge import merge
from wizard.render.trace import Origin, Trace
from wizard.yaml_files import write_all, write_yaml

Object = dict[str, Any]
Named = dict[tuple[str, str], Object]


def ours(base: Object, patch: Object) -> Object:
    merged: Object = merge(base, patch, Trace(Origin("base.yaml")), Origin("patch.yaml"))
    return merged


def theirs(bases: list[Object], patches: list[Object], folder: Path) -> Named:
    """What kustomize makes of it, in one run."""
    names = [f"patch-{number:03}.yaml" for number in range(len(patches))]
    for name, patch in zip(names, patches, strict=True):
        folder.joinpath(name).write_text(write_yaml(patch), "utf-8")
    folder.joinpath("bases.yaml").write_text(write_all(bases), "utf-8")
    kustomization = {"resources": ["bases.yaml"], "patches": [{"path": name} for name in names]}
    folder.joinpath("kustomization.yaml").write_text(write_yaml(kustomization), "utf-8")
    return named(kustomize(folder))


def named(objects: list[Object]) -> Named:
    return {(body["kind"], body["metadata"]["name"]): body for body in objects}


@every_plan
def test_the_catalogue_as_kustomize_would(file: Path, tmp_path: Path) -> None:
    folders, values = folders_of(plan_of(file)), values_of(plan_of(file))
    bases, drafts = base_objects(folders, values), patched(folders, values)
    patches = [patch.body for patch in [*plain_patches(folders, values), *pod_patches(folders, values, drafts)]]

    merged = named(bases)
    mains = {key: main_container(template) for key, body in merged.items() if (template := pod_template(body))}
    for patch in patches:
        key = (patch["kind"], patch["metadata"]["name"])
        merged[key] = ours(merged[key], patch)
    assert merged == theirs(bases, patches, tmp_path)

    for key, name in mains.items():  # what comes after the merge: sidecars step behind
        containers = containers_of(merged[key])
        containers[:] = [each for first in (True, False) for each in containers if (each["name"] == name) is first]
    assert merged == {key: draft.body for key, draft in drafts.items()}


def containers_of(body: Object) -> list[Object]:
    found: list[Object] = (pod_template(body) or {})["spec"]["containers"]
    return found


def pod(**spec: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"app": "web", "tier": "front"}}, "spec": spec}


def deployment(**spec: Any) -> Object:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 1, "template": {"spec": spec}}}


def main(**fields: Any) -> Object:
    """A pod with one container of these fields."""
    return pod(containers=[{"name": "main", **fields}])


def service(*ports: Object) -> Object:
    return {"apiVersion": "v1", "kind": "Service", "spec": {"ports": list(ports)}}


def values(**texts: str) -> list[Object]:
    return [{"name": name, "value": text} for name, text in texts.items()]


TCP, UDP = {"protocol": "TCP"}, {"protocol": "UDP"}
SIDECAR = {"name": "git-sync", "image": "git-sync:v4"}
PROBE = {"httpGet": {"path": "/health", "port": 80}}
ZONE, HOST = {"topologyKey": "zone"}, {"topologyKey": "host"}
MUST, MAY = {"whenUnsatisfiable": "DoNotSchedule"}, {"whenUnsatisfiable": "ScheduleAnyway"}

CASES: dict[str, tuple[Object, Object]] = {
    "a sidecar": (main(image="a:1"), pod(containers=[SIDECAR])),
    "a sidecar after main": (main(image="a:1"), pod(containers=[{"name": "main"}, SIDECAR])),
    "a sidecar before main": (main(image="a:1"), pod(containers=[SIDECAR, {"name": "main", "image": "a:2"}])),
    "other order": (
        pod(containers=[{"name": "x", "image": "a:1"}, {"name": "y", "image": "a:1"}, {"name": "z", "image": "a:1"}]),
        pod(containers=[{"name": "z", "image": "a:2"}, {"name": "x", "image": "a:2"}]),
    ),
    "no containers said": (main(image="a:1"), pod(containers=[])),
    "init containers": (
        pod(initContainers=[{"name": "migrations", "image": "a:1"}]),
        pod(initContainers=[{"name": "clone", "image": "b:1"}, {"name": "migrations", "image": "a:2"}]),
    ),
    "env replaced and added": (main(env=values(A="1", B="2", C="3")), main(env=values(B="x", D="4"))),
    "env from a Secret instead of a value": (
        main(env=values(A="1")),
        main(env=[{"name": "A", "value": None, "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
    ),
    "null removes": (
        pod(nodeSelector={"pool": "a"}, serviceAccountName="web"),
        {**pod(nodeSelector=None), "metadata": {"labels": {"tier": None}}},
    ),
    "null in what is new": (pod(), pod(nodeSelector={"a": None, "b": "c"}, affinity={"nodeAffinity": None})),
    "null in a new item": (
        pod(),
        pod(volumes=[{"name": "v", "emptyDir": None, "hostPath": {"path": "/", "type": None}}]),
    ),
    "another kind of probe": (
        main(livenessProbe=PROBE),
        main(livenessProbe={"httpGet": None, "exec": {"command": ["a"]}}),
    ),
    "tolerations replaced": (pod(tolerations=[{"key": "a"}, {"key": "b"}]), pod(tolerations=[{"key": "c"}])),
    "tolerations emptied": (pod(tolerations=[{"key": "a"}]), pod(tolerations=[])),
    "node labels added": (pod(nodeSelector={"a": "b"}), pod(nodeSelector={"c": "d"})),
    "nothing over node labels": (pod(nodeSelector={"a": "b"}), pod(nodeSelector={})),
    "empty things": (pod(), pod(nodeSelector={}, tolerations=[], volumes=[{"name": "run", "emptyDir": {}}])),
    "preferred affinity replaced": (
        pod(affinity={"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}}),
        pod(affinity={"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 2}]}}),
    ),
    "args replaced": (main(args=["a", "b"]), main(args=["c"])),
    "envFrom replaced": (
        main(envFrom=[{"configMapRef": {"name": "a"}}]),
        main(envFrom=[{"secretRef": {"name": "b"}}]),
    ),
    "dropped capabilities replaced": (
        main(securityContext={"capabilities": {"drop": ["ALL"]}}),
        main(securityContext={"capabilities": {"drop": ["NET_RAW"]}}),
    ),
    "ports by number": (
        main(ports=[{"name": "a", "containerPort": 1}, {"name": "b", "containerPort": 2}]),
        main(ports=[{"name": "c", "containerPort": 3}, {"name": "bb", "containerPort": 2}]),
    ),
    "ports by number and protocol": (
        main(ports=[{"containerPort": 1, **TCP}, {"containerPort": 1, **UDP}, {"containerPort": 2, **TCP}]),
        main(
            ports=[{"containerPort": 3, **TCP}, {"containerPort": 1, "name": "dns", **UDP}, {"containerPort": 4, **TCP}]
        ),
    ),
    "service ports": (
        service({"name": "http", "port": 80, "targetPort": 8080}, {"name": "old", "port": 90}),
        service({"name": "new", "port": 100}, {"port": 80, "targetPort": 9}),
    ),
    "service ports by protocol": (
        service({"name": "t", "port": 53, **TCP}, {"name": "u", "port": 53, **UDP}),
        service({"port": 53, "targetPort": 9, **UDP}),
    ),
    "volume mounts by path": (
        main(volumeMounts=[{"name": "a", "mountPath": "/a"}, {"name": "b", "mountPath": "/b"}]),
        main(volumeMounts=[{"name": "z", "mountPath": "/b"}, {"name": "c", "mountPath": "/c"}]),
    ),
    "devices by path": (
        main(volumeDevices=[{"name": "a", "devicePath": "/a"}]),
        main(volumeDevices=[{"name": "b", "devicePath": "/b"}]),
    ),
    "volumes": (
        pod(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "configMap": {"name": "x"}}]),
        pod(volumes=[{"name": "b", "configMap": {"defaultMode": 420}}, {"name": "c", "emptyDir": {}}]),
    ),
    "projected sources replaced": (
        pod(volumes=[{"name": "a", "projected": {"sources": [{"secret": {"name": "x"}}]}}]),
        pod(volumes=[{"name": "a", "projected": {"sources": [{"configMap": {"name": "y"}}]}}]),
    ),
    "mounted keys replaced": (
        pod(volumes=[{"name": "a", "configMap": {"name": "x", "items": [{"key": "a", "path": "a"}]}}]),
        pod(volumes=[{"name": "a", "configMap": {"items": [{"key": "b", "path": "b"}]}}]),
    ),
    "pull secrets of a pod": (pod(imagePullSecrets=[{"name": "a"}]), pod(imagePullSecrets=[{"name": "b"}])),
    "pull secrets of an account": (
        {"apiVersion": "v1", "kind": "ServiceAccount", "imagePullSecrets": [{"name": "a"}]},
        {"imagePullSecrets": [{"name": "b"}]},
    ),
    "host aliases by address": (
        pod(hostAliases=[{"ip": "10.0.0.1", "hostnames": ["a"]}]),
        pod(hostAliases=[{"ip": "10.0.0.1", "hostnames": ["b"]}, {"ip": "10.0.0.2", "hostnames": ["c"]}]),
    ),
    "spread over another key": (
        pod(topologySpreadConstraints=[{"maxSkew": 1, **ZONE, **MUST}]),
        pod(topologySpreadConstraints=[{"maxSkew": 1, **HOST, **MUST}]),
    ),
    "spread over the same key": (
        pod(topologySpreadConstraints=[{"maxSkew": 1, **ZONE, **MUST}]),
        pod(topologySpreadConstraints=[{"maxSkew": 2, **ZONE, **MAY}, {"maxSkew": 3, **ZONE, **MUST}]),
    ),
    "below a Deployment's template": (
        deployment(containers=[{"name": "main", "env": values(A="1")}], volumes=[{"name": "a", "emptyDir": {}}]),
        deployment(
            containers=[{"name": "main", "env": values(B="2")}, SIDECAR], volumes=[{"name": "b", "emptyDir": {}}]
        ),
    ),
    "another strategy": (
        {**deployment(), "spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0}}}},
        {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}},
    ),
    "a ConfigMap's keys": (
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "1", "a": "2"}},
        {"data": {"c": "3", "a": "x", "b": None}},
    ),
    "rules of a Role replaced": (
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "rules": [{"resources": ["pods"], "verbs": ["get"]}],
        },
        {"rules": [{"resources": ["pods/log"], "verbs": ["get"]}]},
    ),
    "rules of an Ingress replaced": (
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "spec": {"rules": [{"host": "a"}], "tls": [{"hosts": ["a"]}]},
        },
        {"spec": {"rules": [{"host": "b"}]}},
    ),
}


def case(number: int) -> tuple[Object, Object]:
    """Base and patch, with a name of their own."""
    base, patch = list(CASES.values())[number]
    name = f"case-{number}"
    heads = [{**each.get("metadata", {}), "name": name} for each in (base, patch)]
    kind = {"apiVersion": base["apiVersion"], "kind": base["kind"]}
    return {**base, "metadata": heads[0]}, {**patch, **kind, "metadata": heads[1]}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Object]:
    """What kustomize makes of all cases at once, by name."""
    bases, patches = zip(*map(case, range(len(CASES))), strict=True)
    merged = theirs(list(bases), list(patches), tmp_path_factory.mktemp("cases"))
    return {name: body for (_, name), body in merged.items()}


@pytest.mark.parametrize("number", range(len(CASES)), ids=list(CASES))
def test_merges_as_kustomize_does(number: int, judged: dict[str, Object]) -> None:
    assert ours(*case(number)) == judged[f"case-{number}"]


def test_neither_side_is_changed() -> None:
    base, patch = case(0)
    before = write_all([base, patch])
    merged = ours(base, patch)
    merged["spec"]["containers"][0]["image"] = "changed"
    assert write_all([base, patch]) == before


def test_what_the_patch_says_gets_its_origin() -> None:
    trace, patch = Trace(Origin("base.yaml")), Origin("patch.yaml", "dags.type")
    merge(main(image="a:1", args=["x"]), main(image="a:2", args=["x"]), trace, patch)
    at = ("spec", "containers", "main")
    assert trace.of((*at, "image")) == patch
    assert trace.of((*at, "args")) == Origin("base.yaml")
