"""The one way serving talks to PostgreSQL: named-parameter SQL on the caller's transaction, rows as dictionaries."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from ledger.database import raw_cursor
from serving.problems import Problem

Query = str | sql.Composable
Row = dict[str, Any]


def rows(connection: Connection, query: Query, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """All rows of a query."""
    cursor = raw_cursor(connection)
    cursor.row_factory = dict_row
    return cursor.execute(_composed(query), parameters).fetchall()


def first(connection: Connection, query: Query, parameters: Mapping[str, Any] | None = None) -> Row | None:
    """The first row of a query, or ``None``."""
    cursor = raw_cursor(connection)
    cursor.row_factory = dict_row
    row: Row | None = cursor.execute(_composed(query), parameters).fetchone()
    return row


def only(connection: Connection, query: Query, parameters: Mapping[str, Any] | None = None) -> Row:
    """The one row that a query must give; ``LookupError`` when it gives none."""
    row = first(connection, query, parameters)
    if row is None:
        raise LookupError("the query gave no row")
    return row


def change(connection: Connection, query: Query, parameters: Mapping[str, Any] | None = None) -> int:
    """Run a statement; how many rows it touched."""
    return raw_cursor(connection).execute(_composed(query), parameters).rowcount


def insert(connection: Connection, table: str, values: Mapping[str, Any]) -> None:
    """Insert one row; dictionaries and lists of dictionaries travel as JSON."""
    change(
        connection, _insert_statement(table, tuple(values)), {name: adapted(value) for name, value in values.items()}
    )


def adapted(value: Any) -> Any:
    """A value as the driver wants it: JSON documents are wrapped, everything else passes."""
    is_json = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
    return json_value(value) if is_json else value


def json_value(value: Any) -> Jsonb:
    """Anything orjson can write (dataclasses, dates and enums too) as a JSON document."""
    return Jsonb(value, dumps=orjson.dumps)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of a transaction that an error undoes; a ``Problem`` that is ``kept`` leaves its entries standing."""
    part = connection.begin_nested()
    try:
        yield
    except BaseException as error:
        if isinstance(error, Problem) and error.kept:
            part.commit()
        else:
            part.rollback()
        raise
    part.commit()


def _insert_statement(table: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )


def _composed(query: Query) -> Any:
    return query
