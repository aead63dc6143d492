"""Second chance for quarantined rows: repair cells or mapping, and try again."""

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from ledger.imports.mapping import Mapping
from ledger.imports.readers import RawRow
from ledger.imports.runner import convert
from ledger.quarantine import BadRow, open_rows, resolve
from ledger.store import Appended, append


@dataclass(frozen=True)
class ReplayResult:
    """Rows that became records, and those that are still bad (with their new reason)."""

    repaired: int
    records: Appended
    still_bad: tuple[BadRow, ...]


def replay(
    engine: Engine,
    mapping: Mapping,
    *,
    only: int | None = None,
    repairs: MappingABC[str, str] | None = None,
) -> ReplayResult:
    """Run open quarantined rows of this mapping through it again, in one transaction.

    Args:
        engine: the firm's database.
        mapping: the (perhaps corrected) mapping.
        only: one quarantine id; ``None`` means every open row of the mapping.
        repairs: column → corrected cell, applied to the raw row before parsing.
    """
    compiled, still_bad, repaired, total = mapping.compile(), [], 0, Appended()
    with engine.begin() as connection:
        for row in _candidates(connection, mapping, only):
            cells = {**row.raw, **(repairs or {})}
            converted = convert(compiled, row.origin, RawRow(row.row_number, cells))
            if isinstance(converted, BadRow):
                still_bad.append(converted)
                continue
            total += append(connection, [record for record, _ in converted])
            resolve(connection, row.quarantine_id, resolution=f"replayed with {mapping.name} {mapping.digest()[:12]}")
            repaired += 1
    return ReplayResult(repaired, total, tuple(still_bad))


def _candidates(connection: Connection, mapping: Mapping, only: int | None) -> list[Any]:
    rows = [row for row in open_rows(connection) if row.origin.startswith(f"{mapping.name}:")]
    return [row for row in rows if only is None or row.quarantine_id == only]
