"""The door to the records: load a whole ledger or one invoice's slice, and add records that are not written yet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from features.anchors import ANCHORS_DIGEST
from features.endings import ENDING, endings, joined
from features.lineage import INLINE_RECORD_ID
from features.matrix import FloatArray
from features.reach import REACH, TIMES, read_columns_of
from features.recordset import History, text_digest
from features.slices import read_similarities, read_slice
from ledger.read import Columns, read_columns, to_columns
from ledger.records import Record

__all__ = ["History", "load_history", "load_named", "load_slice", "text_digest", "with_records"]

_EPOCH_DAY = date(1970, 1, 1).toordinal()


def load_history(connection: Connection, kinds: Sequence[str] | None = None) -> History:
    """Every record of the ledger that features and labels read (or of some ``kinds`` only)."""
    chosen = tuple(REACH) if kinds is None else tuple(kinds)
    columns = {kind: read_columns(connection, kind, read_columns_of(kind)) for kind in chosen}
    similarities = read_similarities(connection, None, ANCHORS_DIGEST) if "note" in chosen else []
    return History(columns, _vectors(similarities))


def load_slice(
    connection: Connection,
    invoice_ids: Sequence[str],
    *,
    records: Sequence[Record] = (),
    snapshot: str | None = None,
) -> History:
    """Just the records reachable by the keys of these invoices; the cost does not grow with the ledger.

    Args:
        connection: an open connection.
        invoice_ids: invoices to score; they may be unknown to the ledger when ``records`` carry them.
        records: records of an inline document: their keys are followed too, and they are added (not written).
        snapshot: text of a ``pg_snapshot``: read only what that transaction could see, for replays.
    """
    columns = read_slice(connection, invoice_ids, records, snapshot=snapshot)
    notes = columns.get("note", {"text": np.empty(0, dtype=object)})["text"].tolist()
    found = read_similarities(
        connection, sorted({text_digest(text) for text in notes}), ANCHORS_DIGEST, snapshot=snapshot
    )
    history = History(columns, _vectors(found))
    return with_records(history, records) if records else history


def load_named(connection: Connection, invoice_ids: Sequence[str], *, records: Sequence[Record] = ()) -> History:
    """Just what these invoices and their lines name, and the work of their projects, for pages that show it.

    The cost does not grow with what else their clients were billed, and features cannot be built from it.
    """
    history = History(read_slice(connection, invoice_ids, records, named=True), {})
    return with_records(history, records) if records else history


def _vectors(rows: Sequence[tuple[str, Any]]) -> dict[str, FloatArray]:
    return {digest: np.array(similarities, dtype=np.float64) for digest, similarities in rows}


def with_records(
    history: History, records: Sequence[Record], *, similarities: Mapping[str, FloatArray] | None = None
) -> History:
    """The same history and some more records, as if they had been written last.

    Args:
        history: what to add to; it stays as it is.
        records: records of any kinds; their order does not matter. Kinds that no feature reads are left out.
        similarities: note digest → anchor similarities of new note texts (see ``features.text``).
    """
    columns = dict(history.kinds)
    added = {
        kind: _to_columns(kind, [record for record in records if record.kind == kind])
        for kind in REACH.keys() & {record.kind for record in records}
    }
    for kind, more in added.items():
        columns[kind] = {
            name: np.concatenate([history.column(kind, name), more[name]]) for name in read_columns_of(kind)
        }
    if ENDING in columns:
        columns[ENDING] = joined([columns[ENDING], endings(History(added))])
    return History(columns, {**history.similarities, **(similarities or {})})


def _to_columns(kind: str, records: Sequence[Record]) -> Columns:
    ordered = sorted(records, key=lambda record: (record.source, record.source_id, record.version, record.digest()))
    names = read_columns_of(kind)[len(TIMES) :]
    rows = [
        (
            INLINE_RECORD_ID + place,
            _plain(record.known_at),
            _plain(record.event_at),
            *(_plain(getattr(record, name)) for name in names),
        )
        for place, record in enumerate(ordered)
    ]
    return to_columns(kind, read_columns_of(kind), rows)


def _plain(value: Any) -> Any:
    """A record's value in the units of the ledger's columns."""
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date):
        return value.toordinal() - _EPOCH_DAY
    return value


def microseconds(moment: datetime) -> int:
    """A timezone-aware moment as whole microseconds since 1970-01-01 UTC."""
    whole_days = moment.toordinal() - _EPOCH_DAY
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    seconds = (whole_days * 24 + moment.hour) * 3600 + moment.minute * 60 + moment.second
    return seconds * 1_000_000 + moment.microsecond - round(offset.total_seconds() * 1_000_000)
