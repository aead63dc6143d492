"""Which invoices should be ready and are not, and bringing them up to date: what a worker does every few seconds.

The cost follows what has changed, not the ledger: of the invoices, only those written since the last look are new; of
what is ready, only that is made again which a write has touched, or the day, the models or the controls have outdated.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from psycopg import sql
from sqlalchemy import Connection

from features.touched import STALE, forget_touches
from ledger.database import raw_cursor
from serving.scoring.prepared import basis, prepare
from serving.sql import change, only, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

_KEPT_DAYS = 2

_OUTDATED = sql.SQL("""
SELECT ready.invoice_id, newest.status IN ('draft', 'approved') AS unsent
FROM prepared_score AS ready CROSS JOIN LATERAL (
    SELECT status FROM invoice WHERE invoice.invoice_id = ready.invoice_id
    ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
) AS newest
WHERE (basis <> %(basis)s OR until <= %(now)s OR {stale})
  AND (newest.status NOT IN ('draft', 'approved') OR {free})
ORDER BY ready.invoice_id LIMIT %(limit)s
""").format(stale=STALE.format(table=sql.SQL("ready")), free=sql.SQL(free(Sweep.READY, "ready.invoice_id")))
_NEW = f"""
SELECT invoice_id FROM invoice AS found
WHERE status IN ('draft', 'approved')
  AND (%(since)s::text IS NULL OR recorded_tx >= pg_snapshot_xmin(%(since)s::pg_snapshot))
  AND NOT EXISTS (SELECT FROM prepared_score WHERE prepared_score.invoice_id = found.invoice_id)
  AND NOT EXISTS (
      SELECT FROM invoice AS newer WHERE newer.invoice_id = found.invoice_id
      AND (newer.known_at, newer.event_at, newer.record_id) > (found.known_at, found.event_at, found.record_id))
  AND {free(Sweep.READY, "found.invoice_id")}
ORDER BY invoice_id LIMIT %(limit)s
"""  # noqa: S608 - our own words
# The snapshot that the oldest of what is ready was read in; without any, that of now.
_OLDEST = """
SELECT coalesce((SELECT x || ':' || x || ':' FROM (
    SELECT min(pg_snapshot_xmin(snapshot)::text::bigint) AS x FROM prepared_score) AS oldest),
    pg_current_snapshot()::text) AS snapshot
"""


class Wanted(NamedTuple):
    """Invoices that should be ready and are not.

    Attributes:
        outdated: what is ready of them says nothing of now any more.
        new: nothing was ever ready.
        sent: they are ready and need not be: they have gone out.
    """

    outdated: list[str]
    new: list[str]
    sent: list[str]


def wanted(connection: Connection, state: ServingState, *, limit: int, since: str | None = None) -> Wanted:
    """Invoices for which nothing is ready, at most ``limit`` of each sort.

    Args:
        connection: an open connection.
        state: the clock, models and controls in force.
        limit: how many are looked for.
        since: text of a ``pg_snapshot``: of the invoices never looked at, only those that it could not be sure to see.
    """
    asked = {"basis": basis(state), "now": state.clock(), "limit": limit, "since": since}
    outdated = rows(connection, _OUTDATED, asked)
    return Wanted(
        outdated=[row["invoice_id"] for row in outdated if row["unsent"]],
        new=[row["invoice_id"] for row in rows(connection, _NEW, asked)],
        sent=[row["invoice_id"] for row in outdated if not row["unsent"]],
    )


class Readiness:
    """Keeps a firm's unsent invoices ready; one per worker process, which remembers what it has looked at.

    Args:
        limit: invoices of each sort that one call takes on.
        block: invoices worked out together; each block is durable by itself.
    """

    def __init__(self, limit: int = 2_000, block: int = 250) -> None:
        self._limit = limit
        self._block = block
        self._since: str | None = None

    def __call__(self, state: ServingState) -> int:
        """Bring what is ready up to date; how many invoices were worked out.

        Raises what the database raises; what was prepared before stays.
        """
        if state.models.current() is None:
            with state.engine.begin() as connection:
                _drop(connection, [], state.clock())
            return 0
        with state.engine.begin() as connection:
            seen = str(only(connection, "SELECT pg_current_snapshot()::text AS snapshot")["snapshot"])
            found = wanted(connection, state, limit=self._limit, since=self._since)
            _drop(connection, found.sent, state.clock())
        pending = [*found.new, *found.outdated]
        items = [Item(invoice_id) for invoice_id in pending]
        swept = sweep_over(state, Sweep.READY, items, partial(_prepare, state), block=self._block)
        if swept.found + swept.faults >= len(pending) and len(found.new) < self._limit:
            self._since = seen  # nothing was left behind
        return swept.done


def _prepare(state: ServingState, items: Sequence[Item]) -> int:
    with state.engine.begin() as connection:
        return prepare(connection, state, [item.key for item in items])


def _drop(connection: Connection, sent: list[str], now: datetime) -> None:
    """Drop what is over, and touches that nothing kept could still be asked about."""
    change(connection, "DELETE FROM prepared_score WHERE invoice_id = ANY(%(sent)s)", {"sent": sent})
    raw_cursor(connection).execute("DELETE FROM prepared_score WHERE until < %s", [now - timedelta(days=_KEPT_DAYS)])
    forget_touches(connection, str(only(connection, _OLDEST)["snapshot"]))
