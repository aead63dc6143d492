"""A tiny reader of ASCII tables: one line per record, columns by header, blank cells left out."""

import math
from typing import Any

import pytest

from ledger.records import Record
from tests.features.builders import feature, make


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


# Every feature whose expected value stands in some specification of this folder.
SPECIFIED: set[str] = set()


def specified(**expected: float | None) -> pytest.MarkDecorator:
    """Run a test for each feature and its expected value; ``None`` stands for an empty one."""
    SPECIFIED.update(expected)
    return pytest.mark.parametrize(("name", "expected"), list(expected.items()))


def check(name: str, expected: float | None, *records: Record, at: float) -> None:
    """The feature of invoice ``i`` on day ``at`` has the expected value (logs and hundredths are rounded)."""
    found = feature(name, *records, at=at)
    assert math.isnan(found) if expected is None else found == pytest.approx(expected, rel=1e-3, abs=1e-9)
