"""The blueprint folders: which ones a plan brings in, and what is in one.

The tree of decisions is the tree of folders: section `database` with `type: postgresql` is `database/postgresql/`,
and its `storage` with `type: claim` is `database/postgresql/storage/claim/`. A section without choices is its own
folder. A folder may hold

    NAME.yaml             one Kubernetes object
    NAME.patch.yaml       a strategic merge patch of one object, by kind and name
    NAME.pod.patch.yaml   a patch of the pods that its `selector` matches (see `lift`)
    choice.yaml           the choice's texts, its `configMapGenerator`, its `secrets`, and `components`: other folders
                          that it brings in too, by their path from here; and `image`: what Airflow's image must
                          have, `pip` packages, the `apt` packages to compile them with, and files made from `pods`;
                          and `rehearsal`: how the answer is tried (see `wizard.rehearse.tries`)
                          and `reach`: a pod patch of the folder, and what the pods that it reaches would do
    anything else         a file that `configMapGenerator` puts into a ConfigMap
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from wizard.blueprints_folder import BLUEPRINTS
from wizard.plan.model import Plan
from wizard.yaml_files import read_yaml

Tree = dict[str, Any]


@dataclass(frozen=True)
class Folder:
    """What is in one blueprint folder; the values by file name."""

    path: Path
    """Below `blueprints/`, such as `database/postgresql`."""
    answer: str
    """The plan's field that brings it in, such as `database.type`; empty for what every Airflow has."""
    choice: Tree = field(default_factory=dict)
    objects: dict[str, Tree] = field(default_factory=dict)
    patches: dict[str, Tree] = field(default_factory=dict)
    pod_patches: dict[str, Tree] = field(default_factory=dict)

    def file(self, name: str) -> str:
        """The text of a plain file of this folder."""
        return (BLUEPRINTS / self.path / name).read_text("utf-8")


@cache
def read_folder(path: Path, answer: str) -> Folder:
    """Read one folder below `blueprints/`; one that doesn't exist brings in nothing."""
    folder = Folder(path, answer)
    for file in sorted((BLUEPRINTS / path).glob("*.yaml")):
        value = read_yaml(file.read_text("utf-8"))
        if file.name == "choice.yaml":
            folder.choice.update(value)
        elif file.name.endswith(".pod.patch.yaml"):
            folder.pod_patches[file.name] = value
        elif file.name.endswith(".patch.yaml"):
            folder.patches[file.name] = value
        else:
            folder.objects[file.name] = value
    return folder


def folders_of(plan: Plan) -> list[Folder]:
    """The folders that this plan brings in, in the order of its sections; each once."""
    found: dict[Path, Folder] = {}
    for path, answer in _paths(plan, Path(), ""):
        for folder in _with_components(path, answer):
            found.setdefault(folder.path, folder)
    return list(found.values())


def _with_components(path: Path, answer: str) -> Iterator[Folder]:
    folder = read_folder(path, answer)
    yield folder
    for component in folder.choice.get("components", []):
        yield from _with_components(Path(os.path.normpath(path / component)), answer)


def _paths(part: BaseModel, path: Path, place: str) -> Iterator[tuple[Path, str]]:
    for name, field_ in type(part).model_fields.items():
        value = getattr(part, name)
        if not isinstance(value, BaseModel):
            continue
        key = field_.alias or name
        below, answer = path / key, f"{place}{key}"
        tag = getattr(value, "type", None)
        if tag is not None:
            below, answer = below / str(tag), f"{answer}.type"
        yield below, answer if tag is not None else ""
        yield from _paths(value, below, f"{place}{key}.")
