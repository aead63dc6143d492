"""CSV for spreadsheets: values as they are, and no text that runs."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.spreadsheet import cell, csv_line


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (True, "yes"), (Decimal("1E+3"), "1000"), (-4, "-4"), (date(2026, 2, 1), "2026-02-01"), ("a", "a")],
)
def test_values_are_written_plainly(value: object, expected: str) -> None:
    assert cell(value) == expected


@given(st.text(max_size=20))
def test_no_text_begins_like_a_formula_and_none_is_lost(text: str) -> None:
    written = cell(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text.removeprefix("'")


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=8), min_size=1)
)
def test_a_line_is_read_back_as_its_cells(values: list[str]) -> None:
    assert next(csv.reader([csv_line(values)])) == [cell(value) for value in values]
