"""Rehearsal of the image: is it the plan's Airflow, and has it what the answers need?"""

import importlib
import json
import os
import shutil
from importlib.metadata import PackageNotFoundError, version

import rehearsal


def missing(needs):
    """Of each need that the image can't fill, what is missing and the answer that it is for."""
    for need in needs:
        if "command" in need:
            if shutil.which(need["command"]) is None:
                yield f"no program {need['command']} ({need['answer']})"
            continue
        try:
            importlib.import_module(need["module"])
        except Exception as error:  # noqa: BLE001  a broken library raises what it likes
            yield f"{need['module']} cannot be imported: {rehearsal.reason(error)} ({need['answer']})"


def tried():
    wanted = json.loads(os.environ["REHEARSAL_IMAGE"])
    try:
        found = version("apache-airflow-core")
    except PackageNotFoundError:
        raise rehearsal.Failed("the image has no Airflow 3") from None
    if found != wanted["version"]:
        raise rehearsal.Failed(f"the image has Airflow {found}, and the plan says {wanted['version']}")
    lacking = list(missing(wanted["needs"]))
    if lacking:
        raise rehearsal.Failed(f"the image lacks: {'; '.join(lacking)}")
    return f"Airflow {found}, and the {len(wanted['needs'])} things that the answers need"


if __name__ == "__main__":
    rehearsal.run(tried)
