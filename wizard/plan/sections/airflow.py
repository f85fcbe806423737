"""Which Airflow runs."""

from typing import Annotated

from wizard.plan.fields import AIRFLOW_DOCS, Closed, Image, ask, matching


class Airflow(Closed):
    """Which Airflow runs."""

    version: Annotated[
        str, matching(r"3\.3\.[0-9]+", "must be a version of Airflow 3.3, such as 3.3.2; others are not supported")
    ] = ask(
        "Airflow version",
        "All components run this version. The database is migrated to it when Airflow starts.",
        AIRFLOW_DOCS + "release_notes.html",
        default="3.3.2",
    )
    image: Image | None = ask(
        "Image",
        "Your own image, where DAGs or libraries are built in; `airflow-wizard image` writes a Dockerfile for it. It "
        "must hold the version above. "
        "Empty: the official image of that version.",
        "https://airflow.apache.org/docs/docker-stack/build.html",
        default=None,
    )
