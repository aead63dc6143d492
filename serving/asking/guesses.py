"""Slows down whoever tries tokens: after some that never led anywhere, an address waits, as after wrong passwords.

Counted in this process's memory. A token has 256 random bits, so that guessing is hopeless anyway; this keeps the noise
and its cost away. Links that have ended do not count: people do open old mails.
"""

import threading
import time
from collections.abc import Callable

from serving.problems import Problem
from serving.settings import ServingSettings

MOST_ADDRESSES = 10_000


class TooManyGuesses(Problem):
    """Too many links that never were came from one address."""

    status = 429
    slug = "too-many-guesses"
    title = "Too many links that lead nowhere"

    def __init__(self, seconds: float) -> None:
        super().__init__("wait some minutes and open the link from the message again")
        self.headers = {"Retry-After": str(max(1, round(seconds)))}


class Guesses:
    """How often each address came with a token that does not exist."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: dict[str, tuple[int, float]] = {}  # address → how many, and when they are forgotten

    def check(self, address: str, settings: ServingSettings) -> None:
        """Raise ``TooManyGuesses`` while an address has to wait."""
        with self._lock:
            count, until = self._counted.get(address, (0, 0.0))
        left = until - self._clock()
        if count >= settings.failed_logins and left > 0:
            raise TooManyGuesses(left)

    def count(self, address: str, settings: ServingSettings) -> None:
        """Count a token that does not exist."""
        now = self._clock()
        with self._lock:
            if len(self._counted) >= MOST_ADDRESSES:
                self._counted = {key: one for key, one in self._counted.items() if one[1] > now}
            if len(self._counted) >= MOST_ADDRESSES:
                self._counted.clear()
            count, until = self._counted.get(address, (0, 0.0))
            count = count + 1 if until > now else 1
            self._counted[address] = (count, now + settings.lock_length.total_seconds())
