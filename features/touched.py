"""What was made from a slice beforehand, and whether anything written since could change it.

Each write to the ledger leaves the keys it touches in ``slice_touch`` (by triggers, so that no writer can forget).
Whoever keeps something made from an invoice's slice keeps the slice's keys and the snapshot it was read in beside it;
it is stale when a transaction that the snapshot could not see has touched one of the keys.
"""

from collections.abc import Sequence

from psycopg import sql
from sqlalchemy import Connection

from features.anchors import ANCHORS_DIGEST
from features.asof import NEVER
from features.reach import KEY_SETS
from features.recordset import History
from features.slices import KEYS
from ledger.database import raw_cursor

# Keys of all that the slice follows, and the notes in it that wait for their embedding.
_SLICE_KEYS = """
SELECT array(
    {sets}
    UNION SELECT slice_key('notes', d.digest) FROM note AS n
    CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(n.text, 'UTF8')), 'hex') AS digest) AS d
    WHERE (n.client_id = ANY(k.clients) OR n.project_id = ANY(k.projects) OR n.invoice_id = ANY(%(invoices)s))
      AND NOT EXISTS (SELECT FROM note_embedding e WHERE e.digest = d.digest AND e.anchors = %(anchors)s)
) FROM ({keys}) AS k
"""
_SET = "SELECT slice_key('{name}', key) FROM unnest({source}) AS key"


def _query() -> bytes:
    sources = {name: f"k.{name}" for name in KEY_SETS} | {"invoices": "%(invoices)s::text[]"}
    sets = " UNION ".join(_SET.format(name=name, source=source) for name, source in sources.items())
    return _SLICE_KEYS.format(sets=sets, keys=KEYS).encode()


_QUERY = _query()
# To be joined to a table with the columns ``keys`` and ``snapshot``: true where something was touched since. Nothing
# below the snapshot's oldest running transaction can be new, so that only the last few rows of a key are looked at.
# A snapshot from the future was taken by another server, before a dump was restored here: it says nothing.
STALE = sql.SQL("""
(pg_snapshot_xmin({table}.snapshot) > pg_snapshot_xmax(pg_current_snapshot()) OR EXISTS (
    SELECT FROM slice_touch AS touch
    WHERE touch.key = ANY({table}.keys) AND touch.tx >= pg_snapshot_xmin({table}.snapshot)
      AND NOT pg_visible_in_snapshot(touch.tx, {table}.snapshot)
))
""")


def slice_keys(connection: Connection, invoice_ids: Sequence[str]) -> dict[str, list[int]]:
    """Invoice id → hashed keys by which records reach it, in one round trip."""
    empty: dict[str, object] = {name: [] for name in KEY_SETS} | {"anchors": ANCHORS_DIGEST}
    cursor = raw_cursor(connection, binary=True)
    asked = [empty | {"invoices": [invoice_id]} for invoice_id in invoice_ids]
    found: dict[str, list[int]] = {}
    if not asked:
        return found
    cursor.executemany(_QUERY, asked, returning=True)
    for invoice_id in invoice_ids:
        row = cursor.fetchone()
        assert row is not None
        found[invoice_id] = row[0]
        cursor.nextset()
    return found


def next_known(history: History, as_of: int) -> int:
    """The first moment (microseconds) at or after ``as_of`` at which a record that is written already becomes known."""
    coming = [history.column(kind, "known_at") for kind in history.kinds]
    later = [int(moments[moments >= as_of].min(initial=NEVER)) for moments in coming]
    return min(later, default=NEVER)


def forget_touches(connection: Connection, oldest: str) -> int:
    """Delete touches that every snapshot from ``oldest`` (text of a ``pg_snapshot``) on can see; how many."""
    query = "DELETE FROM slice_touch WHERE tx < pg_snapshot_xmin(%s::pg_snapshot)"
    return raw_cursor(connection).execute(query, [oldest]).rowcount
