"""Rows that could not become records: kept with file, row, field, reason and raw payload until repaired."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ledger.tables import quarantine


@dataclass(frozen=True)
class BadRow:
    """One refused row and why."""

    origin: str
    row_number: int | None
    kind: str | None
    field: str | None
    reason: str
    raw: Mapping[str, Any]
    batch_id: int | None = None


def keep(connection: Connection, rows: Sequence[BadRow]) -> int:
    """Store refused rows; a row already there (same origin, place and content) is not stored twice."""
    if not rows:
        return 0
    values = [_values(row) for row in rows]
    statement = insert(quarantine).on_conflict_do_nothing().returning(quarantine.c.quarantine_id)
    return len(connection.execute(statement, values).all())


def open_rows(connection: Connection, *, origin: str | None = None, limit: int | None = None) -> Sequence[Any]:
    """Unresolved rows, oldest first."""
    query = select(quarantine).where(quarantine.c.resolved_at.is_(None)).order_by(quarantine.c.quarantine_id)
    if origin is not None:
        query = query.where(quarantine.c.origin == origin)
    return connection.execute(query if limit is None else query.limit(limit)).all()


def resolve(connection: Connection, quarantine_id: int, *, resolution: str) -> bool:
    """Mark one row as dealt with; false when it already was."""
    statement = (
        update(quarantine)
        .where(quarantine.c.quarantine_id == quarantine_id, quarantine.c.resolved_at.is_(None))
        .values(resolved_at=func.clock_timestamp(), resolution=resolution)
    )
    return connection.execute(statement).rowcount == 1


def _values(row: BadRow) -> dict[str, Any]:
    text = json.dumps(row.raw, default=_as_text, sort_keys=True)
    return {
        "batch_id": row.batch_id,
        "origin": row.origin,
        "row_number": row.row_number,
        "kind": row.kind,
        "field": row.field,
        "reason": _storable(row.reason),
        "raw": json.loads(_UNSTORABLE_ESCAPE.sub(r"\\ufffd", text)),
        "raw_digest": hashlib.sha256(text.encode()).hexdigest(),
    }


# JSON escapes that PostgreSQL cannot store: NUL, and the lone surrogates that stand for undecodable bytes.
_UNSTORABLE_ESCAPE = re.compile(r"\\u(?:0000|dc[89a-f][0-9a-f])")


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
