"""The words of a mapping that are made of others: templates, the latest of several, days added and between."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from ledger.imports.cells import Column, Constant, Context, Evaluate, Expression, Row
from ledger.imports.parsing import CellError, day_to_moment


class Template(Expression):
    """Text with ``{column}`` places; empty cells are refused, since they would make ids collide."""

    template: str

    @field_validator("template")
    @classmethod
    def _readable(cls, template: str) -> str:
        # Python's own rules for format strings: a lone brace raises ValueError.
        if any(spec or conversion or name == "" for _, name, spec, conversion in Formatter().parse(template)):
            raise ValueError(f"{template!r}: a place is the name of a column and nothing else")
        return template

    def build(self, context: Context) -> Evaluate:
        """Fill the places."""
        parts = [(text, name) for text, name, _, _ in Formatter().parse(self.template)]
        cells = {name: context.compile(Column(column=name)) for name in sorted(self.columns())}

        def evaluate(row: Row) -> str:
            values = {name: cell(row) for name, cell in cells.items()}
            if empty := [name for name, value in values.items() if value is None]:
                raise CellError(f"{', '.join(empty)} is empty, but {self.template!r} needs it")
            return "".join(text + (values[name] if name else "") for text, name in parts)

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
            if self.at is None:
                return day
            local = day.astimezone(context.zone).date() if isinstance(day, datetime) else day
            return day_to_moment(local, at=self.at, zone=context.zone)

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
