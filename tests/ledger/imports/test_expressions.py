"""Each word of a mapping, alone and nested, on one row."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from ledger.imports.cells import Column, Context, Expression, MissingColumnError
from ledger.imports.expressions import AnyExpression
from ledger.imports.parsing import CellError

EXPRESSION: TypeAdapter[Expression] = TypeAdapter(AnyExpression)
DAY = {"column": "day", "parse": "date", "format": "%Y-%m-%d"}
ROW = {"id": " 007 ", "day": "2024-02-01", "empty": " ", "days": "30", "who": {"name": "Ada"}, "a.b": "dotted", "n": 7}


def value(expression: dict[str, Any], row: dict[str, Any] | None = None, *, zone: str = "UTC") -> Any:
    return Context(ZoneInfo(zone)).compile(EXPRESSION.validate_python(expression))(ROW if row is None else row)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"column": "id"}, "007"),
        ({"column": "empty"}, None),
        ({"column": "who.name"}, "Ada"),
        ({"column": "a.b"}, "dotted"),
        ({"column": "nowhere", "optional": True}, None),
        ({"column": "who.age", "optional": True}, None),
        ({"column": "n", "parse": "number_as_text"}, "7"),
        ({"column": "days", "parse": "int"}, 30),
        ({"column": "id", "parse": "map", "values": {"007": "agent"}}, "agent"),
        ({"column": "id", "parse": "map", "values": {"1": "x"}, "otherwise": None}, None),
        ({"column": "id", "parse": "bool", "true": ["007"], "false": ["008"]}, True),
        ({"value": "EUR"}, "EUR"),
        ({"template": "{id}-{who.name}-{a.b}"}, "007-Ada-dotted"),
        (DAY, date(2024, 2, 1)),
        ({"start": DAY, "plus_days": {"column": "days", "parse": "int"}}, date(2024, 3, 2)),
        ({"start": DAY, "plus_days": {"column": "empty", "parse": "int"}}, None),
        ({"days_between": [DAY, {"start": DAY, "plus_days": {"value": "5"}}]}, 5),
        ({"days_between": [DAY, {"column": "empty"}]}, None),
        ({"latest_of": [DAY, {"start": DAY, "plus_days": {"value": "-5"}}]}, date(2024, 2, 1)),
        ({"latest_of": [{"column": "empty"}, {"column": "empty"}]}, None),
    ],
)
def test_a_word_says_what_the_guide_promises(expression: dict[str, Any], expected: Any) -> None:
    assert value(expression) == expected


def test_amounts_may_be_declared_without_sign() -> None:
    assert value({"column": "x", "parse": "decimal", "absolute": True}, {"x": "-2.50"}) == value(
        {"column": "x", "parse": "decimal"}, {"x": "2.5"}
    )


def test_a_shifted_day_ends_in_the_declared_zone() -> None:
    shifted = {"start": DAY, "plus_days": {"value": "150"}, "at": "end_of_day"}
    assert value(shifted, zone="Europe/London") == datetime(2024, 6, 30, 22, 59, 59, 999999, tzinfo=UTC)


def test_a_shifted_moment_keeps_its_local_day() -> None:
    start = {**DAY, "at": "start_of_day"}
    shifted = {"start": start, "plus_days": {"value": "0"}, "at": "start_of_day"}
    summer = {"day": "2024-07-01"}  # begins on the 30th of June in UTC
    assert value(shifted, summer, zone="Europe/London") == value(start, summer, zone="Europe/London")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="no column 'nowhere'"):
        value({"column": "nowhere"})


def test_an_empty_cell_in_an_id_is_refused_since_ids_would_collide() -> None:
    with pytest.raises(CellError, match="empty is empty"):
        value({"template": "{id}/{empty}"})


def test_an_unknown_word_of_a_map_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CellError, match=r"'007' is not among the declared values \['1'\]"):
        value({"column": "id", "parse": "map", "values": {"1": "x"}})


@pytest.mark.parametrize(
    "impossible",
    [
        {"latest_of": [DAY, {**DAY, "at": "start_of_day"}]},
        {"days_between": [DAY, {**DAY, "at": "start_of_day"}]},
        {"start": DAY, "plus_days": {"value": "999999999"}},
        {"start": DAY, "plus_days": {"value": "soon"}},
        {"start": {"column": "id"}, "plus_days": {"value": "1"}},
    ],
)
def test_what_cannot_be_computed_is_that_rows_problem(impossible: dict[str, Any]) -> None:
    with pytest.raises(CellError, match="cannot be computed"):
        value(impossible)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"column": "day", "parse": "date"}, "never guessed"),
        ({"column": "day", "parse": "date", "format": "%d/%m"}, "does not say a whole date"),
        ({"column": "day", "parse": "date", "format": "%Q"}, "does not say a whole date"),
        ({"column": "day", "parse": "datetime", "format": "%Y-%m-%d"}, "does not say a whole datetime"),
        ({"column": "day", "parse": "datetime", "format": "%Y-%m-%d %I:%M"}, "hour of 24"),
        ({"column": "x", "parse": "bool"}, "words for true and false"),
        ({"column": "x", "parse": "map"}, "needs values"),
        ({"column": "x", "parse": "decimal", "group_mark": "."}, "are the same"),
        ({"column": "x", "at": "end_of_day"}, "of a date only"),
        ({"column": "x", "pasre": "int"}, "Extra inputs"),
        ({"template": "{id:>5}"}, "nothing else"),
        ({"template": "{}"}, "nothing else"),
        ({"latest_of": [DAY]}, "at least 2"),
    ],
)
def test_an_undeclared_word_is_refused_when_the_mapping_is_read(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        EXPRESSION.validate_python(wrong)


def test_the_same_expression_is_computed_once_per_row() -> None:
    context, column = Context(ZoneInfo("UTC")), Column(column="id")
    assert context.compile(column) is context.compile(Column(column="id"))
    first, second = {"id": "1"}, {"id": "2"}
    assert [context.compile(column)(row) for row in (first, first, second, first)] == ["1", "1", "2", "1"]


def test_columns_are_those_of_all_parts() -> None:
    nested = {"latest_of": [DAY, {"start": {"column": "a"}, "plus_days": {"days_between": [DAY, {"column": "b"}]}}]}
    assert EXPRESSION.validate_python(nested).columns() == {"day", "a", "b"}
    assert EXPRESSION.validate_python({"template": "{x} of {y}"}).columns() == {"x", "y"}
