"""The checks: each case changes one thing of a cluster that fits, and one check fires; without it, none does."""

import json
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from tests.pairs import PAIRS
from wizard.check import (
    Facts,
    Finding,
    check,
    every_right,
    failed,
    look,
    refuse,
    sums,
)
from wizard.check.claims import keep
from wizard.check.facts import Used, claim_seen, node_seen, volume_seen
from wizard.check.nodes import fit, refusal, rooms
from wizard.check.pods import Amount, asked, planned
from wizard.check.quantity import cores, number, size
from wizard.check.rights import KINDS, granted
from wizard.cluster.interface import Forbidden, Object
from wizard.cluster.sandbox import Sandbox
from wizard.cluster.sandbox_pods import NODE
from wizard.errors import UserError
from wizard.plan.file import complete
from wizard.progress import Mark
from wizard.render import Rendered, render
from wizard.render.manifests import MANAGED_BY

FITS = Mark.DONE, Mark.DONE


def rendered(**answers: Any) -> Rendered:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": "airflow"}
    return render(complete({**head, **answers}))


def of(api_version: str, kind: str, name: str, namespace: str = "", **body: Any) -> Object:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **body.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def node(name: str, *, taints: list[Object] | None = None, arch: str = "amd64", **about: Any) -> Object:
    status = {
        "allocatable": {"cpu": about.get("cpu", "4"), "memory": about.get("memory", "16Gi"), "pods": "110"},
        "conditions": [{"type": "Ready", "status": about.get("ready", "True")}],
        "nodeInfo": {"architecture": arch},
    }
    spec = {"taints": taints or [], "unschedulable": about.get("cordoned", False)}
    return of("v1", "Node", name, metadata={"labels": about.get("labels", {})}, spec=spec, status=status)


def hard(**amounts: str) -> Object:
    return of("v1", "ResourceQuota", "team", "airflow", spec={"hard": amounts})


def limit_range(**item: Any) -> Object:
    return of("v1", "LimitRange", "team", "airflow", spec={"limits": [{"type": "Container", **item}]})


def by_name(objects: list[Object]) -> dict[tuple[str, str], Object]:
    return {(body["kind"], body["metadata"]["name"]): body for body in objects}


HOSTS = "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
SPACE = of("v1", "Namespace", "airflow")
RWX = {"dags": {"type": "volume", "claim": {"type": "new"}}}
HARD = {"nodes": {"antiAffinity": {"type": "hard"}}}
POOL = {"nodes": {"controlPlane": {"nodeSelector": "pool=airflow"}}}
TASKS = {"executor": {"type": "kubernetes"}, "logs": {"type": "none"}}
INGRESS = {"access": {"type": "ingress", "publicUrl": "https://airflow.example.com"}}
NO_POD = {"metadata": {"labels": {}}, "spec": {"containers": []}}
CLASS = "access.ingressClass"
LABELS = "nodes.controlPlane.nodeSelector"
OURS = {"labels": dict(MANAGED_BY)}


def claim(name: str, *, storage_class: str = "standard", size: str = "2Gi", mode: str = "ReadWriteOnce") -> Object:
    """One of an installation that is there, with its volume."""
    asks = {"requests": {"storage": size}}
    spec = {"storageClassName": storage_class, "accessModes": [mode], "resources": asks, "volumeName": "disk"}
    return of("v1", "PersistentVolumeClaim", name, "airflow", metadata=OURS, spec=spec)


def waiting(**of: str) -> Object:
    """One that has no volume yet; of a class that is not there, or the sandbox would give it one."""
    body = claim("postgres-db", **of)
    return {**body, "spec": {key: value for key, value in body["spec"].items() if key != "volumeName"}}


APPLIED = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\nairflow: {version: 3.3.2}\n"
PASSWORD = of("v1", "Secret", "airflow-db", "airflow", metadata=OURS)


