"""Rows behind a figure as CSV for a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Final

from serving.spreadsheet import csv_line
from serving.sql import Row

COLUMNS: Final = ("row_id", "invoice_id", "case_id", "client_id", "client", "project_id", "project", "day", "until",
                  "hit", "value", "part", "whole", "currency", "part_in_group", "whole_in_group", "grp")  # fmt: skip
_HEADINGS: Final = {"hit": "counts", "part": "amount", "whole": "of_amount", "grp": "of",
                    "part_in_group": "amount_in_group", "whole_in_group": "of_amount_in_group"}  # fmt: skip


def lines(rows: Iterable[Row], currency: str) -> Iterator[str]:
    """A heading and a line per row; the last column says the group currency."""
    yield csv_line([*(_HEADINGS.get(name, name) for name in COLUMNS), "group_currency"])
    for row in rows:
        yield csv_line([*(row[name] for name in COLUMNS), currency])
