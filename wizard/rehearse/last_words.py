"""What a pod came to, in words that may be shown: from its status alone, purely."""

import json
import re
from dataclasses import dataclass
from typing import Any

from wizard.cluster.interface import Object
from wizard.short_pods import statuses
from wizard.watch import plain_line

LONGEST = 400
"""Characters of a text that no known cause explains."""

_NO_IMAGE = ("ErrImageNeverPull", "InvalidImageName", "ImagePullBackOff")
"""Waiting for these is in vain."""


def last_words(pod: Object) -> tuple[bool, str]:
    """Whether a pod that has ended did well, and what it said; of one that failed, the container that failed."""
    status = pod.get("status", {})
    states = [each.get("state", {}).get("terminated", {}) for each in statuses(status)]
    for ended in states:
        if ended.get("exitCode", 0) != 0:
            if ended.get("reason") == "OOMKilled":
                return False, "OOMKilled: it wanted more memory than it may have"
            return False, str(ended.get("message") or f"{ended.get('reason')}, exit code {ended['exitCode']}")
    if status.get("phase") == "Succeeded":
        return True, str(states[-1].get("message", "")) if states else ""
    return False, f"{status.get('reason', 'Failed')}: {status.get('message', 'nothing more is known')}"


def is_running(pod: Object) -> bool:
    """Whether a container of it is at work."""
    return any("running" in each.get("state", {}) for each in statuses(pod.get("status", {})))


@dataclass(frozen=True)
class NoImage:
    """Why an image can't be had, and the answer to change."""

    sentence: str
    change: str
    said: str


def no_image(pod: Object) -> NoImage | None:
    """What keeps a pod from its image; None as long as it may still come."""
    status = pod.get("status", {})
    inits = {each["name"] for each in status.get("initContainerStatuses", [])}
    for each in statuses(status):
        waiting = each.get("state", {}).get("waiting", {})
        if waiting.get("reason") not in _NO_IMAGE:
            continue
        said, name = str(waiting.get("message") or waiting["reason"]), each["image"]
        if re.search("denied|authoriz|authenti|[Ff]orbidden", said):
            return NoImage(f"The registry does not let the nodes have the image {name}.", "airflow.pullSecret", said)
        change = "dags.image" if each["name"] in inits else "airflow.image"
        return NoImage(f"The nodes cannot pull the image {name}.", change, said)
    return None


def in_a_line(text: str) -> str:
    """A text in a line; of a log its last, and in JSON the error in it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["it said nothing"]
    logged = [line for line in lines if line.startswith("{")]
    line = logged[-1] if logged else lines[-1] if text.startswith("Traceback") else " ".join(lines)
    if logged:
        try:
            read: dict[str, Any] = json.loads(line)
        except ValueError:
            read = {}
        line = str(read.get("error") or read.get("msg") or line)
    return plain_line(" ".join(line.split()))[:LONGEST]
