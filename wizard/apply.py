"""From manifests to the cluster: first `prepare`, which only reads, then `apply`, which writes what was prepared.

Server-side apply, kind after kind in the order of `render.manifests.ORDER`, the objects of one kind at once. There is
no state besides the cluster's: a run that was cut off is finished by running again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from wizard import record, secrets
from wizard.check import Facts, Finding, Sums, check, claims, every_right, look, refuse, sums
from wizard.check.namespace import on_its_way_out
from wizard.cluster.interface import Cluster, Conflict, Exists, Forbidden, Missing, Object
from wizard.deploy_key import request
from wizard.diff import SIGNS, Change, compare
from wizard.errors import UserError
from wizard.plan.file import text_of
from wizard.plan.model import Plan
from wizard.plan.rules import warnings
from wizard.progress import Mark, Row
from wizard.render import NeededSecret, render
from wizard.render.manifests import MANAGED_BY, ORDER
from wizard.short_pods import has_ended
from wizard.threads import in_parallel
from wizard.turn import Turn
from wizard.unbound import CLAIM, unbound
from wizard.watch import TASK_PODS

_PATIENCE, _INTERVAL = 60, 0.2
"""Seconds that what must go is waited for, and between two looks."""

EXECUTOR = "AIRFLOW__CORE__EXECUTOR"
KEPT_KINDS = (CLAIM, "Secret", "Namespace")
"""Never taken away because a plan no longer has them: they hold data."""


@dataclass(frozen=True)
class Prepared:
    """All that is to be sent, and what it changes. Nothing was written yet."""

    plan: Plan
    namespace_exists: bool
    secrets: list[secrets.Made]
    changes: list[Change]
    kept: list[str]
    """Claims and Secrets of an earlier plan, which stay."""
    known: record.Record | None
    """The record as it was; None where there was none."""
    record: record.Record
    sums: Sums
    warnings: list[str] = field(default_factory=list)
    """What the plan's answers mean together."""
    findings: list[Finding] = field(default_factory=list)
    """What the plan means on this cluster."""
    force: bool = False

    def count(self, what: str) -> int:
        """How many objects are created, changed, kept or deleted, Secrets included."""
        return sum(each.what == what for each in self.changes) + sum(each.what == what for each in self.secrets)

    @property
    def changes_nothing(self) -> bool:
        """Whether all is there already, as the plan has it."""
        return self.namespace_exists and not any(self.count(what) for what in SIGNS)

    @property
    def writes_nothing(self) -> bool:
        """Whether the record of it is right, too."""
        known = self.known
        right = known is not None and not known.applying and known == self.record.applied(datetime.now(UTC))
        return self.changes_nothing and right

    def deploy_keys(self) -> list[str]:
        """What somebody must do with each key pair that was made; to be told once the Secret is there."""
        return [request(self.plan, public) for made in self.secrets for public in made.public]

    def labels(self) -> list[tuple[str, str]]:
        """What is done to each object that doesn't stay as it is."""
        return [
            (change.what, f"{change.label} ({change.told})" if change.told else change.label)
            for change in self.differences()
        ]

    def differences(self) -> list[Change]:
        """What doesn't stay as it is, Secrets first and masked."""
        found = [*map(secrets.change, self.secrets), *self.changes]
        return [change for change in found if change.what != "keep"]

    def sentence(self) -> str:
        """What will happen, in a line."""
        counts = {what: self.count(what) for what in (*SIGNS, "keep")}
        said = {what: f"to {what}" for what in SIGNS} | {"keep": "unchanged"}
        return ", ".join(f"{count} {said[what]}" for what, count in counts.items() if count) or "nothing to do"


def prepare(
    cluster: Cluster, plan: Plan, *, force: bool = False, judge: bool = True, facts: Facts | None = None
) -> Prepared:
    """Ask the cluster what applying the plan would change. Raises `UserError` where a check says that it can't work.

    `force` takes over fields that other field managers own; without it, they are a `Conflict` that names them all.
    With `judge` false, what the checks found is only told: for somebody who looks and writes nothing. `facts` are what
    somebody has looked up already.
    """
    rendered = render(plan)
    facts = facts or look(cluster, plan.namespace, every_right())
    findings = check(rendered, facts)
    if judge:
        refuse(findings)
    exists, before = facts.space is not None or facts.space_hidden, facts.record
    bodies = [manifest.body for manifest in rendered.manifests]
    claims.keep(bodies, facts.claims or [])
    made = _secrets(cluster, plan, [secrets.HASH_KEY, *rendered.secrets], exists)
    secrets.stamp(bodies, made)
    new_kinds = record.kinds_of([*bodies, *(each.body for each in made)])
    if exists:
        changes = in_parallel(partial(compare, cluster), bodies)
        if judge and not force:
            _refuse_conflicts(changes)
        stale, kept = _stale(cluster, plan.namespace, [*bodies, *(each.body for each in made)], before)
        stale += [pod for pod in _task_pods(cluster, plan.namespace, bodies) if has_ended(pod)]
    else:
        changes, stale, kept = [Change("create", body, None, body) for body in bodies], [], []
    return Prepared(
        plan=plan,
        namespace_exists=exists,
        secrets=made,
        changes=[*changes, *(Change("delete", body, body) for body in stale)],
        kept=kept,
        known=before,
        record=record.Record(
            new_kinds | (before.kinds if before and kept else frozenset()),
            text_of(plan),
            before.revisions if before else (),
        ),
        warnings=[warned.sentence for warned in warnings(plan)],
        findings=findings,
        sums=sums(rendered),
        force=force,
    )


