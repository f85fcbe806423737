"""A workshop of 30 seats on a real API server; its scheduler places the pods on nodes that pretend to run them."""

import base64
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.test_apply import NOWHERE, git_sync
from tests.cluster.test_nodes import Pools, wait_until
from wizard.cluster.interface import Cluster, Object
from wizard.commands import run
from wizard.errors import Exit
from wizard.progress import Mark
from wizard.threads import in_parallel
from wizard.workshop import LABEL, plans, prepare, start
from wizard.yaml_files import write_yaml

pytestmark = pytest.mark.cluster

Output = pytest.CaptureFixture[str]
HEAD: dict[str, Any] = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop"}
ANSWERS: dict[str, Any] = {**HEAD, "database": {"storage": {"type": "ephemeral"}}, "nodes": NOWHERE}


@pytest.fixture
def workshop(cluster: Cluster) -> Iterator[str]:
    """The name of a workshop, whose namespaces are deleted however the test ends."""
    name = f"wizard-test-{secrets.token_hex(3)}"
    yield name
    left = [space["metadata"]["name"] for space in cluster.list("v1", "Namespace", labels=f"{LABEL}={name}")]
    in_parallel(lambda each: cluster.delete("v1", "Namespace", each), left)


def command(verb: str, *arguments: str) -> int:
    return run(["workshop", verb, *arguments, "--kubeconfig", os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]])


def seats(cluster: Cluster, workshop: str) -> list[str]:
    return sorted(space["metadata"]["name"] for space in cluster.list("v1", "Namespace", labels=f"{LABEL}={workshop}"))


def password_of(cluster: Cluster, seat: str) -> str:
    body = cluster.get("v1", "Secret", "airflow-admin", seat)
    assert body is not None
    return base64.b64decode(body["data"]["password"]).decode()


def versions(cluster: Cluster, seat: str) -> dict[str, str]:
    kinds = (("v1", "Secret"), ("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("v1", "ResourceQuota"))
    bodies = [body for kind in kinds for body in cluster.list(*kind, seat)]
    return {f"{body['kind']} {body['metadata']['name']}": _version(body) for body in bodies}


def _version(body: Object) -> str:
    """What changes with the object alone, not with its status."""
    if body["kind"] == "ResourceQuota":
        return str(body["spec"])
    return str(body["metadata"].get("generation") or body["metadata"]["resourceVersion"])


def test_thirty_seats_at_once(pools: Pools, cluster: Cluster, workshop: str, tmp_path: Path, capsys: Output) -> None:
    pools.add("seats", 2)
    placed = {"controlPlane": pools.placement("seats"), "tasks": pools.placement("seats")}
    plan = tmp_path / "plan.yaml"
    plan.write_text(write_yaml({**ANSWERS, "nodes": placed}))
    options = ("--name", workshop, "-f", str(plan), "--yes", "--timeout", "90s")
    started = time.monotonic()
    assert command("start", "--seats", "30", "-o", str(tmp_path / "out"), *options) == Exit.OK
    print(f"30 seats ready after {time.monotonic() - started:.1f} s")
    said = capsys.readouterr()
    assert f"seats      {workshop}-01 to {workshop}-30: 30 new" in said.err
    assert "there is room for" not in said.err, "what is right isn't told"
    assert len(re.findall(rf"^√ {workshop}-\d\d ready  ", said.err, re.MULTILINE)) == 30
    names = seats(cluster, workshop)
    assert names == [f"{workshop}-{number:02d}" for number in range(1, 31)]
    passwords = in_parallel(lambda seat: password_of(cluster, seat), names)
    assert len(set(passwords)) == 30
    texts = [said.out, said.err, *(path.read_text() for path in (tmp_path / "out").iterdir())]
    assert not [password for password in passwords for text in texts if password in text]
    quota = cluster.get("v1", "ResourceQuota", "airflow-wizard-seat", names[29])
    assert quota is not None
    assert (quota["status"]["used"]["pods"], quota["status"]["hard"]["pods"]) == ("5", "9")

    assert command("status", "--name", workshop) == Exit.OK
    assert capsys.readouterr().out == "".join(f"√ {name:<16} ready\n" for name in names)


def test_run_again_it_goes_on_adds_and_takes_nothing_away(
    cluster: Cluster, workshop: str, tmp_path: Path, capsys: Output
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(write_yaml(ANSWERS))
    options = ("--name", workshop, "-f", str(plan), "--yes", "--wait=false")
    assert command("start", "--seats", "2", *options) == Exit.OK
    assert capsys.readouterr().out.count("## ") == 2, "without a folder the hand-out is on stdout"
    first = versions(cluster, f"{workshop}-01")
    assert command("start", "--seats", "3", *options) == Exit.OK
    err = capsys.readouterr().err
    assert f"{workshop}-03: 1 new, 2 there already" in err
    assert re.search(rf"√ {workshop}-01 is as the plan says", err)
    assert versions(cluster, f"{workshop}-01") == first
    assert command("start", "--seats", "1", *options) == Exit.OK
    err = capsys.readouterr().err
    assert f"2 more there, {workshop}-02 to {workshop}-03: they stay as they are" in err
    assert len(seats(cluster, workshop)) == 3

    plan.write_text(write_yaml({**ANSWERS, "executor": {"type": "local", "parallelism": 8}, "database": {}}))
    assert command("start", "--seats", "1", *options) == Exit.OK
    changed = versions(cluster, f"{workshop}-01")
    assert changed["ConfigMap airflow-config"] != first["ConfigMap airflow-config"]
    assert changed["ResourceQuota airflow-wizard-seat"] != first["ResourceQuota airflow-wizard-seat"]
    assert changed["Secret airflow-admin"] == first["Secret airflow-admin"]

    def apply_would_do() -> bool:
        """A quota is counted a moment after pods have gone."""
        kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
        return run(["check", "-f", str(plan), "-n", f"{workshop}-01", "--kubeconfig", kubeconfig]) == Exit.OK

    wait_until(apply_would_do, capsys.readouterr, 20)
    assert "√ quota          the plan keeps within the namespace's quotas" in capsys.readouterr().out


def test_cut_off_it_goes_on(cluster: Cluster, workshop: str) -> None:
    wanted = plans(ANSWERS, workshop, 12)
    with closing(start(cluster, prepare(cluster, workshop, wanted))) as rows:  # type: ignore[type-var]
        done = next(rows).thing
    # Killed hard, a seat may have its namespace and nothing else.
    cut = next(seat.name for seat in wanted if seat.name not in seats(cluster, workshop))
    labels = {"app.kubernetes.io/managed-by": "airflow-wizard", "app.kubernetes.io/part-of": "airflow", LABEL: workshop}
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cut, "labels": labels}})
    before = versions(cluster, done)
    prepared = prepare(cluster, workshop, wanted)
    assert 0 < len(prepared.new) < 12 and cut not in prepared.new
    rows = {row.thing: row for row in start(cluster, prepared)}
    assert {row.mark for row in rows.values()} == {Mark.DONE} and len(rows) == 12
    assert versions(cluster, done) == before
    assert versions(cluster, cut).keys() == before.keys()


