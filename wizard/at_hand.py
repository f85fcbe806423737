"""Files with secrets, looked at while somebody names them: what is wrong with one is told at its field, not at apply.

What is told holds no value; of a key that is right, its fingerprint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wizard.blueprints_folder import BLUEPRINTS
from wizard.brought import bring
from wizard.deploy_key import described
from wizard.errors import UserError
from wizard.progress import Mark
from wizard.render.needed_secrets import Check, Value, secret_places
from wizard.yaml_files import read_yaml

LARGEST = 1 << 20
"""Bytes; a larger file holds no secret of ours."""


@dataclass(frozen=True)
class Remark:
    """What is to be said of an answer that is right: that it surprises, or what is good to know of it."""

    sentence: str
    mark: Mark = Mark.WARNING


@cache
def checks() -> dict[str, Check | None]:
    """By the place of a source in the plan, what its value must be: as `secrets:` of each `choice.yaml` says."""
    found: dict[str, Check | None] = {}
    for file in sorted(BLUEPRINTS.rglob("choice.yaml")):
        for secret in read_yaml(file.read_text("utf-8")).get("secrets", []):
            for key, place in secret_places(secret).items():
                found[place] = secret["keys"][key].get("check")
    return found


def look(said: Mapping[str, Any]) -> dict[str, Remark]:
    """By the place of each answer that names a file, what is to be said of it; nothing where that is nothing."""
    found = {}
    for place, check in checks().items():
        path = said.get(f"{place}.path")
        if said.get(place) == "file" and isinstance(path, str) and path:
            seen = _look_at(path, check)
            if seen:
                found[f"{place}.path"] = seen
    return found


def _look_at(path: str, check: Check | None) -> Remark | None:
    try:
        file = Path(path).expanduser()
        readable = file.is_file() and file.stat().st_size <= LARGEST
        text = bring(Value(file=path, check=check), "This file", needed=False) if readable else None
    except UserError as error:
        return Remark(f"{error.message} {error.way_out}".strip())
    except (OSError, RuntimeError, ValueError):
        text = None
    if text is None:
        return Remark("There is no such file here, or it is empty; apply reads it on the machine where it runs.")
    return Remark(described(text), Mark.DONE) if check == "ssh-private-key" else None
