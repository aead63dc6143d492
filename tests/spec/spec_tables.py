"""A tiny reader of ASCII tables: one line per record, columns by header, blank cells left out."""

from typing import Any

from ledger.records import Record
from tests.features.builders import make


def records_of(kind: str, table: str) -> list[Record]:
    """Records of a kind from a table; numbers become numbers, ``yes``/``no`` booleans, anything else stays text."""
    lines = [[cell.strip() for cell in line.strip().split("|")] for line in table.strip().splitlines()]
    header, *rows = lines
    return [
        make(kind, **{name: value(name, cell) for name, cell in zip(header, row, strict=True) if cell}) for row in rows
    ]


def value(name: str, cell: str) -> Any:
    """A cell's value; ids stay text."""
    if cell in ("yes", "no"):
        return cell == "yes"
    if name.endswith(("_id", "version")):
        return cell
    try:
        return int(cell) if cell.lstrip("-").isdigit() else float(cell)
    except ValueError:
        return cell