@dataclass
class Case:
    """One thing that differs, and what is said of it."""

    check: str
    says: str
    mark: Mark = Mark.FAILED
    place: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    there: list[Object] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    denied: set[tuple[str, str]] = field(default_factory=set)


CASES = {
    "a namespace that is going": Case(
        "namespace",
        "airflow is being deleted",
        place="namespace",
        there=[of("v1", "Namespace", "airflow", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})],
    ),
    "who may not make Deployments": Case(
        "rights",
        "You may not create/patch deployments.apps",
        denied={("create", "deployments"), ("patch", "deployments")},
    ),
    "who may not make the namespace": Case(
        "rights", "create namespaces (since namespace airflow does not exist)", denied={("create", "namespaces")}
    ),
    "who may not grant what the Roles do": Case(
        "rights",
        "get pods/log (since its Roles grant it)",
        answers=TASKS,
        denied={("escalate", "roles"), ("get", "pods/log")},
    ),
    "who may not take away": Case(
        "rights", "list/delete services", Mark.WARNING, denied={("list", "services"), ("delete", "services")}
    ),
    "who may not forward ports": Case(
        "rights", "get pods/portforward", Mark.WARNING, denied={("get", "pods/portforward")}
    ),
    "a Deployment of helm's": Case(
        "leftovers",
        "Deployment airflow-scheduler is in namespace airflow already, and Helm made it.",
        place="namespace",
        there=[
            SPACE,
            of(
                "apps/v1",
                "Deployment",
                "airflow-scheduler",
                "airflow",
                metadata={"labels": {"app.kubernetes.io/managed-by": "Helm"}},
                spec={
                    "replicas": 0,
                    "selector": {},
                    "template": {"metadata": {"labels": {}}, "spec": {"containers": []}},
                },
            ),
        ],
    ),
    "a Secret of somebody's with a name of ours": Case(
        "leftovers",
        "Secret airflow-admin is in namespace airflow already",
        Mark.WARNING,
        place="namespace",
        there=[SPACE, of("v1", "Secret", "airflow-admin", "airflow")],
    ),
    "a database whose password is gone": Case(
        "leftovers",
        "whose password was in Secret airflow-db, which is gone",
        place="database",
        there=[SPACE, claim("postgres-db")],
    ),
    "an Airflow that is older than the database's": Case(
        "version",
        "The plan is of Airflow 3.3.1, and 3.3.2 is applied: 3.3.1 stops at a database that 3.3.2 has migrated.",
        place="airflow.version",
        answers={"airflow": {"version": "3.3.1"}},
        there=[SPACE, of("v1", "ConfigMap", "airflow-wizard", "airflow", metadata=OURS, data={"plan": APPLIED})],
    ),
    "a pull secret that isn't there": Case(
        "secrets",
        "Secret registry of namespace airflow is not there",
        place="",
        answers={"airflow": {"pullSecret": "registry"}},
    ),
    "a file that isn't there": Case(
        "secrets",
        "should come from file /no/such/file",
        place="dags.credentials",
        answers={
            "dags": {
                "type": "git-sync",
                "repository": "git@github.com:acme/dags.git",
                "credentials": {
                    "type": "ssh",
                    "privateKey": {"type": "file", "path": "/no/such/file"},
                    "knownHosts": HOSTS,
                },
            }
        },
    ),
    "no default class": Case(
        "storage",
        "no default StorageClass, so claim postgres-db would stay Pending",
        place="database.storage.storageClass",
        gone=[("StorageClass", "standard")],
    ),
    "an unknown class": Case(
        "storage",
        "no StorageClass fast",
        place="database.storage.storageClass",
        answers={"database": {"storage": {"type": "claim", "storageClass": "fast"}}},
    ),
    "a class of one node": Case(
        "storage",
        "asks for ReadWriteMany, and StorageClass standard (rancher.io/local-path) does not offer it",
        place="dags.claim.storageClass",
        answers=RWX,
    ),
    "a claim that isn't there": Case(
        "storage",
        "no PersistentVolumeClaim shared-dags",
        place="dags.claim",
        answers={"dags": {"type": "volume", "claim": {"type": "existing", "name": "shared-dags"}}},
    ),
    "a claim of another class": Case(
        "storage",
        "Claim postgres-db is there already, of class other, and the plan says standard",
        place="database.storage.storageClass",
        answers={"database": {"storage": {"type": "claim", "storageClass": "standard"}}},
        there=[SPACE, PASSWORD, claim("postgres-db", storage_class="other")],
    ),
    "a claim of another class that waits": Case(
        "storage",
        "Claim postgres-db waits for its volume with none-such, and the plan says standard: it is deleted",
        Mark.WARNING,
        "database.storage.storageClass",
        answers={"database": {"storage": {"type": "claim", "storageClass": "standard"}}},
        there=[SPACE, PASSWORD, waiting(storage_class="none-such")],
    ),
    "a claim that waits for a class that is not there": Case(
        "storage",
        "no StorageClass none-such, so claim postgres-db would stay Pending",
        place="database.storage.storageClass",
        answers={"database": {"storage": {"type": "claim", "storageClass": "none-such"}}},
        there=[SPACE, PASSWORD, waiting(storage_class="none-such")],
    ),
    "a claim of another size that waits": Case(
        "storage",
        "waits for its volume with 1Gi, and the plan says 2Gi",
        Mark.WARNING,
        "database.storage.size",
        there=[SPACE, PASSWORD, waiting(storage_class="none-such", size="1Gi")],
    ),
    "a claim that does not grow": Case(
        "storage",
        "Claim postgres-db is there already, of 1Gi, and does not grow to 2Gi",
        place="database.storage.size",
        there=[SPACE, PASSWORD, claim("postgres-db", size="1Gi")],
    ),
    "a claim that is larger": Case(
        "storage",
        "Claim postgres-db has 3Gi already, and stays so",
        Mark.WARNING,
        "database.storage.size",
        there=[SPACE, PASSWORD, claim("postgres-db", size="3Gi")],
    ),
    "a claim for one node": Case(
        "storage",
        "Claim airflow-dags is there already, for ReadWriteOnce, and the plan says ReadWriteMany",
        place="dags.claim.accessMode",
        answers=RWX,
        there=[SPACE, claim("airflow-dags", size="1Gi")],
    ),
    "an unknown IngressClass": Case(
        "ingress",
        "no IngressClass nginx",
        place=CLASS,
        answers={"access": {**INGRESS["access"], "ingressClass": "nginx"}},
    ),
    "no default IngressClass": Case("ingress", "none of this cluster is the default", place=CLASS, answers=INGRESS),
    "a quota on CPU": Case(
        "quota",
        "leaves 0.4 of requests.cpu, and the plan asks for 0.5",
        there=[SPACE, hard(**{"requests.cpu": "400m"})],
    ),
    "a quota on memory": Case("quota", "of memory", there=[SPACE, hard(memory="1Gi")]),
    "a quota on pods": Case("quota", "leaves 4 of pods, and the plan asks for 5", there=[SPACE, hard(pods="4")]),
    "a quota on storage": Case("quota", "of requests.storage", there=[SPACE, hard(**{"requests.storage": "1Gi"})]),
    "a quota on claims": Case("quota", "persistentvolumeclaims", there=[SPACE, hard(persistentvolumeclaims="0")]),
    "a quota on CPU limits": Case(
        "quota",
        "counts limits.cpu, so it lets in no pod that says none",
        there=[SPACE, hard(**{"limits.cpu": "64"})],
    ),
    "a LimitRange's maximum": Case(
        "limits", "allows memory up to 128Mi", there=[SPACE, limit_range(max={"memory": "128Mi"})]
    ),
    "a LimitRange's minimum": Case(
        "limits", "wants memory from 2Gi", there=[SPACE, limit_range(min={"memory": "2Gi"})]
    ),
    "a LimitRange's default below a request": Case(
        "limits", "a cpu limit of 0.01", there=[SPACE, limit_range(default={"cpu": "10m"})]
    ),
    "a LimitRange's slow default": Case(
        "limits",
        "to 0.5 CPU: Airflow starts slowly",
        Mark.WARNING,
        there=[SPACE, limit_range(default={"cpu": "500m"})],
    ),
    "a LimitRange on claims": Case(
        "limits",
        "allows claims up to 1Gi, and postgres-db asks for 2Gi",
        place="database.storage.size",
        there=[
            SPACE,
            of(
                "v1",
                "LimitRange",
                "team",
                "airflow",
                spec={"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}]},
            ),
        ],
    ),
    "no node with the label": Case(
        "nodes",
        "No node takes the control plane and the database: 1 without label pool=airflow.",
        Mark.WARNING,
        "nodes.controlPlane.nodeSelector",
        POOL,
    ),
    "only tainted nodes": Case(
        "nodes",
        "with taint dedicated=x:NoSchedule",
        Mark.WARNING,
        "nodes.controlPlane.tolerations",
        there=[node("sandbox", taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])],
    ),
    "a cordoned node": Case("nodes", "1 cordoned", Mark.WARNING, LABELS, there=[node("sandbox", cordoned=True)]),
    "a node that isn't Ready": Case(
        "nodes",
        "1 not Ready",
        Mark.WARNING,
        "nodes.controlPlane.nodeSelector",
        there=[node("sandbox", ready="Unknown")],
    ),
    "a small node": Case("nodes", "would wait: it asks for", Mark.WARNING, there=[node("sandbox", memory="1Gi")]),
    "one node for those that never share": Case(
        "nodes", "never shares a node", Mark.WARNING, "nodes.antiAffinity", HARD
    ),
    "nodes of two architectures": Case(
        "nodes", "nodes of amd64 and arm64", Mark.WARNING, "airflow.image", there=[node("other", arch="arm64")]
    ),
}


