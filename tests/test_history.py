"""The plans that a cluster remembers, and which of them can come back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wizard import apply as applying
from wizard import record
from wizard.cluster.sandbox import Sandbox
from wizard.errors import Exit, UserError
from wizard.history import changes, earlier, history, plan_text
from wizard.plan.file import complete, parse, text_of
from wizard.plan.model import Plan

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EPHEMERAL = {"database": {"type": "postgresql", "storage": {"type": "ephemeral"}}}


def plan(**answers: Any) -> Plan:
    head = {"apiVersion": "airflow-wizard/v1", "kind": "Plan", "profile": "laptop", "namespace": "airflow"}
    return complete({**head, **answers})


def applied(*plans: Plan) -> Sandbox:
    cluster = Sandbox(pace=0)
    for each in plans:
        list(applying.apply(cluster, applying.prepare(cluster, each)))
    return cluster


def test_each_plan_that_was_applied_is_kept_with_what_changed() -> None:
    first, second = plan(), plan(executor={"type": "kubernetes"}, logs={"type": "none"})
    cluster = applied(first, second, second, plan(**EPHEMERAL))
    entries = history(cluster, "airflow")
    assert [entry.revision.number for entry in entries] == [1, 2, 3], "one that changes nothing is none"
    assert [entry.version for entry in entries] == ["3.3.2"] * 3
    assert entries[0].changed == ()
    assert entries[1].changed[0] == "executor: local → kubernetes"
    assert "database.storage: claim → ephemeral" in entries[2].changed
    assert plan_text(cluster, "airflow", 2) == text_of(second)


def test_what_changed_is_told_by_place_and_no_deeper_than_the_choice() -> None:
    key = {"type": "secret", "name": "deploy-key", "key": "ssh"}
    host = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    credentials = {"type": "ssh", "privateKey": key, "knownHosts": host}
    git = {"type": "git-sync", "repository": "git@git.example.com:a/b.git", "credentials": credentials}
    assert list(changes(plan(), plan(dags=git))) == ["dags: image → git-sync"]
    moved = {**git, "ref": "next", "credentials": {**credentials, "knownHosts": f"{host}\n{host}"}}
    assert list(changes(plan(dags=git), plan(dags=moved))) == [
        "dags.ref: main → next",
        "dags.credentials.knownHosts: changed",
    ]
    pool = {"controlPlane": {"nodeSelector": "pool=airflow", "tolerations": "dedicated=airflow:NoSchedule"}}
    assert list(changes(plan(), plan(nodes=pool))) == [
        "nodes.controlPlane.nodeSelector: nothing → pool=airflow",
        "nodes.controlPlane.tolerations: nothing → dedicated=airflow:NoSchedule",
    ]


def test_the_last_ten_are_kept_and_as_many_as_a_config_map_holds() -> None:
    known = record.Record(frozenset(), "")
    for number in range(13):
        known = record.Record(known.kinds, f"plan {number}", known.revisions).applied(NOON)
    assert [each.number for each in known.revisions] == list(range(4, 14))
    assert known.revisions[-1] == record.Revision(13, "2026-01-01T12:00:00Z", "plan 12")
    large = record.Record(known.kinds, "x" * 650_000, known.revisions).applied(NOON)
    larger = record.Record(known.kinds, "y" * 650_000, large.revisions).applied(NOON)
    assert [each.number for each in larger.revisions] == [15]


def test_the_way_back() -> None:
    first, second = plan(), plan(**EPHEMERAL)
    cluster = applied(first, second)
    assert earlier(cluster, "airflow") == first
    assert earlier(cluster, "airflow", 2) == second
    list(applying.apply(cluster, applying.prepare(cluster, earlier(cluster, "airflow"))))
    assert [entry.revision.number for entry in history(cluster, "airflow")] == [1, 2, 3]
    assert earlier(cluster, "airflow") == second, "back is a step like any other"


def test_there_is_no_such_revision() -> None:
    cluster = applied(plan())
    for number, says in ((None, "no revision before"), (7, "no revision 7; there are: 1")):
        with pytest.raises(UserError, match=says) as refused:
            earlier(cluster, "airflow", number)
        assert refused.value.code == Exit.USAGE
    with pytest.raises(UserError, match="applied nothing in namespace other"):
        earlier(cluster, "other")


def test_an_older_airflow_does_not_come_back_over_a_migrated_database() -> None:
    older = plan(airflow={"version": "3.3.1"})
    cluster = applied(older, plan(), plan(**EPHEMERAL))
    with pytest.raises(UserError, match=r"Airflow 3\.3\.1, which stops at a database that Airflow 3\.3\.2") as refused:
        earlier(cluster, "airflow", 1)
    assert "restore the database from before 3.3.2" in refused.value.way_out
    assert earlier(cluster, "airflow", 2) == plan()


def test_a_plan_that_this_wizard_cannot_read_is_listed_and_not_applied() -> None:
    cluster = applied(plan(), plan(**EPHEMERAL))
    known = record.read(cluster, "airflow")
    assert known is not None
    unknown = record.Revision(1, known.revisions[0].at, "apiVersion: airflow-wizard/v9\n")
    cluster.apply(record.Record(known.kinds, known.plan, (unknown, known.revisions[1])).body("airflow"), force=True)
    assert [entry.version for entry in history(cluster, "airflow")] == ["", "3.3.2"]
    with pytest.raises(UserError, match="revision 1"):
        earlier(cluster, "airflow", 1)


def test_a_record_of_before_there_were_revisions_is_read() -> None:
    cluster = applied(plan())
    body = cluster.get("v1", "ConfigMap", record.NAME, "airflow")
    assert body is not None
    old = {key: body["data"][key] for key in ("kinds", "plan")}
    cluster.delete("v1", "ConfigMap", record.NAME, "airflow")
    cluster.create({**record.Record(frozenset(), "").body("airflow"), "data": old})
    known = record.read(cluster, "airflow")
    assert known is not None and known.revisions == () and parse(known.plan) == plan()
    assert history(cluster, "airflow") == []
