"""A limit on what we ask of an API server, on our side: others use it too, and a workshop asks for much at once."""

import threading
import time


class Pace:
    """A token bucket, for several threads: `burst` requests at once, and then `per_second` of them.

    As client-go's QPS and burst, which kubectl sets to 50 and 300.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        self._ahead = burst * self._interval
        self._free = time.monotonic() - self._ahead
        """When the next token was there, or will be."""
        self._lock = threading.Lock()

    def take(self) -> float:
        """Wait for one's turn, in the order of asking; the seconds that it took."""
        with self._lock:
            now = time.monotonic()
            self._free = max(self._free, now - self._ahead) + self._interval
            wait = max(self._free - now, 0.0)
        time.sleep(wait)
        return wait