def namespace_exists(cluster: Cluster, namespace: str) -> bool:
    """Whether it is there. Who may not look at namespaces has been given one."""
    try:
        return cluster.get("v1", "Namespace", namespace) is not None
    except Forbidden:
        return True


def usable(cluster: Cluster, namespace: str) -> bool:
    """Whether the namespace is there. Raises `UserError` for one that is on its way out: nothing can be made in it."""
    try:
        space = cluster.get("v1", "Namespace", namespace)
    except Forbidden:
        return True
    error = on_its_way_out(space)
    if error is not None:
        raise error
    return space is not None


def check_schemas(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """A dry run for a namespace that doesn't exist yet: the API server checks the objects as if for `default`."""
    for change in prepared.changes:
        body = {**change.body, "metadata": {**change.body["metadata"], "namespace": "default"}}
        started = time.monotonic()
        cluster.apply(body, dry_run=True, force=True)
        yield Row(change.label, Mark.DONE, "new; the schema is right", time.monotonic() - started)


def _secrets(cluster: Cluster, plan: Plan, needed: list[NeededSecret], exists: bool) -> list[secrets.Made]:
    def one(secret: NeededSecret) -> secrets.Made:
        live = secrets.find(cluster, secret, plan.namespace) if exists else None
        return secrets.make(secret, plan.namespace, live)

    return in_parallel(one, needed)


def _refuse_conflicts(changes: list[Change]) -> None:
    conflicts = [change.conflict for change in changes if change.conflict]
    if conflicts:
        raise Conflict(
            "Other field managers own fields that the plan sets:\n" + "\n".join(f"  {c.message}" for c in conflicts),
            "Take them out of the other tool's hands, or take them over with --force-conflicts.",
            tuple(owned for conflict in conflicts for owned in conflict.owned),
        )


def _stale(
    cluster: Cluster, namespace: str, bodies: list[Object], before: record.Record | None
) -> tuple[list[Object], list[str]]:
    """Objects of ours that this plan no longer has: those that go, and the names of those that stay."""
    wanted = {(body["kind"], body["metadata"]["name"]) for body in bodies} | {("ConfigMap", record.NAME)}
    found = [body for body in owned(cluster, namespace, before) if _identity(body) not in wanted]
    stay = [f"{body['kind']} {body['metadata']['name']}" for body in found if body["kind"] in KEPT_KINDS]
    return [body for body in found if body["kind"] not in KEPT_KINDS], stay


def _task_pods(cluster: Cluster, namespace: str, bodies: list[Object]) -> list[Object]:
    """Pods of tasks that nobody removes, since no executor makes such."""
    settings = [body["data"] for body in bodies if body["kind"] == "ConfigMap" and EXECUTOR in body.get("data", {})]
    if any("KubernetesExecutor" in each[EXECUTOR] for each in settings):
        return []
    return cluster.list("v1", "Pod", namespace, labels=TASK_PODS)


def sweep(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """Once the new pods are ready: take away pods of tasks that ended only meanwhile, and name those that still run.

    A pod whose task is done goes on for some seconds, in which the executor goes that would have removed it.
    """
    bodies = [change.body for change in prepared.changes if change.what != "delete"]
    for pod in _task_pods(cluster, prepared.plan.namespace, bodies):
        change = Change("delete", pod, pod)
        if has_ended(pod):
            yield _delete(cluster, change)
        else:
            yield Row(
                change.label, Mark.WARNING, "a task of before still runs in it; apply removes it when it has ended", 0
            )


def owned(cluster: Cluster, namespace: str, recorded: record.Record | None) -> list[Object]:
    """The objects in the namespace that carry our labels, of the kinds that the record names."""
    kinds = sorted(recorded.kinds) if recorded else []
    lists = in_parallel(lambda kind: cluster.list(*kind, namespace, labels=record.LABELS), kinds)
    return [body for found in lists for body in found if not body["metadata"].get("ownerReferences")]


def _identity(body: Object) -> tuple[str, str]:
    return body["kind"], body["metadata"]["name"]


def apply(cluster: Cluster, prepared: Prepared) -> Iterator[Row]:
    """Send what was prepared, in order; a row for each object that was dealt with.

    Raises `UserError` where somebody else has begun since, before anything or in the middle.
    """
    if prepared.writes_nothing:
        yield from _sent(cluster, prepared, lambda: None)
        yield from _kept(prepared)
        return
    if not prepared.namespace_exists:
        yield _timed("Namespace " + prepared.plan.namespace, partial(_make_namespace, cluster, prepared))
    turn = Turn(cluster, prepared.plan.namespace)
    yield _timed(f"ConfigMap {record.NAME}", partial(_begin, turn, prepared))
    yield from _sent(cluster, prepared, turn.hold)
    if prepared.known and prepared.known.applying:
        # Who was cut off, or stops now, may have sent something after we had looked.
        again = prepare(cluster, prepared.plan, force=prepared.force, judge=False)
        yield from (row for row in _sent(cluster, again, turn.hold) if row.text != "unchanged")
    yield from _kept(prepared)
    turn.end(prepared.record.applied(datetime.now(UTC)))


def _kept(prepared: Prepared) -> Iterator[Row]:
    for label in prepared.kept:
        yield Row(label, Mark.DONE, "kept: no longer in the plan, but it holds data", 0)


def _sent(cluster: Cluster, prepared: Prepared, hold: Callable[[], object]) -> Iterator[Row]:
    yield from in_parallel(partial(_send_secret, cluster), prepared.secrets)
    sent = [change for change in prepared.changes if change.what != "delete"]
    for _, changes in groupby(sent, key=lambda change: ORDER.index(change.body["kind"])):
        hold()
        yield from in_parallel(partial(_send, cluster, prepared.force), list(changes))
    hold()
    yield from in_parallel(partial(_delete, cluster), [c for c in prepared.changes if c.what == "delete"])


def _begin(turn: Turn, prepared: Prepared) -> str:
    """The kinds of before and now, so that nothing is forgotten when we are cut off; and still the plan of before."""
    known, wanted = prepared.known, prepared.record
    if known:
        wanted = replace(wanted, kinds=wanted.kinds | known.kinds, plan=known.plan)
    turn.take(known, wanted)
    return "the record of what is applied"


def _timed(thing: str, work: partial[str]) -> Row:
    started = time.monotonic()
    text = work()
    return Row(thing, Mark.DONE, text, time.monotonic() - started)


def _make_namespace(cluster: Cluster, prepared: Prepared) -> str:
    name = prepared.plan.namespace
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(MANAGED_BY)}}
    try:
        cluster.create(body)
    except Exists:
        return "there already"
    return "created"


