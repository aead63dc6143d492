"""The words of a mapping: small declarative expressions over one raw row, each compiled once into a function."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

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

_DATED = ("date", "datetime")


class MissingColumnError(CellError):
    """The row lacks a column that the mapping names."""


@dataclass(frozen=True)
class Context:
    """What a mapping declares for all its expressions, and those already compiled."""

    zone: ZoneInfo
    compiled: dict[str, Evaluate] = field(default_factory=dict)

    def compile(self, expression: "Expression") -> Evaluate:
        """The expression as a function that computes once per row, wherever in the mapping it stands."""
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
            last_value = evaluate(row)
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
        if self.parse in _DATED and not self.format:
            raise ValueError(f"column {self.column!r}: a {self.parse} needs its format; dates are never guessed")
        if self.parse == "bool" and not (self.true and self.false):
            raise ValueError(f"column {self.column!r}: a bool needs its words for true and false")
        if self.parse == "map" and not self.values:
            raise ValueError(f"column {self.column!r}: a map needs values")
        return self

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return set() if self.optional else {self.column}

    def build(self, context: Context) -> Evaluate:
        """Look up, treat empty as absent, parse."""
        parser = self._parser(context)

        def evaluate(row: Row) -> Any:
            raw = _lookup(row, self.column, optional=self.optional)
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


def _lookup(row: Row, name: str, *, optional: bool) -> Any:
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


class Template(Expression):
    """Text with ``{column}`` places; empty cells are refused, since they would make ids collide."""

    template: str

    def build(self, context: Context) -> Evaluate:
        """Fill the places."""
        cells = {name: context.compile(Column(column=name)) for name in self.columns()}

        def evaluate(row: Row) -> str:
            values = {name: cell(row) for name, cell in cells.items()}
            if empty := sorted(name for name, value in values.items() if value is None):
                raise CellError(f"{', '.join(empty)} is empty, but {self.template!r} needs it")
            return self.template.format(**values)

        return evaluate

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return {name for _, name, _, _ in Formatter().parse(self.template) if name}


class LatestOf(Expression):
    """The latest of several moments (or days): a late entry is known at its entry, not at its date."""

    latest_of: tuple["AnyExpression", ...] = Field(min_length=2)

    def build(self, context: Context) -> Evaluate:
        """The maximum of those present."""
        parts = [context.compile(part) for part in self.latest_of]

        def evaluate(row: Row) -> Any:
            present = [value for part in parts if (value := part(row)) is not None]
            return max(present) if present else None

        return evaluate

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return set().union(*(part.columns() for part in self.latest_of))


class Shifted(Expression):
    """A day or moment some days later (or earlier, when the days are negative)."""

    start: "AnyExpression"
    plus_days: "AnyExpression"
    at: Literal["start_of_day", "end_of_day"] | None = None

    def build(self, context: Context) -> Evaluate:
        """Start plus days; absent when either is."""
        start, days = context.compile(self.start), context.compile(self.plus_days)

        def evaluate(row: Row) -> Any:
            base, count = start(row), days(row)
            if base is None or count is None:
                return None
            day = base + timedelta(days=int(count))
            return day_to_moment(day, at=self.at, zone=context.zone) if self.at else day

        return evaluate

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return self.start.columns() | self.plus_days.columns()


class DaysBetween(Expression):
    """Whole days from the first day to the second."""

    days_between: tuple["AnyExpression", "AnyExpression"]

    def build(self, context: Context) -> Evaluate:
        """Second minus first; absent when either is."""
        first, second = (context.compile(part) for part in self.days_between)

        def evaluate(row: Row) -> int | None:
            start, end = first(row), second(row)
            return None if start is None or end is None else int((end - start).days)

        return evaluate

    def columns(self) -> set[str]:
        """The raw columns it reads."""
        return self.days_between[0].columns() | self.days_between[1].columns()


_TAGS = ("column", "template", "latest_of", "start", "days_between")


def _tag(data: Any) -> str:
    if isinstance(data, Mapping):
        return next((tag for tag in _TAGS if tag in data), "value")
    return next((tag for tag in _TAGS if hasattr(data, tag)), "value")


AnyExpression = Annotated[
    Annotated[Column, Tag("column")]
    | Annotated[Template, Tag("template")]
    | Annotated[LatestOf, Tag("latest_of")]
    | Annotated[Shifted, Tag("start")]
    | Annotated[DaysBetween, Tag("days_between")]
    | Annotated[Constant, Tag("value")],
    Discriminator(_tag),
]

LatestOf.model_rebuild()
Shifted.model_rebuild()
DaysBetween.model_rebuild()
