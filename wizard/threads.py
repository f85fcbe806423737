"""Several questions to the cluster at once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AT_ONCE = 8


def in_parallel(work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
    """The results in the order of the items; the first exception in that order is raised, after all have ended.

    At Ctrl-C the rest is not begun any more, and what has begun isn't waited for: an answer may never come.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures = [pool.submit(work, item) for item in items]
        wait(futures)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]


def as_they_end(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """The results as they come; an exception is raised in its turn.

    Whoever stops reading, by Ctrl-C too, waits for what has begun; the rest is not begun any more.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for future in as_completed([pool.submit(work, item) for item in items]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