def facts_of(case: Case) -> Facts:
    """What is seen of a sandbox with this difference. Its API server keeps no status that somebody sends, so what
    has one is put in as `look` reduces it."""
    cluster = Sandbox(pace=0, denied=case.denied)
    for kind, name in case.gone:
        cluster.delete("storage.k8s.io/v1", kind, name)
    for body in case.there:
        cluster.create({**body, "metadata": {k: v for k, v in body["metadata"].items() if k != "deletionTimestamp"}})
    facts = look(cluster, "airflow", every_right())
    nodes = {"sandbox": node("sandbox")} | {b["metadata"]["name"]: b for b in case.there if b["kind"] == "Node"}
    volumes = [body for body in case.there if body["kind"] == "PersistentVolume"]
    going = [body for body in case.there if "deletionTimestamp" in body["metadata"]]
    return replace(
        facts,
        space=going[0] if going else facts.space,
        nodes=[node_seen(body) for body in nodes.values()],
        volumes=[volume_seen(body) for body in volumes],
    )


def fires(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.mark is not Mark.DONE]


@pytest.mark.parametrize("name", CASES)
def test_a_check_fires(name: str) -> None:
    case = CASES[name]
    findings = check(rendered(**case.answers), facts_of(case))
    told = fires(findings)
    print("\n".join(line for finding in told for line in finding.lines()))
    said = [finding for finding in told if finding.check == case.check and case.says in finding.sentence]
    assert said, [finding.sentence for finding in findings]
    assert {finding.check for finding in told} == {case.check}, "nothing else is wrong"
    assert said[0].mark is case.mark
    assert not case.place or said[0].place == case.place
    assert said[0].way_out and said[0].docs.startswith("https://")


