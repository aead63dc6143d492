"""Many columns of many kinds as the one row of one statement: numbers as bytes that numpy reads as they come.

A slice touches some twenty kinds of record; asking for each by itself, row by row, costs more than finding them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
from psycopg import sql

from ledger.read import NO_MOMENT, Columns, column_type

# PostgreSQL counts microseconds and days from here; its "-infinity" is the smallest integer.
_EPOCH_2000_US = 946_684_800_000_000
_EPOCH_2000_DAY = 10_957
_MOMENT, _DAY, _WHOLE, _NUMBER, _TEXT = "moment", "day", "whole", "number", "text"

PACK = {
    _MOMENT: "string_agg(timestamptz_send(coalesce({}, '-infinity')), '')",
    _DAY: "string_agg(date_send(coalesce({}, '-infinity')), '')",
    _WHOLE: "string_agg(int8send({}), '')",
    _NUMBER: "string_agg(float8send(coalesce({}::float8, 'NaN')), '')",
    _TEXT: "array_agg({})",
}


@cache
def _form(kind: str, name: str) -> str:
    plain = column_type(kind, name)
    if name == "record_id":
        return _WHOLE
    if plain in (datetime, date):
        return _MOMENT if plain is datetime else _DAY
    return _TEXT if plain is str else _NUMBER


def packed(kind: str, columns: Sequence[str]) -> sql.Composable:
    """Expressions that gather columns of a kind, one value each."""
    parts = []
    for name in columns:
        column: sql.Composable = sql.Identifier(name)
        if column_type(kind, name) is bool:
            column = sql.SQL("{}::int").format(column)
        parts.append(sql.SQL(PACK[_form(kind, name)]).format(column))
    return sql.SQL(", ").join(parts)


def unpacked(kind: str, columns: Sequence[str], values: Sequence[Any]) -> Columns:
    """The gathered values as arrays in the units of ``ledger.read.read_columns``."""
    return {name: unpack(_form(kind, name), value) for name, value in zip(columns, values, strict=True)}


def unpack(form: str, value: Any) -> Any:
    """One gathered column; nothing was gathered where there were no rows."""
    if form == _TEXT:
        texts = np.empty(len(value or ()), dtype=object)
        texts[:] = value or ()
        return texts
    return _numbers(form, value or b"")


def _numbers(form: str, value: bytes) -> Any:
    if form == _NUMBER:
        return np.frombuffer(value, dtype=">f8").astype(np.float64)
    if form == _WHOLE:
        return np.frombuffer(value, dtype=">i8").astype(np.int64)
    if form == _MOMENT:
        moments = np.frombuffer(value, dtype=">i8").astype(np.int64)
        return np.where(moments == NO_MOMENT, NO_MOMENT, moments + _EPOCH_2000_US)
    days = np.frombuffer(value, dtype=">i4").astype(np.int64)
    return np.where(days == np.iinfo(np.int32).min, NO_MOMENT, days + _EPOCH_2000_DAY)
