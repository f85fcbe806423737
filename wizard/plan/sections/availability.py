"""What happens to Airflow when a node goes."""

from typing import Literal

from wizard.plan.fields import AIRFLOW_DOCS, Closed, Number, ask


class Single(Closed):
    """One pod a component."""

    type: Literal["single"] = "single"


class Redundant(Closed):
    """Several schedulers and api-servers."""

    type: Literal["redundant"] = "redundant"
    schedulers: Number = ask(
        "Schedulers",
        "How many schedulers run. With LocalExecutor, each runs tasks of its own.",
        AIRFLOW_DOCS + "administration-and-deployment/scheduler.html#running-more-than-one-scheduler",
        default=2,
        ge=2,
        le=8,
    )
    api_servers: Number = ask(
        "Api-servers",
        "How many api-servers share the page, the REST API and the calls of running tasks.",
        AIRFLOW_DOCS + "core-concepts/overview.html",
        default=2,
        ge=2,
        le=8,
    )
