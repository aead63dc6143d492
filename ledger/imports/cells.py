"""The simple words of a mapping, a column or a constant, and how every word becomes a function of one raw row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

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

Row = Mapping[str, Any]
Evaluate = Callable[[Row], Any]

_EXAMPLE = datetime(2001, 2, 3, 16, 5)  # noqa: DTZ001 - only written and read back
_DATED = ("date", "datetime")


class MissingColumnError(CellError):
    """The row lacks a column that the mapping names."""


@dataclass(frozen=True)
class Context:
    """What a mapping declares for all its expressions, and those already compiled."""

    zone: ZoneInfo
    compiled: dict[str, Evaluate] = field(default_factory=dict)

    def compile(self, expression: "Expression") -> Evaluate:
        """The expression as a function that computes once per row, wherever in the mapping it stands.

        Whatever the cells of a row make impossible (a day compared with a moment, a date beyond the calendar) raises
        ``CellError``: it is that row's problem and must not end an import.
        """
        key = f"{type(expression).__name__}{expression.model_dump_json()}"
        if key not in self.compiled:
            self.compiled[key] = _once_per_row(expression.build(self))
        return self.compiled[key]


def _once_per_row(evaluate: Evaluate) -> Evaluate:
    last_row: Row | None = None
    last_value: Any = None

    def remembered(row: Row) -> Any:
        nonlocal last_row, last_value
        if row is not last_row:
            # A failing cell leaves the memory as it was, so that the next asker sees the same error.
            try:
                last_value = evaluate(row)
            except CellError:
                raise
            except (ArithmeticError, TypeError, ValueError) as error:
                raise CellError(f"cannot be computed from these cells: {error}") from error
            last_row = row
        return last_value

    return remembered


class Expression(BaseModel, ABC):
    """Base of the mapping's words; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def build(self, context: Context) -> Evaluate:
        """A function from a raw row to a value (``None`` for an empty cell)."""

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return set()


class Column(Expression):
    """The value of a column, parsed as declared; a dotted name reaches into nested JSON."""

    column: str
    parse: Literal["text", "number_as_text", "decimal", "int", "bool", "date", "datetime", "map"] = "text"
    format: str | None = None
    decimal_mark: str = "."
    group_mark: str = ""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    values: dict[str, Any] = Field(default_factory=dict)
    otherwise: Any = None
    absolute: bool = False
    at: Literal["start_of_day", "end_of_day"] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _declared(self) -> "Column":
        if problem := self._undeclared():
            raise ValueError(f"column {self.column!r}: {problem}")
        return self

    def _undeclared(self) -> str | None:
        if self.parse in _DATED and not self.format:
            return f"a {self.parse} needs its format; dates are never guessed"
        if self.parse in _DATED and not _says_all(self.format or "", self.parse):
            return f"format {self.format!r} does not say a whole {self.parse} (year, month, day, and the hour of 24)"
        if self.parse == "bool" and not (self.true and self.false):
            return "a bool needs its words for true and false"
        if self.parse == "map" and not self.values:
            return "a map needs values"
        if self.decimal_mark == self.group_mark:
            return "decimal_mark and group_mark are the same"
        return "'at' makes a moment of a date only" if self.at and self.parse != "date" else None

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return set() if self.optional else {self.column}

    def build(self, context: Context) -> Evaluate:
        """Look up, treat empty as absent, parse."""
        parser = self._parser(context)

        def evaluate(row: Row) -> Any:
            raw = lookup(row, self.column, optional=self.optional)
            return None if raw is None or raw == "" or (isinstance(raw, str) and not raw.strip()) else parser(raw)

        return evaluate

    def _parser(self, context: Context) -> Callable[[Any], Any]:
        pattern, zone = self.format or "", context.zone
        parsers: dict[str, Callable[[Any], Any]] = {
            "text": parse_text,
            "number_as_text": parse_number_as_text,
            "decimal": self._decimal,
            "int": parse_int,
            "bool": lambda raw: parse_bool(raw, true=self.true, false=self.false),
            "date": lambda raw: self._date(raw, zone),
            "datetime": lambda raw: parse_datetime(raw, pattern=pattern, zone=zone),
            "map": self._mapped,
        }
        return parsers[self.parse]

    def _decimal(self, raw: Any) -> Any:
        number = parse_decimal(raw, decimal_mark=self.decimal_mark, group_mark=self.group_mark)
        return abs(number) if self.absolute else number

    def _date(self, raw: Any, zone: ZoneInfo) -> date | datetime:
        day = parse_date(raw, pattern=self.format or "")
        return day_to_moment(day, at=self.at, zone=zone) if self.at else day

    def _mapped(self, raw: Any) -> Any:
        text = parse_text(raw)
        if text in self.values:
            return self.values[text]
        if "otherwise" in self.model_fields_set:
            return self.otherwise
        raise CellError(f"{text!r} is not among the declared values {sorted(self.values)}")


def _says_all(pattern: str, parse: str) -> bool:
    """Whether writing a moment in this form and reading it back loses nothing that the parse needs."""
    try:
        back = datetime.strptime(_EXAMPLE.strftime(pattern), pattern)  # noqa: DTZ007 - as above
    except ValueError:
        return False
    return back.date() == _EXAMPLE.date() and (parse == "date" or back.hour == _EXAMPLE.hour)


def lookup(row: Row, name: str, *, optional: bool) -> Any:
    """The raw cell; a dotted name reaches into nested JSON unless a column has just that name.

    Raises ``MissingColumnError`` when there is none and it is not optional.
    """
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            if optional:
                return None
            raise MissingColumnError(f"the row has no column {name!r}")
        value = value[part]
    return value


class Constant(Expression):
    """The same value for every row."""

    value: Any

    def build(self, context: Context) -> Evaluate:  # noqa: ARG002 - a constant needs no context
        """The value."""
        return lambda row: self.value  # noqa: ARG005 - nor a row
