"""How an installation is: what runs, what Airflow says of itself, and what has changed since it was applied.

Only reads, all at once; what can't be asked is said as such, beside the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from wizard import record, watch
from wizard.airflow_api import AirflowApi
from wizard.apply import prepare
from wizard.cluster.interface import Cluster, Object
from wizard.errors import UserError
from wizard.plan.model import Plan
from wizard.plan.rules import warnings
from wizard.progress import Row
from wizard.summary import Summary
from wizard.threads import in_parallel

MOST_ERRORS = 10
"""Import errors that are told; the count is of all."""


@dataclass(frozen=True)
class Restarts:
    """How often the containers of one name were started again, and why the last time."""

    container: str
    count: int
    reason: str
    """`OOMKilled`, or `Error, exit code 1`; empty where the kubelet has forgotten it."""
    at: str = ""
    """RFC 3339; empty where it isn't known."""


@dataclass(frozen=True)
class Component:
    """One Deployment of ours."""

    state: Row
    ready: int
    wanted: int
    image: str
    """Of the main container."""
    restarts: tuple[Restarts, ...] = ()


@dataclass(frozen=True)
class Airflow:
    """What Airflow says of itself."""

    version: str = ""
    health: dict[str, str] = field(default_factory=dict)
    """By component, `healthy` or `unhealthy`; one that the plan doesn't run isn't in it."""
    heartbeats: dict[str, str] = field(default_factory=dict)
    """By component, when it was last heard of: RFC 3339."""
    dags: int | None = None
    import_errors: tuple[tuple[str, str], ...] = ()
    """Files, each with the last line of what went wrong."""
    import_error_count: int = 0
    problem: str = ""
    """Why not all of it could be asked."""


@dataclass(frozen=True)
class Drift:
    """What the cluster has otherwise than the plan that was applied."""

    changes: tuple[tuple[str, str], ...] = ()
    """What apply would do to each object: `("change", "Deployment airflow-scheduler")`."""
    not_in_plan: tuple[str, ...] = ()
    """Objects of ours that the plan no longer has."""
    problem: str = ""


@dataclass(frozen=True)
class Status:
    """All of it."""

    plan: Plan
    components: list[Component]
    airflow: Airflow
    drift: Drift

    warnings: list[str]
    """What the plan's answers mean together."""

    @property
    def well(self) -> bool:
        """Whether all is ready, and Airflow says that it is healthy."""
        ready = bool(self.components) and all(each.ready >= each.wanted > 0 for each in self.components)
        return ready and set(self.airflow.health.values()) == {"healthy"}


def look(cluster: Cluster, namespace: str) -> Status:
    """Ask the cluster and Airflow. Raises `UserError` where the wizard has applied nothing there."""
    plan = record.applied_plan(cluster, namespace)
    asks: list[Callable[[], object]] = [
        lambda: components(cluster, namespace),
        lambda: airflow(AirflowApi(cluster, namespace)),
        lambda: drift(cluster, plan),
    ]
    found, says, changes = in_parallel(lambda ask: ask(), asks)
    told = [warned.sentence for warned in warnings(plan)]
    return Status(plan, cast("list[Component]", found), cast(Airflow, says), cast(Drift, changes), told)


def components(cluster: Cluster, namespace: str) -> list[Component]:
    """Each Deployment with what it waits for, or why it was started again."""
    known = watch.answers(cluster, namespace)
    found = []
    for deployment, pods in watch.deployments(cluster, namespace):
        found.append(
            Component(
                state=watch.state(cluster, deployment, pods, known),
                ready=deployment.get("status", {}).get("readyReplicas", 0),
                wanted=deployment["spec"].get("replicas", 1),
                image=deployment["spec"]["template"]["spec"]["containers"][0]["image"],
                restarts=tuple(restarts(pods)),
            )
        )
    return found


