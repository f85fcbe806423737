"""Pods of ours that do one thing and end, and that are always removed again."""

import signal
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from wizard.cluster.interface import Object

INTERVAL = 0.3
"""Seconds between two looks at a pod."""

SPEC: dict[str, Any] = {
    "restartPolicy": "Never",
    # Seconds: should nobody be left to remove it, it ends by itself, and goes soon when it is told to.
    "activeDeadlineSeconds": 600,
    "terminationGracePeriodSeconds": 3,
    "automountServiceAccountToken": False,
    "enableServiceLinks": False,
}
"""What all of them have; nothing of them needs the cluster's API."""

_ENDS = (signal.SIGINT, signal.SIGTERM)

Out = TypeVar("Out")


def has_ended(pod: Object) -> bool:
    """Whether a pod has come to its end, well or not."""
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def is_over(pod: Object) -> bool:
    """Whether its work is done or has failed, although the node hasn't said so of the pod yet."""
    status = pod.get("status", {})
    first = [each.get("state", {}).get("terminated", {}).get("exitCode", 0) for each in statuses(status)]
    return any(first) or any("terminated" in each.get("state", {}) for each in status.get("containerStatuses", []))


def statuses(status: Object) -> list[Object]:
    """Those of a pod's containers, in the order in which they run."""
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def surely(work: Callable[[], Out]) -> Out:
    """Do the work to its end, even if somebody presses Ctrl-C again meanwhile: that counts afterwards."""
    if threading.current_thread() is not threading.main_thread():
        return work()  # signals interrupt the main thread alone
    pressed: list[int] = []
    before = {each: signal.signal(each, lambda got, _: pressed.append(got)) for each in _ENDS}
    try:
        found = work()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if pressed:
        raise KeyboardInterrupt
    return found
