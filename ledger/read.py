"""The way out of the ledger: columns of record versions as arrays, whole tables or the slice of a few keys."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Connection

from ledger.database import raw_cursor
from ledger.records import ENVELOPE, KINDS
from ledger.tables import python_type

Columns = dict[str, NDArray[Any]]

# Numbers a numpy column can carry for "no moment" and "no day".
NO_MOMENT = np.iinfo(np.int64).min
SYSTEM_COLUMNS = ("record_id",)

# A row must fit into one block; notes can be long.
_BLOCK_BYTES = 1 << 24


@cache
def column_type(kind: str, name: str) -> type:
    """The Python type of a ledger column."""
    return int if name in SYSTEM_COLUMNS else python_type(KINDS[kind].model_fields[name].annotation)


def read_columns(
    connection: Connection,
    kind: str,
    columns: Sequence[str],
    *,
    where: Mapping[str, Sequence[str]] | None = None,
    snapshot: str | None = None,
) -> Columns:
    """Columns of a kind's record versions, one array each, all of the same length, ordered by ``record_id``.

    Args:
        connection: an open connection.
        kind: kind of record.
        columns: names among ``record_id``, the envelope and the payload.
        where: key column → ids; a row is read if it matches **any** of them. ``None`` reads the whole table.
        snapshot: text of a ``pg_snapshot``: with ``where``, read only what that transaction could see.

    Returns:
        text as ``object`` (``None`` where absent); numbers and money as ``float64`` (NaN where absent); booleans as
        ``float64`` (0, 1, NaN); moments as ``int64`` microseconds and days as ``int64`` days since 1970-01-01 UTC
        (``NO_MOMENT`` where absent); arrays of text as ``object`` of lists (single-slice reads only).
    """
    if where is None:
        return _read_table(connection, kind, columns)
    return _read_slice(connection, kind, columns, where, snapshot)


def known_columns(kind: str) -> tuple[str, ...]:
    """Every column of a kind that can be read."""
    return (*SYSTEM_COLUMNS, *ENVELOPE, *KINDS[kind].payload_columns())


def _expression(kind: str, name: str) -> sql.Composable:
    plain, identifier = column_type(kind, name), sql.Identifier(name)
    if plain is datetime:
        return sql.SQL("(extract(epoch FROM {}) * 1000000)::bigint").format(identifier)
    if plain is date:
        return sql.SQL("({} - DATE '1970-01-01')::bigint").format(identifier)
    if plain is Decimal:
        return sql.SQL("{}::float8").format(identifier)
    if plain is bool:
        return sql.SQL("{}::int").format(identifier)
    return identifier


def select(kind: str, columns: Sequence[str]) -> sql.Composed:
    """``SELECT columns FROM kind`` in the units of :func:`read_columns`, for callers that add their own condition."""
    expressions = [sql.SQL("{} AS {}").format(_expression(kind, name), sql.Identifier(name)) for name in columns]
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(expressions), sql.Identifier(kind))


def _read_slice(
    connection: Connection, kind: str, columns: Sequence[str], where: Mapping[str, Sequence[str]], snapshot: str | None
) -> Columns:
    conditions = [sql.SQL("{} = ANY(%s)").format(sql.Identifier(name)) for name in where]
    if not conditions:
        return {name: _array(kind, name, ()) for name in columns}
    visible = sql.SQL(" AND pg_visible_in_snapshot(recorded_tx, %s::pg_snapshot)" if snapshot is not None else "")
    chosen = sql.SQL(" WHERE ({}){} ORDER BY record_id").format(sql.SQL(" OR ").join(conditions), visible)
    cursor = raw_cursor(connection, binary=True)
    parameters: list[Any] = [list(ids) for ids in where.values()]
    rows = cursor.execute(select(kind, columns) + chosen, parameters + [snapshot] * (snapshot is not None)).fetchall()
    return to_columns(kind, columns, rows)


def to_columns(kind: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows fetched by :func:`select` (or none) as arrays."""
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return {name: _array(kind, name, column) for name, column in zip(columns, values, strict=True)}


def _array(kind: str, name: str, values: Sequence[Any]) -> NDArray[Any]:
    plain = column_type(kind, name)
    if name in SYSTEM_COLUMNS:
        return np.array(values, dtype=np.int64)
    if plain in (date, datetime):
        return np.array([NO_MOMENT if value is None else value for value in values], dtype=np.int64)
    if plain in (int, float, bool, Decimal):
        return np.array(values, dtype=np.float64)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _read_table(connection: Connection, kind: str, columns: Sequence[str]) -> Columns:
    query = sql.SQL("COPY ({} ORDER BY record_id) TO STDOUT (FORMAT csv)").format(select(kind, columns))
    buffer = BytesIO()
    with raw_cursor(connection).copy(query) as copy:
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return {name: _array(kind, name, ()) for name in columns}
    buffer.seek(0)
    table = pyarrow.csv.read_csv(
        buffer,
        read_options=pyarrow.csv.ReadOptions(column_names=list(columns), block_size=_BLOCK_BYTES),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: _arrow_type(kind, name) for name in columns},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return {name: _from_arrow(kind, name, table.column(name)) for name in columns}


def _arrow_type(kind: str, name: str) -> Any:
    plain = column_type(kind, name)
    if name in SYSTEM_COLUMNS or plain in (date, datetime):
        return pa.int64()
    return pa.float64() if plain in (int, float, bool, Decimal) else pa.string()


def _from_arrow(kind: str, name: str, column: Any) -> NDArray[Any]:
    plain = column_type(kind, name)
    if name in SYSTEM_COLUMNS or plain in (date, datetime):
        filled: NDArray[Any] = column.fill_null(NO_MOMENT).to_numpy()
        return filled
    array: NDArray[Any] = column.to_numpy()
    return array
