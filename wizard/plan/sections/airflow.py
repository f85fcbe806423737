"""Which Airflow runs."""

from typing import Annotated, Literal, get_args

from wizard.plan.fields import AIRFLOW_DOCS, CONTROL, KUBERNETES_DOCS, Closed, DnsName, Image, ask, matching

Colour = Literal["red", "orange", "green", "teal", "blue", "purple", "pink"]
COLOURS = get_args(Colour)
"""The names; `wizard.plan.derived.theme` has their shades."""
SUPPORTED = r"3\.3\.[0-9]{1,4}"
"""Versions that a plan can name."""


class Airflow(Closed):
    """Which Airflow runs."""

    version: Annotated[
        str, matching(SUPPORTED, "must be a version of Airflow 3.3, such as 3.3.2; others are not supported")
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
    pull_secret: DnsName | None = ask(
        "Pull secret",
        "The name of an existing Secret, made by kubectl create secret docker-registry, with which every pod pulls "
        "its images. Empty: none, as for images that anybody may pull.",
        KUBERNETES_DOCS + "containers/images/#specifying-imagepullsecrets-on-a-pod",
        default=None,
    )
    instance_name: (
        Annotated[
            str,
            matching(
                rf"(?=\S)[^~${CONTROL}][^${CONTROL}]{{0,63}}(?<=\S)",
                "must be a line of at most 64 characters; Airflow would take a $, or a ~ at its start, for a variable",
            ),
        ]
        | None
    ) = ask(
        "Name on the page",
        "What the page calls this Airflow, such as Production, so that nobody takes one for the other. Empty: Airflow.",
        AIRFLOW_DOCS + "configurations-ref.html#instance-name",
        default=None,
    )
    colour: Colour | None = ask(
        "Colour",
        f"The colour of the page, to tell environments apart: {', '.join(COLOURS)}. Empty: Airflow's own.",
        AIRFLOW_DOCS + "howto/customize-ui.html",
        default=None,
    )
    expose_config: bool = ask(
        "Show settings",
        "Whether the page and the REST API show Airflow's configuration to those who may read it.",
        AIRFLOW_DOCS + "configurations-ref.html#expose-config",
        default=False,
    )


def release(version: str) -> tuple[int, ...]:
    """A version such as `3.3.2`, to be compared."""
    return tuple(int(part) for part in version.split("."))
