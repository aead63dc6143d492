"""How often something failed lately, by who tried it: kept in this process's memory, and bounded."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_KEPT: Final = 100_000
Who = tuple[str, ...]


class Failures:
    """Failures that count together for a while after the last one; the oldest are forgotten when there are too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_kept: int = MOST_KEPT) -> None:
        self._clock = clock
        self._most_kept = most_kept
        self._lock = threading.Lock()
        self._counted: OrderedDict[Who, tuple[int, float]] = OrderedDict()  # how many, and when they are forgotten

    def wait(self, who: Who, most: int) -> float:
        """Seconds to wait for whoever failed ``most`` times; 0 for everybody else."""
        with self._lock:
            count, until = self._counted.get(who, (0, 0.0))
        return max(0.0, until - self._clock()) if count >= most else 0.0

    def count(self, who: Who, seconds: float) -> None:
        """Count a failure, to be remembered for so long."""
        now = self._clock()
        with self._lock:
            count, until = self._counted.pop(who, (0, 0.0))
            self._counted[who] = (count + 1 if until > now else 1, now + seconds)
            while len(self._counted) > self._most_kept:
                self._counted.popitem(last=False)

    def take_back(self, who: Who) -> None:
        """Count one less: what was counted beforehand has not failed."""
        with self._lock:
            count, until = self._counted.get(who, (0, 0.0))
            if count > 0:
                self._counted[who] = (count - 1, until)

    def forget(self, who: Who) -> None:
        """Begin anew after a success."""
        with self._lock:
            self._counted.pop(who, None)
