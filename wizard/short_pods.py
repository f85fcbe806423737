"""Pods of ours that do one thing and end, and that are always removed again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

Out = TypeVar("Out")


def has_ended(pod: Object) -> bool:
    """Whether a pod has come to its end, well or not."""
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def surely(work: Callable[[], Out]) -> Out:
    """Do the work to its end, even if somebody presses Ctrl-C again meanwhile, which counts afterwards."""
    interrupt: KeyboardInterrupt | None = None
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while True:
            try:
                found = future.result()
                break
            except KeyboardInterrupt as pressed:
                interrupt = pressed
    if interrupt is not None:
        raise interrupt
    return found
