"""What of a plan can be tried in a pod, purely: a question each, as `rehearsal` of the folders' `choice.yaml` says.

    rehearsal:
      question: DAGs                what is tried, for who reads the row
      pod: airflow-dag-processor    the Deployment whose pod is taken, with another command
      init: [git-sync-init]         its init containers that run before, as they are
      script: rehearse_dags.py      what runs in its main container; a file of this folder
      files: [...]                  further files of this folder that scripts import
      needs: [{module: ldap}, {command: git}]    what the image must have for this answer
      causes:                       what a failure's text means, and the answer to change
        - {said: REGULAR EXPRESSION, cause: A sentence; else the text itself., change: dags.ref}

A folder without `pod` adds to what others of its section try.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from wizard.plan.derived import values_of
from wizard.plan.model import Plan
from wizard.plan.rules import said_by
from wizard.plan.sections.login import Ldap
from wizard.render import NeededSecret, Rendered
from wizard.render.folders import Folder, folders_of
from wizard.render.lift import Object, pod_template
from wizard.render.manifests import needed_secrets

LONGEST_ANSWER = 40
"""Characters; a longer answer is not repeated beside its place."""


@dataclass(frozen=True)
class Cause:
    """What a failure means whose text matches."""

    said: str
    sentence: str
    change: str

    def explains(self, text: str) -> bool:
        """Whether this is it."""
        return re.search(self.said, text) is not None


@dataclass(frozen=True)
class Try:
    """One question to try: the real pod's template, and what runs in it."""

    question: str
    place: str
    """The section of the plan, such as `dags`."""
    template: Object
    init: tuple[str, ...]
    script: str
    environment: dict[str, str]
    secrets: tuple[NeededSecret, ...]
    """Those of the same section: a pod gets no others."""
    causes: tuple[Cause, ...] = field(repr=False)

    def explained(self, text: str) -> tuple[str, str]:
        """The known cause of a failure, else its own last line; and the place of the answer to change."""
        for cause in self.causes:
            if cause.explains(text):
                return cause.sentence or text, cause.change
        return text, self.place


def tries_of(plan: Plan, rendered: Rendered, ldap_user: str = "") -> list[Try]:
    """All that can be tried, in the order of the plan's sections. `ldap_user` is whose roles are to be told."""
    pods = {m.name: pod for m in rendered.manifests if m.kind == "Deployment" and (pod := pod_template(m.body))}
    folders, values = folders_of(plan), values_of(plan)
    found = []
    for folder in folders:
        declared = folder.choice.get("rehearsal", {})
        if "pod" not in declared:
            continue
        section = _section(folder)
        found.append(
            Try(
                question=declared["question"],
                place=section,
                template=pods[declared["pod"]],
                init=tuple(declared.get("init", ())),
                script=declared["script"],
                environment=_environment(plan, section, ldap_user),
                secrets=tuple(needed_secrets([each for each in folders if _section(each) == section], values)),
                causes=_causes(folders, section),
            )
        )
    return found


def files_of(plan: Plan) -> dict[str, str]:
    """The scripts, by name, and what they import."""
    found: dict[str, str] = {}
    for folder in folders_of(plan):
        declared = folder.choice.get("rehearsal", {})
        names = [*declared.get("files", ()), *([declared["script"]] if "script" in declared else ())]
        found |= {name: folder.file(name) for name in names}
    return found


def can_name_people(plan: Plan) -> bool:
    """Whether there is a directory to ask for somebody's roles."""
    return isinstance(plan.login, Ldap)


def reaches_out(plan: Plan) -> bool:
    """Whether more than the image can be tried: what answers name that the wizard doesn't make."""
    return any("pod" in each.choice.get("rehearsal", {}) and _section(each) != "airflow" for each in folders_of(plan))


def answer(plan: Plan, place: str) -> str:
    """How a message names an answer: its place, and what was said where that is short."""
    said = said_by(plan).get(place)
    short = isinstance(said, str | int) and len(str(said)) <= LONGEST_ANSWER and "\n" not in str(said)
    return f"{place} ({said})" if short else place


def _section(folder: Folder) -> str:
    return folder.path.parts[0]


def _causes(folders: list[Folder], section: str) -> tuple[Cause, ...]:
    """Those of the deeper choices first, as they know more; at the end those of every Airflow."""
    mine = [folder for folder in folders if _section(folder) == section]
    every = [folder for folder in folders if _section(folder) == "airflow" and section != "airflow"]
    return tuple(
        Cause(entry["said"], entry.get("cause", ""), entry["change"])
        for folder in [*reversed(mine), *every]
        for entry in folder.choice.get("rehearsal", {}).get("causes", [])
    )


def _environment(plan: Plan, section: str, ldap_user: str) -> dict[str, str]:
    if section == "airflow":
        return {"REHEARSAL_IMAGE": json.dumps({"version": plan.airflow.version, "needs": image_needs(plan)})}
    return {"REHEARSAL_LDAP_USER": ldap_user} if section == "login" and ldap_user else {}


def image_needs(plan: Plan) -> list[dict[str, Any]]:
    """The modules and programs that the answers need, each once, with the first answer that needs it."""
    said, found = said_by(plan), dict[tuple[str, str], str]()
    for folder in folders_of(plan):
        for need in folder.choice.get("rehearsal", {}).get("needs", []):
            ((kind, name),) = need.items()
            place = folder.answer.removesuffix(".type")
            found.setdefault((kind, name), f"{place}: {said[place]}" if place else "every Airflow")
    return [{kind: name, "answer": reason} for (kind, name), reason in found.items()]
