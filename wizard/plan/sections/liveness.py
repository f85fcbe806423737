"""How Kubernetes finds a scheduler that is stuck, and restarts it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wizard.plan.fields import AIRFLOW_DOCS, Closed, Misfit, Number, Period, ask, seconds

PROBE_DOCS = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
HEALTH_DOCS = AIRFLOW_DOCS + "administration-and-deployment/logging-monitoring/check-health.html"
_EACH = "How often Kubernetes asks, in seconds; not before the scheduler has started, for which it has five minutes."
_FAILURES = "After how many failures in a row Kubernetes restarts the scheduler; times the period, how long that takes."


class HealthPage(Closed):
    """The scheduler's page on port 8974."""

    type: Literal["http"] = "http"
    period_seconds: Number = ask("Period", _EACH, PROBE_DOCS, default=30, ge=5, le=3600)
    failure_threshold: Number = ask("Failures", _FAILURES, PROBE_DOCS, default=5, ge=1, le=100)


class JobHeartbeat(Closed):
    """The heartbeat of the scheduler's job in the database."""

    type: Literal["heartbeat"] = "heartbeat"
    period_seconds: Number = ask("Period", _EACH, PROBE_DOCS, default=60, ge=5, le=3600)
    failure_threshold: Number = ask("Failures", _FAILURES, PROBE_DOCS, default=3, ge=1, le=100)


class HeartbeatDag(Closed):
    """The last success of a DAG that runs every few minutes."""

    type: Literal["dag"] = "dag"
    interval: Period = ask(
        "Interval", "How often the heartbeat DAG runs.", AIRFLOW_DOCS + "core-concepts/dags.html", default="5m"
    )
    stuck_after: Period = ask(
        "Stuck after",
        "How long ago the last success may be. It counts from the scheduler's start at the earliest, so the first run "
        "has as long; a DAG that can't be read or is paused restarts nothing.",
        HEALTH_DOCS,
        default="20m",
    )
    period_seconds: Number = ask("Period", _EACH, PROBE_DOCS, default=60, ge=5, le=3600)
    failure_threshold: Number = ask("Failures", _FAILURES, PROBE_DOCS, default=3, ge=1, le=100)

    @model_validator(mode="after")
    def _one_may_fail(self) -> Self:
        if seconds(self.stuck_after) < 2 * seconds(self.interval):
            raise Misfit("stuckAfter", f"must be at least twice the interval of {self.interval}: one run may fail")
        return self


class Liveness(Closed):
    """What is watched for being stuck."""

    scheduler: Annotated[HealthPage | JobHeartbeat | HeartbeatDag, Field(discriminator="type")] = ask(
        "What shows that the scheduler is stuck?",
        "Kubernetes restarts a scheduler that fails its liveness probe. The api-server is watched by its version page: "
        "its health page answers 200 even when database and scheduler are down.",
        HEALTH_DOCS,
        default=HealthPage(),
    )
