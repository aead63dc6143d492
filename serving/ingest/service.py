"""Sent records into the ledger: what fits is appended, what does not is kept in quarantine, each with its answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from ledger.database import raw_cursor
from ledger.quarantine import BadRow, keep, place_of
from ledger.records import Record
from ledger.store import append
from serving.ingest.reading import Doubled, Reader, Refusal

ORIGIN = "api"


class Fate(StrEnum):
    """What became of a sent record."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # the same content was there already
    CONFLICT = "conflict"  # other content under the same key; kept beside the first, which stays
    QUARANTINED = "quarantined"  # no record; kept with the reason until it is repaired


@dataclass(frozen=True)
class Result:
    """One sent record's answer.

    Attributes:
        record_id: the ledger's version under this key; ``None`` for what is in quarantine.
        quarantine_id: where the refused row is kept.
        refusal: why it was refused.
    """

    fate: Fate
    record_id: int | None = None
    quarantine_id: int | None = None
    refusal: Refusal | None = None


def take(connection: Connection, sent: Sequence[Any], reader: Reader, *, sender: str) -> list[Result]:
    """Append what are records and quarantine the rest, in the caller's transaction; one result each, in order."""
    read = [reader.read(one) for one in sent]
    stored = store(connection, [one for one in read if isinstance(one, Record)])
    found = iter(stored)
    return [
        next(found) if isinstance(one, Record) else _quarantined(connection, raw, one, sender)
        for raw, one in zip(sent, read, strict=True)
    ]


def store(connection: Connection, records: Sequence[Record]) -> list[Result]:
    """Append records and say of each what became of it, in order."""
    if not records:
        return []
    append(connection, records)
    rows = _rows(connection, records)
    told: set[tuple[str, ...]] = set()
    results = []
    for record in records:
        key = (record.kind, record.source, record.source_id, record.version)
        record_id, digest, ours = rows[key]
        fate = Fate.CONFLICT
        if digest == record.digest():
            fate = Fate.ACCEPTED if ours and key not in told else Fate.DUPLICATE
            told.add(key)
        results.append(Result(fate, record_id))
    return results


_FIND = sql.SQL(
    "SELECT t.source, t.source_id, t.version, t.record_id, t.digest, t.recorded_tx = pg_current_xact_id() "
    "FROM unnest(%s::text[], %s::text[], %s::text[]) AS k (source, source_id, version) "
    "JOIN {} t USING (source, source_id, version)"
)


def _rows(connection: Connection, records: Sequence[Record]) -> dict[tuple[str, ...], tuple[int, str, bool]]:
    """Key → (record id, digest, whether this transaction wrote it)."""
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    found: dict[tuple[str, ...], tuple[int, str, bool]] = {}
    for kind, some in by_kind.items():
        keys = ([one.source for one in some], [one.source_id for one in some], [one.version for one in some])
        for row in raw_cursor(connection).execute(_FIND.format(sql.Identifier(kind)), keys):
            found[kind, *row[:3]] = (row[3], row[4], row[5])
    return found


def _quarantined(connection: Connection, raw: Any, refusal: Refusal, sender: str) -> Result:
    if isinstance(raw, Doubled):
        raw = raw.text
    row = BadRow(
        origin=f"{ORIGIN}:{sender}",
        row_number=None,
        kind=refusal.kind,
        field=refusal.pointer or None,
        reason=refusal.reason,
        raw=raw if isinstance(raw, dict) else {"sent": raw},
    )
    keep(connection, [row])
    return Result(Fate.QUARANTINED, quarantine_id=place_of(connection, row), refusal=refusal)
