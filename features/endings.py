"""How the firm's invoices ended, of all clients: from a whole ledger, or the newest few for a single row.

Settlements (the first settled version of an invoice), disputes and credit notes (first versions). Features look at the
last ``FIRM_WINDOW`` of them before an invoice was known, so a slice reads that many by index and no more.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from features.matrix import BoolArray, FloatArray
from features.recordset import History
from features.terms import days_late, settlements
from ledger.read import Columns

# Enough for a rate to within a few points, few enough to be read for every score.
FIRM_WINDOW = 200
ENDING = "firm_ending"

_COLUMNS = ("record_id", "known_at", "event_at", "days_late", "objection")


def endings(history: History) -> Columns:
    """``record_id``, ``known_at``, ``event_at``, ``days_late`` (NaN for objections and without a due day) and
    ``objection`` (0, 1) of each ending in the history, or of those that its slice read.
    """
    if ENDING in history.kinds:
        return history.kinds[ENDING]
    return history.memo(ENDING, lambda: _derived(history))


def _derived(history: History) -> Columns:
    late = days_late(history)
    objections = (
        _part(history, kind, history.first_versions(kind), np.full(history.size(kind), np.nan))
        for kind in ("dispute", "credit_note")
    )
    return joined([_part(history, "invoice", settlements(history), late), *objections])


def _part(history: History, kind: str, mask: BoolArray, late: FloatArray) -> Columns:
    columns = {name: history.column(kind, name)[mask] for name in ("record_id", "known_at", "event_at")}
    objection = np.full(np.count_nonzero(mask), float(kind != "invoice"))
    return {**columns, "days_late": late[mask], "objection": objection}


def joined(parts: Sequence[Columns]) -> Columns:
    """Several sets of endings as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in _COLUMNS}


# Days late of a settled version: the rules of features.terms.
_LATE = """
coalesce(settled_on, (event_at AT TIME ZONE 'UTC')::date) - coalesce(due_date, invoice_date + payment_terms_days)
"""
# Kind, the thing of which its rows are versions, which rows count, days late, objection.
_KINDS = (
    ("invoice", "invoice_id", "status = 'settled'", _LATE, 0),
    ("dispute", "dispute_id", "true", "NULL", 1),
    ("credit_note", "credit_note_id", "true", "NULL", 1),
)
# The subquery is run per row: a join would let the planner read the whole table.
_FIRST = """
SELECT record_id, (extract(epoch FROM known_at) * 1000000)::bigint, (extract(epoch FROM event_at) * 1000000)::bigint,
    ({late})::float8, {objection}::float8
FROM {kind} AS found
WHERE {counts} AND {span} {visible} AND record_id = (
    SELECT record_id FROM {kind} AS version WHERE version.{entity} = found.{entity} AND {counts} {visible}
    ORDER BY known_at, event_at, record_id LIMIT 1)
"""
_NEWEST = f" ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT {FIRM_WINDOW}"


@cache
def endings_query(*, snapshot: bool) -> str:
    """The newest endings of each kind known before ``first``, and all from there to before ``last`` (parameters)."""
    parts = []
    for kind, entity, counts, late, objection in _KINDS:
        for span, limit in (("known_at < %(first)s", _NEWEST), ("known_at >= %(first)s AND known_at < %(last)s", "")):
            visible = "AND pg_visible_in_snapshot(recorded_tx, %(snapshot)s::pg_snapshot)" if snapshot else ""
            part = _FIRST.format(
                kind=kind, entity=entity, counts=counts, late=late, objection=objection, span=span, visible=visible
            )
            parts.append(f"({part}{limit})")
    return " UNION ALL ".join(parts)


def to_endings(rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows of the query as columns."""
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    types = (np.int64, np.int64, np.int64, np.float64, np.float64)
    return {name: np.array(column, dtype=kind) for name, column, kind in zip(_COLUMNS, values, types, strict=True)}
