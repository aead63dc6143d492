"""How the firm's invoices ended, of all clients: from a whole ledger, or the newest few for a single row.

Settlements (the first settled version of an invoice), disputes and credit notes (first versions). Features look at the
last ``FIRM_WINDOW`` of them before an invoice was known, so a slice reads that many by index and no more.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from features.matrix import BoolArray, FloatArray
from features.packed import PACK, unpack
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
# The subquery is run per row, and the planner takes a bare truth value for likely: by a join it would read everything.
_FIRST = """
SELECT record_id, known_at, event_at, ({late})::float8 AS days_late, {objection}::float8 AS objection
FROM {kind} AS found
WHERE {counts} AND {span} {visible} AND (
    SELECT version.record_id = found.record_id FROM {kind} AS version
    WHERE version.{entity} = found.{entity} AND {counts} {visible}
    ORDER BY known_at, event_at, record_id LIMIT 1)
"""
_NEWEST = f" ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT {FIRM_WINDOW}"


def endings_query(*, snapshot: bool) -> str:
    """The newest endings of each kind known before ``first``, and all from there to before ``last`` (parameters)."""
    visible = "AND pg_visible_in_snapshot(recorded_tx, %(snapshot)s::pg_snapshot)" if snapshot else ""
    parts = []
    for kind, entity, counts, late, objection in _KINDS:
        for span, limit in (("known_at < %(first)s", _NEWEST), ("known_at >= %(first)s AND known_at < %(last)s", "")):
            part = _FIRST.format(
                kind=kind, entity=entity, counts=counts, late=late, objection=objection, span=span, visible=visible
            )
            parts.append(f"({part}{limit})")
    return " UNION ALL ".join(parts)


# How the columns are gathered (see features.packed).
ENDING_FORMS = ("whole", "moment", "moment", "number", "number")


def to_endings(values: Sequence[Any]) -> Columns:
    """The gathered columns of the query."""
    return {name: unpack(form, value) for name, form, value in zip(_COLUMNS, ENDING_FORMS, values, strict=True)}


def gathered_endings() -> str:
    """Expressions that gather the columns of the query."""
    return ", ".join(PACK[form].format(name) for name, form in zip(_COLUMNS, ENDING_FORMS, strict=True))
