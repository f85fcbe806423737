"""Several questions to the cluster at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AT_ONCE = 8


def in_parallel(work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
    """The results in the order of the items; the first exception in that order is raised, after all have ended."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(work, item) for item in items]
    return [future.result() for future in futures]