def test_a_seat_that_fails_stops_no_other(cluster: Cluster, workshop: str, tmp_path: Path, capsys: Output) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(write_yaml(ANSWERS))
    bad = f"{workshop}-02"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": bad, "labels": {LABEL: workshop}}})
    metadata = {"name": "airflow-config", "namespace": bad}
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    options = ("--seats", "3", "--name", workshop, "-f", str(plan), "--yes")
    assert command("start", *options, "--timeout", "15s") == Exit.FAILED
    err = capsys.readouterr().err.partition("3 of 3 seats failed; the same command goes on with them:")[2]
    assert f"× {bad} ConfigMap airflow-config is in namespace {bad} already" in err
    assert f"× {workshop}-03 not ready within 15 s: 0/5 ready; " in err
    assert "nodes.controlPlane" in err, "the answer that mends it"
    cluster.delete("v1", "ConfigMap", "airflow-config", bad)
    assert command("start", *options, "--wait=false") == Exit.OK
    assert command("status", "--name", workshop, "-o", "json") == Exit.FAILED
    capsys.readouterr()

    assert command("end", "--name", workshop, "--yes", "--timeout", "60s") == Exit.OK
    assert f"stays: Namespace {bad}: the wizard did not make it" in capsys.readouterr().err
    assert seats(cluster, workshop) == [bad]


def test_a_seat_anew_has_new_secrets_and_no_claim_of_before(
    cluster: Cluster, workshop: str, tmp_path: Path, capsys: Output
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(write_yaml({**ANSWERS, "database": {}}))
    assert command("start", "--seats", "2", "--name", workshop, "-f", str(plan), "--yes", "--wait=false") == Exit.OK
    one, two = seats(cluster, workshop)
    kept, before = versions(cluster, one), versions(cluster, two)
    password = password_of(cluster, two)
    claim = cluster.get("v1", "PersistentVolumeClaim", "postgres-db", two)
    assert command("reset", two, "--yes", "--wait=false") == Exit.OK
    capsys.readouterr()
    again = cluster.get("v1", "PersistentVolumeClaim", "postgres-db", two)
    assert claim is not None and again is not None
    assert again["metadata"]["uid"] != claim["metadata"]["uid"] and "deletionTimestamp" not in again["metadata"]
    assert password_of(cluster, two) != password
    assert versions(cluster, two).keys() == before.keys()
    assert versions(cluster, one) == kept

    assert command("reset", "kube-system", "--yes") == Exit.FAILED
    assert "kube-system is no seat of a workshop" in capsys.readouterr().err


def test_a_reset_that_could_not_end_is_not_begun(
    cluster: Cluster, workshop: str, tmp_path: Path, deploy_key: str, capsys: Output
) -> None:
    key, plan = tmp_path / "key", tmp_path / "plan.yaml"
    key.write_text(deploy_key)
    plan.write_text(write_yaml({**ANSWERS, "dags": git_sync({"type": "file", "path": str(key)})}))
    assert command("start", "--seats", "1", "--name", workshop, "-f", str(plan), "--yes", "--wait=false") == Exit.OK
    before = versions(cluster, f"{workshop}-01")
    key.unlink()
    assert command("reset", f"{workshop}-01", "--yes", "--wait=false") != Exit.OK
    assert str(key) in capsys.readouterr().err
    assert versions(cluster, f"{workshop}-01") == before


def test_a_namespace_of_somebody_else_is_no_seat(cluster: Cluster, workshop: str, capsys: Output) -> None:
    name = f"{workshop}-02"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    try:
        with pytest.raises(Exception, match=f"{name}: there already, and no seat of workshop {workshop}"):
            prepare(cluster, workshop, plans(ANSWERS, workshop, 3))
        assert command("end", "--name", workshop, "--yes") == Exit.OK
        assert "has no seats to delete" in capsys.readouterr().err
        assert cluster.get("v1", "Namespace", name) is not None
    finally:
        cluster.delete("v1", "Namespace", name)
    wait_until(lambda: cluster.get("v1", "Namespace", name) is None, lambda: name)
