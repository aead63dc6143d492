"""CSV that a spreadsheet opens without running anything in it (OWASP: CSV injection)."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

# A text that begins so would be taken for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_line(values: Iterable[Any]) -> str:
    """A line of CSV (RFC 4180) of values."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(map(cell, values))
    return buffer.getvalue()


def cell(value: Any) -> str:
    """A value as a spreadsheet should read it; text that looks like a formula is marked as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
