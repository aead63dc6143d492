"""The ledger's tables, derived from the record classes: one append-only table per kind of record."""

import types
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

from pydantic import AwareDatetime
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine, UserDefinedType

from ledger.records import KINDS, Record

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One sequence for all kinds: a record_id names one record version in the whole ledger.
record_ids = Sequence("ledger_record_id_seq", metadata=metadata)


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id, which SQLAlchemy does not name."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


_SQL_TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    bool: Boolean(),
    int: Integer(),
    float: Double(),
    Decimal: Numeric(26, 6),
    date: Date(),
    datetime: DateTime(timezone=True),
}


def python_type(annotation: Any) -> type:
    """The plain type behind an annotation: ``Id | None`` is ``str``, an enum is ``str``, a tuple stays a tuple."""
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        return python_type(next(arg for arg in get_args(annotation) if arg is not type(None)))
    if origin is not None and hasattr(annotation, "__metadata__"):
        return python_type(get_args(annotation)[0])
    if origin is tuple:
        return tuple
    if isinstance(annotation, type):
        if issubclass(annotation, StrEnum):
            return str
        return datetime if annotation is AwareDatetime else annotation
    raise TypeError(f"no column type for {annotation!r}")


def sql_type(annotation: Any) -> TypeEngine[Any]:
    """The PostgreSQL type of a record column."""
    plain = python_type(annotation)
    return ARRAY(Text()) if plain is tuple else _SQL_TYPES[plain]


def _column(record: type[Record], name: str) -> Column[Any]:
    field = record.model_fields[name]
    nullable = not field.is_required() and field.default is None
    return Column(name, sql_type(field.annotation), nullable=nullable)


def _record_table(record: type[Record]) -> Table:
    columns = [_column(record, name) for name in record.model_fields]
    lookups = dict.fromkeys((record.identity, *record.keys))
    return Table(
        record.kind,
        metadata,
        Column("record_id", BigInteger, primary_key=True, server_default=record_ids.next_value()),
        *columns,
        Column("digest", Text, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        # The writing transaction: a score keeps its snapshot, so that a replay sees just the rows that it saw.
        Column("recorded_tx", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
        UniqueConstraint("source", "source_id", "version"),
        *(Index(None, name, "known_at") for name in lookups),
    )


TABLES: dict[str, Table] = {kind: _record_table(record) for kind, record in KINDS.items()}

import_batch = Table(
    "import_batch",
    metadata,
    Column("batch_id", BigInteger, Identity(always=True), primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("finished_at", DateTime(timezone=True)),
    Column("file_name", Text, nullable=False),
    Column("file_digest", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("mapping_digest", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False, server_default=text("0")),
    Column("accepted", BigInteger, nullable=False, server_default=text("0")),
    Column("duplicates", BigInteger, nullable=False, server_default=text("0")),
    Column("conflicts", BigInteger, nullable=False, server_default=text("0")),
    Column("quarantined", BigInteger, nullable=False, server_default=text("0")),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("quarantine_id", BigInteger, Identity(always=True), primary_key=True),
    Column("batch_id", BigInteger),
    Column("origin", Text, nullable=False),  # file name, or the API
    Column("row_number", BigInteger),
    Column("kind", Text),
    Column("field", Text),
    Column("reason", Text, nullable=False),
    Column("raw", JSONB, nullable=False),
    # One quarantine row per bad row of an origin, however often the same file is imported again.
    Column("raw_digest", Text, nullable=False),
    Column("quarantined_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("resolved_at", DateTime(timezone=True)),
    Column("resolution", Text),
    UniqueConstraint("origin", "row_number", "raw_digest", postgresql_nulls_not_distinct=True),
)

record_conflict = Table(
    "record_conflict",
    metadata,
    Column("conflict_id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("kept_record_id", BigInteger, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    UniqueConstraint("kind", "source", "source_id", "version", "digest"),
)
