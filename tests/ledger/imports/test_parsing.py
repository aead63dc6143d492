"""One cell into one value: what is accepted, and what is refused in words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.parsing import (
    CellError,
    day_to_moment,
    parse_bool,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_int,
    parse_number_as_text,
    parse_text,
)

LONDON = ZoneInfo("Europe/London")


def test_text_loses_only_the_blanks_around_it() -> None:
    assert parse_text("  007 a ") == "007 a"


@pytest.mark.parametrize("raw", [7, 7.0, True, b"7", ["7"]])
def test_a_number_is_no_text_because_its_zeros_are_gone(raw: Any) -> None:
    with pytest.raises(CellError, match="expected text"):
        parse_text(raw)


def test_undecodable_bytes_are_refused() -> None:
    with pytest.raises(CellError, match="not valid in the declared encoding"):
        parse_text(b"M\xfcller".decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(("raw", "text"), [(70, "70"), ("007", "007"), (-1, "-1")])
def test_a_declared_number_becomes_an_id(raw: Any, text: str) -> None:
    assert parse_number_as_text(raw) == text


@pytest.mark.parametrize("raw", [1.0, True, None, Decimal(1)])
def test_a_declared_number_must_be_whole(raw: Any) -> None:
    with pytest.raises(CellError, match="whole number"):
        parse_number_as_text(raw)


@pytest.mark.parametrize(
    ("raw", "marks", "number"),
    [
        ("1234.50", {}, "1234.50"),
        ("-.5", {}, "-0.5"),
        ("1e3", {}, "1000"),
        ("1.234,50", {"decimal_mark": ",", "group_mark": "."}, "1234.50"),
        ("12,34,567.8", {"group_mark": ","}, "1234567.8"),
        (12, {}, "12"),
        (0.1, {}, "0.1"),
        (Decimal("9.99"), {}, "9.99"),
    ],
)
def test_numbers_in_their_declared_notation(raw: Any, marks: dict[str, str], number: str) -> None:
    assert parse_decimal(raw, **marks) == Decimal(number)


@pytest.mark.parametrize("raw", ["", "twelve", "1_000", "١٢", "1,234", "12 EUR", "0x1f", "--1", "1\x002"])
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(CellError, match="not a number"):
        parse_decimal(raw)


@pytest.mark.parametrize("raw", ["1.234", "1,23.4"])
def test_a_dot_is_never_taken_for_the_declared_comma(raw: str) -> None:
    with pytest.raises(CellError, match="not a number"):
        parse_decimal(raw, decimal_mark=",")


def test_groups_must_have_three_digits_at_the_end() -> None:
    with pytest.raises(CellError, match="not a number"):
        parse_decimal("1,23", group_mark=",")


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), Decimal("-Infinity"), Decimal("NaN")])
def test_not_finite_is_no_number(raw: Any) -> None:
    with pytest.raises(CellError, match="not a finite number"):
        parse_decimal(raw)


@pytest.mark.parametrize("raw", ["1e999999", "1e-99999", Decimal("1e400")])
def test_absurd_magnitudes_are_refused_before_anything_computes_with_them(raw: Any) -> None:
    with pytest.raises(CellError, match="plausible"):
        parse_int(raw)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_amount_survives_european_notation(number: Decimal) -> None:
    text = f"{number:,f}".translate(str.maketrans(",.", ".,"))
    assert parse_decimal(text, decimal_mark=",", group_mark=".") == number


def test_a_fraction_is_no_whole_number() -> None:
    assert parse_int("12.0") == 12
    with pytest.raises(CellError, match="not a whole number"):
        parse_int("12.5")


def test_only_declared_words_are_true_or_false() -> None:
    words = {"true": ("Y",), "false": ("N",)}
    assert (parse_bool("Y", **words), parse_bool(" N ", **words), parse_bool(True, **words)) == (True, False, True)
    with pytest.raises(CellError, match="neither"):
        parse_bool("yes", **words)


@pytest.mark.parametrize("raw", ["2024-02-01", "13/25/2024", "1 Feb", ""])
def test_a_date_of_another_form_is_refused(raw: str) -> None:
    with pytest.raises(CellError, match="declared form"):
        parse_date(raw, pattern="%m/%d/%Y")


def test_typed_days_pass_as_they_are() -> None:
    assert parse_date(date(2024, 2, 1), pattern="%d") == date(2024, 2, 1)
    assert parse_date(datetime(2024, 2, 1, 9, tzinfo=UTC), pattern="%d") == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2024-01-15 09:00", "2024-01-15T09:00Z"),
        ("2024-07-15 09:00", "2024-07-15T08:00Z"),
        ("2024-10-27 01:30", "2024-10-27T01:30Z"),  # runs twice: 00:30Z and 01:30Z
        ("2024-03-31 01:30", "2024-03-31T01:30Z"),  # never happens
    ],
)
def test_a_local_time_is_never_read_too_early(local: str, utc: str) -> None:
    expected = datetime.fromisoformat(utc)
    assert parse_datetime(local, pattern="%Y-%m-%d %H:%M", zone=LONDON) == expected


def test_an_offset_in_the_cell_beats_the_declared_zone() -> None:
    moment = parse_datetime("2024-07-15 09:00 +0530", pattern="%Y-%m-%d %H:%M %z", zone=LONDON)
    assert moment == datetime(2024, 7, 15, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2024, 3, 31), "2024-03-31T00:00Z", "2024-03-31T22:59:59.999999Z"),  # 23 hours long
        (date(2024, 10, 27), "2024-10-26T23:00Z", "2024-10-27T23:59:59.999999Z"),  # 25 hours long
    ],
)
def test_a_day_begins_and_ends_where_the_clocks_change(day: date, start: str, end: str) -> None:
    assert day_to_moment(day, at="start_of_day", zone=LONDON) == datetime.fromisoformat(start)
    assert day_to_moment(day, at="end_of_day", zone=LONDON) == datetime.fromisoformat(end)


def test_the_end_of_the_calendar_has_no_end_of_day() -> None:
    with pytest.raises(CellError, match="between the years"):
        day_to_moment(date(9999, 12, 31), at="end_of_day", zone=LONDON)
    with pytest.raises(CellError, match="outside the years"):
        parse_datetime("0001-01-01", pattern="%Y-%m-%d", zone=ZoneInfo("Asia/Tokyo"))
