"""The image that a plan wants: a Dockerfile, and the files that it copies. Purely from the plan.

What the answers need of the image is said in the `choice.yaml` of their blueprint folders (`image`). The official
image has all of it already; its slim variant has none, and gets it installed as Airflow's own documentation does.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from wizard.plan.derived.dags import dags_folder
from wizard.plan.model import Plan
from wizard.plan.rules import said_by
from wizard.plan.sections.dags import DagsInImage
from wizard.render import render
from wizard.render.folders import folders_of

DAGS = "dags"
"""The folder of the build context that the user fills."""

_EXAMPLE = "registry.example.com/airflow:1"

_HEAD = """\
#   docker build -t {name} .
#
# Push it, and name it in the plan as airflow.image; give each new build a new tag, or nothing rolls.

FROM docker.io/apache/airflow:{slim}{version}
"""

_OWN = """\
# Libraries of your own go here. The image runs as user airflow, for whom pip installs without being told --user.
# Airflow is named with its version so that pip leaves it as it is; the constraints are those it was released with.
# RUN pip install --no-cache-dir "apache-airflow==${AIRFLOW_VERSION}" --constraint "${HOME}/constraints.txt" LIBRARY
"""

_PIP = """\
# By the constraints that this version of Airflow was released with; naming Airflow keeps pip from changing it.
# The image runs as user airflow, for whom pip installs without being told --user. Libraries of your own go here too.
RUN pip install --no-cache-dir "apache-airflow==${AIRFLOW_VERSION}" --constraint "${HOME}/constraints.txt" \\
"""

_APT = """\
# To compile what pip installs. apt wants root, pip does not.
USER root
RUN apt-get update \\
 && apt-get install -y --no-install-recommends \\
%s
 && apt-get clean \\
 && rm -rf /var/lib/apt/lists/*
USER airflow
"""


@dataclass(frozen=True)
class Need:
    """A package that an answer needs, and the answer."""

    package: str
    answer: str


@dataclass(frozen=True)
class BuildContext:
    """What `docker build` gets: the Dockerfile, other files by their path beside it, and whether there are DAGs."""

    dockerfile: str
    files: dict[str, str]
    has_dags: bool


def build_context(plan: Plan, *, slim: bool = False) -> BuildContext:
    """The image for this plan, on the official image of its version, or on the slim one."""
    has_dags = isinstance(plan.dags, DagsInImage)
    files = {_beside(place): text for place, text in render(plan).in_image.items()}
    name = (plan.airflow.image or _EXAMPLE).partition("@")[0]
    parts = [_HEAD.format(name=name, slim="slim-" if slim else "", version=plan.airflow.version)]
    parts += _installed(plan) if slim else _there_already(plan)
    if has_dags:
        parts.append(_copy("dags.type: image", DAGS, str(dags_folder(plan))))
    for folder in sorted({str(PurePosixPath(place).parent) for place in render(plan).in_image}):
        parts.append(_copy("executor.template: image", PurePosixPath(folder).name, folder))
    return BuildContext("\n".join(parts), files, has_dags)


def needs(plan: Plan, kind: str) -> list[Need]:
    """The packages of `pip` or `apt` that the answers need, each once, with the first answer that needs it."""
    said, found = said_by(plan), dict[str, str]()
    for folder in folders_of(plan):
        for package in folder.choice.get("image", {}).get(kind, []):
            found.setdefault(package, _sentence(folder.answer.removesuffix(".type"), said))
    return [Need(package, answer) for package, answer in found.items()]


def _sentence(place: str, said: dict[str, Any]) -> str:
    return f"{place}: {said[place]}" if place else "every Airflow"


def _there_already(plan: Plan) -> list[str]:
    wanted = needs(plan, "pip")
    width = max(len(need.package) for need in wanted)
    lines = [f"#   {need.package:<{width}}  {need.answer}" for need in wanted]
    return ["# The official image has what the plan's answers need:\n" + "\n".join(lines) + "\n", _OWN]


def _installed(plan: Plan) -> list[str]:
    apt, pip = needs(plan, "apt"), needs(plan, "pip")
    return [*([_APT % f"{_listed(apt)} \\"] if apt else []), f"{_PIP}{_listed(pip)}\n"]


def _listed(wanted: list[Need]) -> str:
    """The packages as lines of one command, below the answer that they are for; comments may stand between."""
    groups = groupby(wanted, key=lambda need: need.answer)
    return " \\\n".join(
        f"    # {answer}\n    " + " \\\n    ".join(need.package for need in group) for answer, group in groups
    )


def _copy(answer: str, source: str, place: str) -> str:
    """The image's group is 0, whatever the user's number: so a container under another user can read it too."""
    return f"# {answer}\nCOPY --chown=airflow:root {source} {place}/\n"


def _beside(place: str) -> str:
    """Where a file of the image is in the build context: in a folder that is called as its folder there."""
    return str(PurePosixPath(*PurePosixPath(place).parts[-2:]))
