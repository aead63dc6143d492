"""Every refusal comes into the audit log, and nobody can fill the disk by being refused.

Noting one is an entry in memory, so that an answer is neither slowed down nor endangered. The first refusal of a caller
is written within a second or so, in a transaction of its own; further ones of the same kind are counted and written as
one entry when the minute is over. Beyond a hundred callers a minute the rest are counted together.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine

from serving import audit
from serving.auth import repository

WINDOW_SECONDS: Final = 60.0
MOST_CALLERS: Final = 100
REFUSED: Final = frozenset({401, 403, 429})
OTHERS: Final = "others"
MOST_LOGINS: Final = 20


@dataclass(frozen=True)
class Refusal:
    """What was refused to whom; it holds no secret.

    Attributes:
        caller: account or key id, or the address of somebody unknown.
        problem: the kind of problem.
        route: method and path template.
        login: what was typed as a name, which may be anything; only names of accounts are ever written down.
    """

    caller: str
    status: int
    problem: str
    route: str = ""
    address: str = ""
    request_id: str = ""
    login: str = ""

    @property
    def kind(self) -> tuple[str, int, str]:
        """What is counted together."""
        return self.caller, self.status, self.problem


@dataclass
class _Counted:
    first: Refusal
    until: float
    since: datetime
    untold: int = 0
    told: bool = False
    logins: set[str] = field(default_factory=set)


class Refusals:
    """Refusals of this process that are not in the audit log yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[tuple[str, int, str], _Counted] = {}

    def note(self, refusal: Refusal) -> None:
        """Count a refusal."""
        with self._lock:
            if refusal.kind not in self._held and len(self._held) >= MOST_CALLERS:
                refusal = replace(refusal, caller=OTHERS, address="", request_id="")
            counted = self._held.get(refusal.kind)
            if counted is None:
                counted = _Counted(refusal, self._clock() + WINDOW_SECONDS, datetime.now(UTC))
                self._held[refusal.kind] = counted
            counted.untold += 1
            if refusal.login and len(counted.logins) < MOST_LOGINS:
                counted.logins.add(refusal.login)

    def flush(self, engine: Engine, *, everything: bool = False) -> None:
        """Write what is due, in one transaction; what could not be written is kept for the next time."""
        due = self._due(everything=everything)
        if not due:
            return
        with engine.begin() as connection:
            # In the order of the streams, so that two processes never wait for each other in a circle.
            for counted, count in sorted(due, key=lambda one: audit.stream_of(one[0].first.caller)):
                _write(connection, counted, count)
        with self._lock:
            for counted, count in due:
                counted.untold, counted.told = counted.untold - count, True
            now = self._clock()
            self._held = {kind: one for kind, one in self._held.items() if one.untold or one.until > now}

    def _due(self, *, everything: bool) -> list[tuple[_Counted, int]]:
        with self._lock:
            now = self._clock()
            held = self._held.values()
            return [
                (one, one.untold) for one in held if one.untold and (everything or not one.told or one.until <= now)
            ]


def _write(connection: Connection, counted: _Counted, count: int) -> None:
    first = counted.first
    detail: dict[str, Any] = {
        "status": first.status,
        "problem": first.problem,
        "route": first.route,
        "address": first.address,
        "count": count,
        "since": counted.since,
    }
    if counted.logins:
        detail["logins"] = repository.logins_among(connection, sorted(counted.logins))
    audit.write(
        connection, "refused", actor=first.caller, subject=first.caller, detail=detail, request_id=first.request_id
    )