def _send_secret(cluster: Cluster, made: secrets.Made) -> Row:
    try:
        return _timed(f"Secret {made.name}", partial(secrets.send, cluster, made))
    except Exists:
        raise UserError(
            f"Secret {made.name} was made by somebody else in this moment.",
            "Another apply seems to be at work in this namespace; run again, it goes on with what is there.",
        ) from None


def _send(cluster: Cluster, force: bool, change: Change) -> Row:
    if change.what == "keep":
        return Row(change.label, Mark.DONE, "unchanged", 0)
    return _timed(change.label, partial(_applied, cluster, change, force))


def _applied(cluster: Cluster, change: Change, force: bool) -> str:
    if change.what == "recreate":
        _make_way(cluster, change.body)
    cluster.apply(change.body, force=force)
    return {"create": "created", "change": "changed", "recreate": "made anew"}[change.what]


def _make_way(cluster: Cluster, body: Object) -> None:
    """Delete what is there and wait until it is gone; its pods go meanwhile. A claim that has got its volume since
    somebody looked stays, and so does what was changed between our look and the deletion: then we look again."""
    kind, name, namespace = body["kind"], body["metadata"]["name"], body["metadata"]["namespace"]
    end = time.monotonic() + _PATIENCE
    while live := cluster.get(body["apiVersion"], kind, name, namespace):
        if kind == CLAIM and not unbound(live):
            raise UserError(
                f"Claim {name} was to be made anew, and has got its volume meanwhile: it was not deleted.",
                "Apply again, which says what it means.",
            )
        with suppress(Conflict):
            cluster.delete(body["apiVersion"], kind, name, namespace, seen=live)
        if time.monotonic() > end:
            raise UserError(
                f"{kind} {name} is to be made anew, and does not go within {_PATIENCE} s.",
                f"kubectl get {kind.lower()} {name} -n {namespace} -o yaml shows its finalizers; then apply again.",
            )
        time.sleep(_INTERVAL)


def _delete(cluster: Cluster, change: Change) -> Row:
    return _timed(change.label, partial(_deleted, cluster, change.body))


def _deleted(cluster: Cluster, body: Object) -> str:
    metadata = body["metadata"]
    try:
        cluster.delete(body["apiVersion"], body["kind"], metadata["name"], metadata["namespace"])
    except Missing:
        return "gone already"
    return "deleted: no longer in the plan"
