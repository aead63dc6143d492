"""Counts what each key asks: a rate in this process, a quota per day that all processes share.

The rate is the generic cell rate algorithm (ITU-T I.371): one number per key, the moment at which the bucket would be
full again. Every process counts its own, so n processes behind a balancer let n times the rate through. The quota is
counted here and added to the database every second or so; a key may exceed it by what all processes let through in
between. A process that is killed forgets as much: a quota is a brake, not a bill.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from serving.limits.allowance import SECONDS_PER_DAY, Allowance, Standing, TooManyRequests
from serving.sql import only

_EPOCH = date(1970, 1, 1)
_ADD = """
INSERT INTO key_usage (key_id, day, requests) VALUES (%(key_id)s, %(day)s, %(requests)s)
ON CONFLICT (key_id, day) DO UPDATE SET requests = key_usage.requests + excluded.requests
RETURNING requests
"""


@dataclass
class _Day:
    """A key's requests of one day (UTC): those the database knows, of all processes, and those it does not know yet."""

    known: int = 0
    pending: int = 0


class Limiter:
    """What the keys seen by this process have asked."""

    def __init__(
        self,
        general: Allowance | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.general = general or Allowance()
        self._clock = clock
        self._wall = wall
        self._lock = threading.Lock()
        self._full_at: dict[str, float] = {}
        self._days: dict[tuple[str, int], _Day] = {}

    def take(self, key_id: str, own: Allowance) -> Standing | None:
        """Count a request; ``None`` where nothing limits the key. Raises ``TooManyRequests``."""
        allowance = own.over(self.general)
        if allowance.per_second is None and allowance.per_day is None:
            return None
        with self._lock:
            left, refill, wait = self._look_at_rate(key_id, allowance)
            day, midnight = self._day_of(key_id)
            left_today = None if allowance.per_day is None else allowance.per_day - day.known - day.pending
            if wait > 0 or (left_today is not None and left_today <= 0):
                standing = Standing(
                    allowance, left and max(left, 0), left_today and max(left_today, 0), refill, midnight
                )
                raise _refusal(standing, wait)
            day.pending += 1
            if allowance.per_second is not None:
                self._full_at[key_id] = self._clock() + refill
            return Standing(allowance, left, None if left_today is None else left_today - 1, refill, midnight)

    def _look_at_rate(self, key_id: str, allowance: Allowance) -> tuple[int | None, float, float]:
        """Requests left after this one, seconds until the bucket is full, and seconds to wait if it is refused."""
        if allowance.per_second is None:
            return None, 0.0, 0.0
        now, gap = self._clock(), 1 / allowance.per_second
        refill = max(0.0, self._full_at.get(key_id, now) - now) + gap
        room = allowance.burst * gap - refill
        if room < -gap / 1_000:  # clocks count in steps
            return 0, refill - gap, -room
        return int(room / gap + 1e-3), refill, 0.0

    def _day_of(self, key_id: str) -> tuple[_Day, float]:
        number, passed = divmod(self._wall(), SECONDS_PER_DAY)
        day = self._days.get((key_id, int(number)))
        if day is None:
            day = self._days[key_id, int(number)] = _Day()
        return day, SECONDS_PER_DAY - passed

    def flush(self, engine: Engine) -> None:
        """Add what was counted to the database, and learn what other processes counted; counts survive an error."""
        with self._lock:
            due = [(place, day, day.pending) for place, day in sorted(self._days.items()) if day.pending]
        if not due:
            return
        totals = []
        with engine.begin() as connection:
            for (key_id, number), _, count in due:
                parameters = {"key_id": key_id, "day": _EPOCH + timedelta(days=number), "requests": count}
                totals.append(only(connection, _ADD, parameters)["requests"])
        with self._lock:
            for (_, day, count), total in zip(due, totals, strict=True):
                day.known, day.pending = total, day.pending - count
            today = int(self._wall() // SECONDS_PER_DAY)
            self._days = {place: day for place, day in self._days.items() if day.pending or place[1] >= today}


def _refusal(standing: Standing, wait: float) -> TooManyRequests:
    allowance = standing.allowance
    if wait > 0:
        detail = f"this key may ask {allowance.per_second:g} times a second; wait as long as Retry-After says"
        return TooManyRequests(detail, wait=wait, standing=standing)
    detail = f"this key may ask {allowance.per_day} times a day (UTC) and has done so; it may again after midnight"
    return TooManyRequests(detail, wait=standing.midnight, standing=standing)
