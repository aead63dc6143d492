"""When a message that was not accepted is sent again: exponentially later, with jitter, for about a day."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

FACTOR: Final = 3.0
JITTER: Final = 0.2
LONGEST: Final = timedelta(hours=6)


@dataclass(frozen=True)
class Schedule:
    """The times between attempts.

    Attributes:
        first: mean wait after the first attempt; each later one is three times as long, at most six hours.
        attempts: how many there are before the message is dead.

    The defaults of the settings (5 seconds, 12 attempts) reach 22.6 hours on average:

    >>> waits = [Schedule(timedelta(seconds=5), 12).mean_after(number) for number in range(1, 12)]
    >>> round(sum(wait.total_seconds() for wait in waits) / 3600, 1)
    22.6
    """

    first: timedelta
    attempts: int

    def mean_after(self, number: int) -> timedelta:
        """The wait after attempt ``number`` (from 1), before jitter."""
        seconds = self.first.total_seconds() * FACTOR ** min(number - 1, 40)
        return min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)

    def wait_after(self, number: int, message_id: str) -> timedelta | None:
        """The wait after attempt ``number``; ``None`` when it was the last.

        The jitter (up to a fifth, either way) depends on message and attempt alone: receivers that came back are not
        met by everything at once, and the schedule can be told beforehand.
        """
        if number >= self.attempts:
            return None
        return self.mean_after(number) * (1 + JITTER * (2 * _draw(message_id, number) - 1))


def _draw(message_id: str, number: int) -> float:
    digest = hashlib.sha256(f"{message_id}\x1f{number}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