def test_every_check_that_can_fire_does_so_here() -> None:
    never = {"API server", "size"}
    told = {finding.check for finding in check(rendered(), facts_of(Case("", "")))} | {
        case.check for case in CASES.values()
    }
    assert told - never == {case.check for case in CASES.values()}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        TASKS,
        {"nodes": {"antiAffinity": {"type": "soft"}}},
        {"availability": {"type": "redundant"}},
    ],
)
def test_a_cluster_that_fits_has_nothing_to_be_told(answers: dict[str, Any]) -> None:
    findings = check(rendered(**answers), facts_of(Case("", "")))
    print("\n".join(line for finding in findings for line in finding.lines()))
    assert not fires(findings)
    refuse(findings)


def test_what_would_have_fired_does_not_where_it_fits() -> None:
    taint = {"key": "dedicated", "value": "x", "effect": "NoSchedule"}
    ready = [
        (
            INGRESS,
            [
                of(
                    "networking.k8s.io/v1",
                    "IngressClass",
                    "a",
                    metadata={"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
                )
            ],
        ),
        (POOL, [node("pooled", labels={"pool": "airflow"})]),
        ({"nodes": {"controlPlane": {"tolerations": "dedicated=x:NoSchedule"}}}, [node("sandbox", taints=[taint])]),
        (HARD, [node(f"more-{number}") for number in range(3)]),
        (RWX, [of("storage.k8s.io/v1", "StorageClass", "nfs", provisioner="nfs.csi.k8s.io")]),
        ({}, [SPACE, hard(pods="5", memory="3Gi", cpu="1", **{"requests.storage": "2Gi"})]),
        ({}, [SPACE, hard(**{"limits.cpu": "64"}), limit_range(default={"cpu": "2"})]),
        ({"airflow": {"pullSecret": "registry"}}, [SPACE, of("v1", "Secret", "registry", "airflow")]),
    ]
    for answers, there in ready:
        if "dags" in answers:
            answers = {"dags": {"type": "volume", "claim": {"type": "new", "storageClass": "nfs"}}}
        told = fires(check(rendered(**answers), facts_of(Case("", "", there=there))))
        assert not told, told


def test_a_volume_that_somebody_made_does_for_a_class_that_is_none() -> None:
    volume = of("v1", "PersistentVolume", "disk", spec={"storageClassName": "manual"}, status={"phase": "Available"})
    answers = {"database": {"storage": {"type": "claim", "storageClass": "manual"}}}
    assert not fires(check(rendered(**answers), facts_of(Case("", "", there=[volume]))))
    bound = {**volume, "status": {"phase": "Bound"}}
    assert failed(check(rendered(**answers), facts_of(Case("", "", there=[bound]))))
    no_default = [("StorageClass", "standard")]
    assert failed(check(rendered(), facts_of(Case("", "", there=[bound], gone=no_default)))), "nothing is free"
    free = {**volume, "spec": {"storageClassName": ""}}
    assert not failed(check(rendered(), facts_of(Case("", "", there=[free], gone=no_default))))


def test_a_claim_that_is_there_keeps_what_the_plan_does_not_name() -> None:
    grows = of("storage.k8s.io/v1", "StorageClass", "grows", provisioner="x", allowVolumeExpansion=True)
    there = [SPACE, PASSWORD, grows, claim("postgres-db", storage_class="grows", size="1Gi")]
    made = rendered()
    facts = facts_of(Case("", "", there=there))
    assert not fires(check(made, facts)), "it may grow"
    larger = claim("postgres-db", storage_class="grows", size="3Gi")
    bodies = [manifest.body for manifest in made.manifests]
    keep(bodies, [claim_seen(larger), claim_seen(claim("another"))])
    (kept,) = (body["spec"] for body in bodies if body["kind"] == "PersistentVolumeClaim")
    assert (kept["storageClassName"], kept["resources"]["requests"]["storage"]) == ("grows", "3Gi")


def test_who_may_not_look_is_told_what_nobody_checked() -> None:
    class Blind(Sandbox):
        def list(self, api_version: str, kind: str, namespace: str = "", **how: Any) -> list[Object]:  # type: ignore[override]
            raise Forbidden(f"{kind} is forbidden")

    findings = check(rendered(**RWX), look(Blind(pace=0), "airflow", every_right()))
    assert [finding.sentence for finding in fires(findings)] == [
        "You may not look at nodes, so nobody has checked whether there is room."
    ]


def test_an_old_cluster_is_told() -> None:
    facts = facts_of(Case("", ""))
    (told,) = fires(check(rendered(), replace(facts, version="v1.29.3-gke.100")))
    assert "v1.29.3-gke.100" in told.sentence and "1.32" in told.sentence
    assert not fires(check(rendered(), replace(facts, version="v1.32+")))


def test_what_an_earlier_install_left_is_told_and_nothing_is_wrong() -> None:
    there = [SPACE, *(of("v1", "Secret", name, "airflow", metadata=OURS) for name in ("airflow-db", "airflow-admin"))]
    there.append(claim("postgres-db"))
    findings = check(rendered(), facts_of(Case("", "", there=there)))
    assert not fires(findings)
    (left,) = (finding for finding in findings if finding.check == "leftovers")
    assert "PersistentVolumeClaim postgres-db, Secret airflow-admin, Secret airflow-db" in left.sentence
    unbound = facts_of(Case("", "", there=[SPACE, waiting(storage_class="none-such")]))
    assert not failed(check(rendered(), unbound)), "without a volume there is no database that a password locks"
    there.append(of("v1", "ConfigMap", "airflow-wizard", "airflow", metadata=OURS))
    assert "leftovers" not in {each.check for each in check(rendered(), facts_of(Case("", "", there=there)))}


def test_all_that_is_wrong_is_told_at_once() -> None:
    facts = facts_of(Case("", "", denied={("create", "deployments")}, gone=[("StorageClass", "standard")]))
    with pytest.raises(UserError) as refused:
        refuse(check(rendered(), facts))
    assert "2 things keep this plan from working here" in str(refused.value)
    assert "deployments.apps" in str(refused.value) and "StorageClass" in str(refused.value)


def test_who_may_do_nothing_is_told_on_one_screen() -> None:
    class Nothing(Sandbox):
        def may(self, *_: Any, **__: Any) -> bool:
            return False

    findings = check(rendered(**TASKS), look(Nothing(pace=0), "airflow", every_right()))
    lines = [line for finding in findings for line in finding.lines()]
    print("\n".join(lines))
    assert len(lines) < 20
    assert len(failed(findings)) == 1


def test_findings_are_data_for_a_script() -> None:
    case = CASES["an unknown class"]
    data = json.loads(json.dumps([each.as_data() for each in check(rendered(**case.answers), facts_of(case))]))
    assert {entry["result"] for entry in data} == {"ok", "failed"}
    (wrong,) = (entry for entry in data if entry["result"] == "failed")
    assert wrong["place"] == "database.storage.storageClass" and wrong["documentation"] and wrong["wayOut"]


def test_every_plan_is_covered_by_the_rights_that_are_asked_for() -> None:
    known = set(every_right())
    for row in PAIRS[::7]:
        bodies = [manifest.body for manifest in render(row.plan()).manifests]
        assert {(body["apiVersion"], body["kind"]) for body in bodies} <= set(KINDS), row.stem
        assert set(granted(bodies)) <= known, row.stem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("250m", "0.25"),
        ("1", "1"),
        ("1.5Gi", "1610612736"),
        ("512Mi", "536870912"),
        ("2e3", "2000"),
        ("100k", "100000"),
    ],
)
def test_quantities_are_those_of_kubernetes(text: str, value: str) -> None:
    from kubernetes.utils.quantity import parse_quantity

    assert number(text) == Decimal(value) == parse_quantity(text)


