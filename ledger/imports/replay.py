"""Second chance for quarantined rows: repair cells or mapping, and try again."""

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from ledger.errors import PlainError
from ledger.imports.mapping import Mapping
from ledger.imports.readers import BEYOND, LINE, RawRow, json_row
from ledger.imports.runner import convert
from ledger.quarantine import BadRow, open_rows, raw_cells, resolve
from ledger.store import Appended, append


class ReplayError(PlainError):
    """A replay that cannot be meant; nothing was changed."""


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
        repairs: column → corrected cell, applied to the raw row before parsing; for one row only.

    Raises ``ReplayError`` when repairs are for no row in particular, or the row is not in quarantine.
    """
    if repairs and only is None:
        raise ReplayError("repairs change one row: say which with --id")
    compiled, still_bad, repaired, total = mapping.compile(), [], 0, Appended()
    with engine.begin() as connection:
        rows = [row for row in open_rows(connection, only=only) if row.origin.startswith(f"{mapping.name}:")]
        if only is not None and not rows:
            raise ReplayError(f"no open row {only} of mapping {mapping.name!r}: see `triage quarantine`")
        for row in rows:
            converted = convert(compiled, row.origin, _again(row, mapping, repairs or {}))
            if isinstance(converted, BadRow):
                still_bad.append(converted)
                continue
            total += append(connection, [record for record, _ in converted])
            resolve(connection, row.quarantine_id, resolution=f"replayed with {mapping.name} {mapping.digest()[:12]}")
            repaired += 1
    return ReplayResult(repaired, total, tuple(still_bad))


def _again(row: Any, mapping: Mapping, repairs: MappingABC[str, str]) -> RawRow:
    """The row with its repairs; one that had the wrong shape needs every column of the mapping before it counts."""
    cells: dict[str, Any] = {name: _decoded(cell, mapping) for name, cell in raw_cells(row.raw).items()}
    cells.update(repairs)
    if cells.keys() == {LINE}:
        return json_row(row.row_number, cells[LINE])
    if row.kind is not None or row.field is not None:
        return RawRow(row.row_number, cells)
    missing = sorted(mapping.columns() - cells.keys())
    if missing or not repairs:
        return RawRow(row.row_number, cells, f"{row.reason}; set {', '.join(missing) or 'the shifted cells'}")
    cells.pop(BEYOND, None)
    return RawRow(row.row_number, cells)


def _decoded(cell: Any, mapping: Mapping) -> Any:
    """Text whose bytes were not valid in the encoding of old, read in the one that the mapping declares now.

    Only where everything else is ASCII: then the bytes are certain, whatever the encoding was.
    """
    if isinstance(cell, str) and not cell.isascii() and all(map(_ascii_or_escaped, cell)):
        return cell.encode("utf-8", "surrogateescape").decode(mapping.encoding, "surrogateescape")
    return cell


def _ascii_or_escaped(character: str) -> bool:
    return character.isascii() or "\udc80" <= character <= "\udcff"
