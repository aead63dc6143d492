"""Slows down whoever tries tokens: after some that never led anywhere, an address waits, as after wrong passwords.

Counted in this process's memory. A token has 256 random bits, so that guessing is hopeless anyway; this keeps the noise
and its cost away. Links that have ended do not count: people do open old mails.
"""

import time
from collections.abc import Callable

from serving.limits.addresses import counted_address
from serving.limits.failures import Failures
from serving.problems import Problem
from serving.settings import ServingSettings


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
        self._failures = Failures(clock)

    def check(self, address: str, settings: ServingSettings) -> None:
        """Raise ``TooManyGuesses`` while an address has to wait."""
        left = self._failures.wait((counted_address(address),), settings.failed_logins)
        if left > 0:
            raise TooManyGuesses(left)

    def count(self, address: str, settings: ServingSettings) -> None:
        """Count a token that does not exist."""
        self._failures.count((counted_address(address),), settings.lock_length.total_seconds())