@pytest.mark.parametrize("text", ["", "1 Gi", "Gi", "1gb", "--1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        number(text)


def test_amounts_are_told_in_short() -> None:
    assert [size(Decimal(n)) for n in (0, 512 << 20, (3 << 30) + (1 << 29), 10 << 30)] == [
        "0",
        "512Mi",
        "3.5Gi",
        "10Gi",
    ]
    assert [cores(Decimal(text)) for text in ("0.25", "12", "0.1")] == ["0.25 CPU", "12 CPU", "0.1 CPU"]


def test_a_pod_asks_for_its_containers_or_for_what_runs_before_them() -> None:
    def container(cpu: str, **more: Any) -> Object:
        return {"resources": {"requests": {"cpu": cpu}}, **more}

    main = [container("100m"), container("50m")]
    assert asked({"containers": main}) == Amount(Decimal("0.15"))
    assert asked({"containers": main, "initContainers": [container("1")]}) == Amount(Decimal(1))
    sidecar = container("200m", restartPolicy="Always")
    assert asked({"containers": main, "initContainers": [sidecar]}) == Amount(Decimal("0.35"))
    assert asked({"containers": main, "initContainers": [sidecar, container("1")]}) == Amount(Decimal("1.2"))
    limited = {"resources": {"limits": {"memory": "1Gi"}}}
    assert asked({"containers": [limited]}) == Amount(Decimal(0), Decimal(1 << 30))


def test_sums_are_those_of_the_manifests() -> None:
    found = sums(rendered(**TASKS))
    by_hand = sum(pod.count for pod in planned(rendered(**TASKS)))
    assert found.pods == by_hand == 5
    assert found.task is not None and found.task.memory == Decimal(512 << 20)
    assert found.storage == Decimal(2 << 30)
    assert found.short() == "0.5 CPU · 2.5Gi · 2Gi disk"


def test_what_runs_already_takes_room_but_not_what_ours_will_replace() -> None:
    cluster = Sandbox(pace=1000)  # it places no pod meanwhile
    cluster.create(SPACE)
    resources = {"resources": {"requests": {"cpu": "3"}}}
    spec = {"nodeName": NODE, "containers": [{"name": "a", "image": "a", **resources}]}
    cluster.create(of("v1", "Pod", "other", "default", spec=spec))
    ours = {"labels": {"airflow-wizard/role": "control-plane"}}
    cluster.create(of("v1", "Pod", "mine", "airflow", metadata=ours, spec=spec))
    waits = {**spec, "nodeName": ""}
    cluster.create(of("v1", "Pod", "waits", "airflow", metadata=ours, spec=waits))
    cluster.create(of("v1", "Pod", "waits", "default", spec=waits))
    facts = look(cluster, "airflow")
    assert facts.ours == Used(Amount(Decimal(6)), 2), "a quota counts those that wait for a node, too"
    assert facts.used == {NODE: Used(Amount(Decimal(3)), 1)}
    assert [room.left.cpu for room in rooms(replace(facts, nodes=[node_seen(node(NODE))]))] == [1]


def test_how_many_tasks_fit() -> None:
    (task,) = (pod for pod in planned(rendered(**TASKS)) if pod.role == "tasks")
    facts = facts_of(Case("", "", there=[node("sandbox", cpu="1", memory="1Gi"), node("other", cpu="1", memory="4Gi")]))
    assert fit(task, rooms(facts)) == 2 + 8


@pytest.mark.parametrize(
    ("toleration", "admitted"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "a", "operator": "Exists"}, True),
        ({"key": "a", "value": "b", "effect": "NoSchedule"}, True),
        ({"key": "a", "value": "c"}, False),
        ({"key": "a", "value": "b", "effect": "NoExecute"}, False),
        ({"key": "z", "operator": "Exists"}, False),
    ],
)
def test_taints_are_tolerated_as_the_scheduler_does(toleration: Object, admitted: bool) -> None:
    tainted = {
        "metadata": {"labels": {}},
        "spec": {"unschedulable": False, "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }
    assert (refusal(tainted, {"tolerations": [toleration]}) == "") is admitted


def test_facts_say_how_old_they_are() -> None:
    facts = look(Sandbox(pace=0), "airflow")
    assert 0 <= facts.age < 5
    assert replace(facts, asked_at=time.time() - 60).age >= 60
