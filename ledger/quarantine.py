"""Rows that could not become records: kept with file, row, field, reason and raw payload until repaired."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
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


def place_of(connection: Connection, row: BadRow) -> int:
    """The quarantine id of a row that was kept, now or when the same row came before."""
    columns, values = quarantine.c, _values(row)
    query = select(columns.quarantine_id).where(
        *(columns[name].is_not_distinct_from(values[name]) for name in ("origin", "row_number", "raw_digest"))
    )
    return int(connection.execute(query).scalar_one())


def open_rows(
    connection: Connection, *, only: int | None = None, limit: int | None = None, after: int = 0
) -> Sequence[Any]:
    """Unresolved rows, oldest first; ``only`` one of them by its id, or those ``after`` an id."""
    columns = quarantine.c
    query = select(quarantine).where(columns.resolved_at.is_(None), columns.quarantine_id > after)
    query = query.order_by(columns.quarantine_id)
    if only is not None:
        query = query.where(quarantine.c.quarantine_id == only)
    return connection.execute(query if limit is None else query.limit(limit)).all()


def resolve(connection: Connection, quarantine_id: int, *, resolution: str) -> bool:
    """Mark one row as dealt with; false when it already was."""
    statement = (
        update(quarantine)
        .where(quarantine.c.quarantine_id == quarantine_id, quarantine.c.resolved_at.is_(None))
        .values(resolved_at=func.clock_timestamp(), resolution=resolution)
    )
    return connection.execute(statement).rowcount == 1


def raw_cells(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The raw row as it was read, from how it is stored: typed values and odd characters come back as they were."""
    cells: dict[str, Any] = _restored(raw)
    return cells


def _values(row: BadRow) -> dict[str, Any]:
    raw = _storable(row.raw)
    return {
        "batch_id": row.batch_id,
        "origin": row.origin,
        "row_number": row.row_number,
        "kind": row.kind,
        "field": row.field,
        "reason": _UNSTORABLE.sub("\ufffd", row.reason),
        "raw": raw,
        "raw_digest": hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest(),
    }


# Characters that PostgreSQL cannot store: NUL, and the lone surrogates that stand for undecodable bytes.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# What JSON has no type for is stored as {"#type": text}, so that a replay sees the very cell that the import saw.
_READ_BACK: dict[str, Callable[[str], Any]] = {
    "#date": date.fromisoformat,
    "#datetime": datetime.fromisoformat,
    "#decimal": Decimal,
    "#float": float,
    "#escaped": json.loads,
}


def _storable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_UNSTORABLE.sub("\ufffd", str(name)): _storable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(part) for part in value]
    if isinstance(value, str):
        return {"#escaped": json.dumps(value)} if _UNSTORABLE.search(value) else value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else {"#float": str(value)}
    if isinstance(value, datetime):
        return {"#datetime": value.isoformat()}
    return {"#date": value.isoformat()} if isinstance(value, date) else _as_text(value)


def _as_text(value: Any) -> Any:
    return {"#decimal": str(value)} if isinstance(value, Decimal) else str(value)


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and (reader := _READ_BACK.get(next(iter(value)))):
        return reader(next(iter(value.values())))
    return {name: _restored(part) for name, part in value.items()}