def restarts(pods: list[Object]) -> list[Restarts]:
    """By container, of these pods together."""
    found: dict[str, Restarts] = {}
    for status in [each for pod in pods for each in pod.get("status", {}).get("containerStatuses", [])]:
        count, name = status.get("restartCount", 0), status["name"]
        if not count:
            continue
        ended = status.get("lastState", {}).get("terminated") or {}
        reason = ended.get("reason", "")
        code = f", exit code {ended['exitCode']}" if reason == "Error" else ""
        at, before = ended.get("finishedAt") or "", found.get(name, Restarts(name, 0, ""))
        last = Restarts(name, count, f"{reason}{code}", at) if at >= before.at else before
        found[name] = Restarts(name, before.count + count, last.reason, last.at)
    return list(found.values())


def airflow(api: AirflowApi) -> Airflow:
    """Version and heartbeats, which Airflow tells everybody; then, as the admin, what is with the DAGs."""
    try:
        version = str(api.call("GET", "/api/v2/version")["version"])
        health = {name: state for name, state in api.call("GET", "/api/v2/monitor/health").items() if state["status"]}
    except UserError as error:
        return Airflow(problem=str(error))
    healthy = {name: str(state["status"]) for name, state in health.items()}
    beats = {name: beat for name, state in health.items() if (beat := _heartbeat(state))}
    try:
        api.login()
        dags = api.call("GET", "/api/v2/dags?limit=1")["total_entries"]
        errors = api.call("GET", f"/api/v2/importErrors?limit={MOST_ERRORS}")
    except UserError as error:
        return Airflow(version, healthy, beats, problem=f"its DAGs cannot be asked for: {error}")
    told = tuple((str(each["filename"]), _last_line(each["stack_trace"])) for each in errors["import_errors"])
    return Airflow(version, healthy, beats, dags, told, errors["total_entries"])


def _heartbeat(state: dict[str, Any]) -> str:
    return next((str(value) for key, value in state.items() if key.startswith("latest_") and value), "")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def drift(cluster: Cluster, plan: Plan) -> Drift:
    """What applying the same plan again would change."""
    try:
        prepared = prepare(cluster, plan, judge=False)
    except UserError as error:
        return Drift(problem=str(error))
    found = prepared.labels()
    gone = [label for what, label in found if what == "delete"]
    return Drift(tuple(each for each in found if each[0] != "delete"), (*gone, *prepared.kept))


def seconds_since(moment: str) -> float:
    """Of an RFC 3339 time."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def as_data(cluster: Cluster, status: Status, way_in: Summary) -> dict[str, Any]:
    """For a script: names as in Kubernetes' and Airflow's JSON, times as RFC 3339. No secret is in it."""
    airflow, drift = status.airflow, status.drift
    return {
        "namespace": status.plan.namespace,
        "context": cluster.context,
        "server": cluster.server,
        "ready": status.well,
        "components": [_component(each) for each in status.components],
        "airflow": {
            "version": airflow.version,
            "plannedVersion": status.plan.airflow.version,
            "health": airflow.health,
            "heartbeats": airflow.heartbeats,
            "dags": airflow.dags,
            "importErrors": [{"filename": file, "error": text} for file, text in airflow.import_errors],
            "importErrorCount": airflow.import_error_count,
            "problem": airflow.problem,
        },
        "access": {
            "url": way_in.url,
            "open": way_in.open,
            "user": way_in.user,
            "showPassword": way_in.password,
        },
        "drift": [{"change": what, "object": label} for what, label in drift.changes],
        "driftProblem": drift.problem,
        "notInPlan": list(drift.not_in_plan),
        "warnings": status.warnings,
    }


def _component(component: Component) -> dict[str, Any]:
    state = component.state
    return {
        "name": state.thing,
        "ready": component.ready,
        "wanted": component.wanted,
        "image": component.image,
        "state": state.text,
        "wayOut": state.way_out,
        "restarts": [vars(each) for each in component.restarts],
    }
