"""A mapping file: which records a row of some export becomes, and how each of their columns is read."""

import codecs
import hashlib
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ledger.imports.cells import Context, Evaluate, Row, lookup
from ledger.imports.expressions import AnyExpression
from ledger.imports.parsing import CellError
from ledger.records import ENVELOPE, KINDS, Record

# Pseudo-column: the how-manieth row it is with the same values in the mapping's ``occurrence_of`` columns.
OCCURRENCE = "#occurrence"


class RowError(Exception):
    """A row that cannot become records."""

    def __init__(self, kind: str | None, field: str | None, reason: str) -> None:
        super().__init__(f"{kind or 'row'}.{field or '*'}: {reason}")
        self.kind, self.field, self.reason = kind, field, reason


class Condition(BaseModel):
    """Emit the record only for rows in which ``column`` is (or is not) one of the words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    among: tuple[str, ...] | None = None
    not_among: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if self.among is None and self.not_among is None:
            raise ValueError(f"condition on {self.column!r} needs among or not_among")
        return self

    def holds(self, row: Row) -> bool:
        """Whether the row qualifies; an empty or absent cell is the word ``""``."""
        cell = lookup(row, self.column, optional=True)
        text = "" if cell is None else str(cell).strip()
        return (self.among is None or text in self.among) and (self.not_among is None or text not in self.not_among)


class RecordMapping(BaseModel):
    """How a row becomes one record (or, with ``each``, one per element of a nested list)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    source_id: AnyExpression
    version: AnyExpression | None = None
    event_at: AnyExpression
    known_at: AnyExpression
    fields: dict[str, AnyExpression]
    when: tuple[Condition, ...] = ()
    each: str | None = None
    keep: Literal["all", "earliest"] = Field(
        "all", description="earliest: of rows that repeat master data, only the first known counts"
    )

    @field_validator("when", mode="before")
    @classmethod
    def _one_or_many(cls, when: Any) -> Any:
        return (when,) if isinstance(when, MappingABC) else when

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; kinds are {', '.join(KINDS)}")
        return kind

    @model_validator(mode="after")
    def _known_fields(self) -> "RecordMapping":
        record = KINDS[self.kind]
        columns = set(record.payload_columns())
        if unknown := sorted(set(self.fields) - columns):
            raise ValueError(f"{self.kind} has no column {', '.join(unknown)}")
        required = {name for name in columns if record.model_fields[name].is_required()}
        if missing := sorted(required - set(self.fields)):
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        return self

    def columns(self) -> set[str]:
        """The raw columns it reads, those of its conditions included."""
        parts = [self.source_id, self.event_at, self.known_at, *self.fields.values()]
        versions = [] if self.version is None else [self.version]
        conditions = {condition.column for condition in self.when}
        return conditions.union(*(part.columns() for part in [*parts, *versions]))


class Mapping(BaseModel):
    """A whole mapping file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    source: str
    description: str = ""
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    time_zone: str
    occurrence_of: tuple[str, ...] = Field(
        (), description="columns that name a row but for repeats; #occurrence then counts the repeats in file order"
    )
    records: tuple[RecordMapping, ...] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {zone!r}") from error
        return zone

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            return codecs.lookup(encoding).name
        except LookupError as error:
            raise ValueError(f"unknown encoding {encoding!r}") from error

    def columns(self) -> set[str]:
        """Columns that every row must have; a dotted name may be nested in the column named before the dot."""
        own = [record.columns() for record in self.records if record.each is None]
        return (set().union(*own) - {OCCURRENCE}) | set(self.occurrence_of)

    def digest(self) -> str:
        """SHA-256 (hex) of what the mapping says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def compile(self) -> "CompiledMapping":
        """The mapping as functions."""
        context = Context(ZoneInfo(self.time_zone))
        return CompiledMapping(self, tuple(_CompiledRecord.of(record, self.source, context) for record in self.records))


@dataclass(frozen=True)
class _CompiledRecord:
    mapping: RecordMapping
    source: str
    parts: tuple[tuple[str, Evaluate], ...]

    @classmethod
    def of(cls, mapping: RecordMapping, source: str, context: Context) -> "_CompiledRecord":
        envelope = {name: getattr(mapping, name) for name in ENVELOPE[1:] if getattr(mapping, name) is not None}
        built = {name: context.compile(part) for name, part in {**envelope, **mapping.fields}.items()}
        return cls(mapping, source, tuple(built.items()))

    def make(self, row: Row) -> Record:
        values: dict[str, Any] = {"source": self.source}
        for name, evaluate in self.parts:
            try:
                value = evaluate(row)
            except CellError as error:
                raise RowError(self.mapping.kind, name, str(error)) from error
            if value is not None:
                values[name] = value
        try:
            return KINDS[self.mapping.kind](**values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise RowError(self.mapping.kind, str(first["loc"][0]) if first["loc"] else None, first["msg"]) from error


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping ready to run."""

    mapping: Mapping
    records: tuple[_CompiledRecord, ...]

    def apply(self, row: Row) -> list[Record]:
        """The records of one row, all or none.

        Raises ``RowError`` naming the record's field when any of them cannot be made.
        """
        return [record for record, _ in self.apply_marked(row)]

    def apply_marked(self, row: Row) -> list[tuple[Record, bool]]:
        """As ``apply``, each record with whether only the first known of its repeats counts."""
        made: list[tuple[Record, bool]] = []
        for compiled in self.records:
            if all(condition.holds(row) for condition in compiled.mapping.when):
                repeats = compiled.mapping.keep == "earliest"
                made += [(compiled.make(part), repeats) for part in _parts(row, compiled.mapping)]
        return made


def _parts(row: Row, mapping: RecordMapping) -> list[Row]:
    if mapping.each is None:
        return [row]
    elements: Any = row
    for name in mapping.each.split("."):
        elements = elements.get(name) if isinstance(elements, MappingABC) else None
    if not isinstance(elements, list):
        raise RowError(mapping.kind, None, f"expected a list at {mapping.each!r}")
    if not all(isinstance(element, MappingABC) for element in elements):
        raise RowError(mapping.kind, None, f"expected objects in the list at {mapping.each!r}")
    return [{**element, "parent": row} for element in elements]
