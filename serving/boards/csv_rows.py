"""Rows behind a figure as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from serving.sql import Row

COLUMNS: Final = ("row_id", "invoice_id", "case_id", "client_id", "client", "project_id", "project", "day", "until",
                  "hit", "value", "part", "whole", "currency", "part_in_group", "whole_in_group", "grp")  # fmt: skip
_HEADINGS: Final = {"hit": "counts", "part": "amount", "whole": "of_amount", "grp": "of",
                    "part_in_group": "amount_in_group", "whole_in_group": "of_amount_in_group"}  # fmt: skip
# A text that begins so would be taken for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(rows: Iterable[Row], currency: str) -> Iterator[str]:
    """A heading and a line per row; the last column says the group currency."""
    yield _line([*(_HEADINGS.get(name, name) for name in COLUMNS), "group_currency"])
    for row in rows:
        yield _line([*(cell(row[name]) for name in COLUMNS), currency])


def cell(value: Any) -> str:
    """A value as a spreadsheet should read it; text that looks like a formula is marked as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
