"""Whether anything that boards read was written to ledger or queue since this process last looked.

Transactions do not commit in the order in which they began, so that neither the newest moment nor the highest number of
a table tells: every row says which transaction wrote it, and a look remembers which transactions it could see.
"""

import threading
from typing import Final

from sqlalchemy import Connection

from serving.sql import only

# All that happens to a case leaves an event of the same transaction.
WATCHED: Final = (
    "invoice", "invoice_line", "approval", "milestone", "change_order", "expense", "time_entry", "project", "contract",
    "client", "legal_entity", "rate_card", "fx_rate", "dispute", "credit_note", "payment", "document_link", "resource",
    "score", "case_event",
)  # fmt: skip
_SINCE: Final = """
SELECT pg_current_snapshot()::text AS seen,
       pg_snapshot_xmax(s.seen) > pg_snapshot_xmax(pg_current_snapshot()) OR {written} AS written
FROM (SELECT coalesce(%(seen)s::text::pg_snapshot, pg_current_snapshot()) AS seen) s
"""
_IN: Final = """EXISTS (SELECT FROM {table} WHERE recorded_tx >= pg_snapshot_xmin(s.seen)
           AND NOT pg_visible_in_snapshot(recorded_tx, s.seen))"""
_QUERY: Final = _SINCE.format(written=" OR ".join(_IN.format(table=table) for table in WATCHED))


class Written:
    """Counts how often something new was found; for the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._seen: str | None = None

    def count(self, connection: Connection) -> int:
        """Another number than before as soon as anything is committed that an earlier look did not see."""
        while True:
            with self._lock:
                seen = self._seen
            # Not under the lock: who waits for the database keeps nobody else waiting.
            row = only(connection, _QUERY, {"seen": seen})
            with self._lock:
                if self._seen == seen:
                    self._seen, self._count = row["seen"], self._count + row["written"]
                    return self._count
