"""Reading a whole table and reading a slice give the same arrays, whatever the text in them."""

import types
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

import numpy as np
import pytest
from sqlalchemy import Connection

from ledger.read import NO_MOMENT, column_type, known_columns, read_columns
from ledger.records import KINDS, Note, Record
from ledger.records.base import check_id
from ledger.store import append

MOMENT = datetime(2024, 3, 1, 12, 30, 15, 250_001, tzinfo=UTC)
ODD = 'quotes " and ""\nnew lines\r\n, commas, \\. \\N and 💀'
PLAIN: dict[type, Any] = {
    bool: True,
    int: 3,
    float: 0.5,
    Decimal: Decimal("12.345678"),
    date: date(1969, 12, 30),
    datetime: MOMENT,
}


def sample(record: type[Record], number: int, *, filled: bool) -> Record:
    """A record with every column set, or with the required ones alone."""
    values: dict[str, Any] = {"source": "erp", "source_id": str(number), "event_at": MOMENT, "known_at": MOMENT}
    for name in record.payload_columns():
        field = record.model_fields[name]
        if filled or field.is_required():
            value = value_of(field.annotation, record.kind, name, number)
            # Ids take no control characters.
            takes_lines = check_id.__name__ not in repr((field.annotation, field.metadata))
            values[name] = (
                value if takes_lines or not isinstance(value, str) else value.replace("\r\n", "").replace("\n", "")
            )
    return record(**values)


def value_of(annotation: Any, kind: str, name: str, number: int) -> Any:
    plain = column_type(kind, name)
    if plain in PLAIN:
        return PLAIN[plain]
    if plain is tuple:
        return ()
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return next(iter(annotation))
    if "currency" in name:
        return "EUR"
    return "DE" if "country" in name else f"{ODD} {number}"


def scalar_columns(kind: str) -> list[str]:
    return [name for name in known_columns(kind) if column_type(kind, name) is not tuple]


def test_a_slice_and_the_table_agree_for_every_kind(connection: Connection) -> None:
    for kind, record in KINDS.items():
        append(connection, [sample(record, number, filled=number % 2 == 0) for number in range(6)])
        _check_agreement(connection, kind)


def _check_agreement(connection: Connection, kind: str) -> None:
    columns = scalar_columns(kind)
    table = read_columns(connection, kind, columns)
    slice_ = read_columns(connection, kind, columns, where={"source_id": [str(number) for number in range(6)]})
    for name in columns:
        np.testing.assert_array_equal(table[name], slice_[name], err_msg=name)
        assert table[name].dtype == slice_[name].dtype
        assert len(table[name]) == 6


def test_an_empty_table_has_empty_columns_of_the_same_types(connection: Connection) -> None:
    for kind, record in KINDS.items():
        empty = read_columns(connection, kind, scalar_columns(kind))
        append(connection, [sample(record, 1, filled=True)])
        full = read_columns(connection, kind, scalar_columns(kind))
        expected = {name: (0, column.dtype) for name, column in full.items()}
        assert {name: (len(column), column.dtype) for name, column in empty.items()} == expected


def note(number: int, text: str, *, author: str | None = None) -> Note:
    moment = MOMENT + timedelta(microseconds=number)
    return Note(
        source="erp",
        source_id=f"{number}",
        event_at=moment,
        known_at=moment,
        note_id=f"{number}",
        client_id="1",
        author_id=author,
        text=text,
    )


def test_absent_text_is_none_and_empty_text_is_empty(connection: Connection) -> None:
    append(connection, [note(1, ""), note(2, ODD, author="ada")])
    read = read_columns(connection, "note", ["text", "author_id"])
    assert (read["text"].tolist(), read["author_id"].tolist()) == (["", ODD], [None, "ada"])


@pytest.mark.parametrize("where", [None, {"client_id": ["1"]}])
def test_a_single_column_of_absent_values_keeps_its_rows(connection: Connection, where: Any) -> None:
    append(connection, [note(number, "x") for number in range(3)])
    assert read_columns(connection, "note", ["author_id"], where=where)["author_id"].tolist() == [None] * 3


def test_a_long_note_can_be_read(connection: Connection) -> None:
    append(connection, [note(1, "word\n" * 800_000), note(2, "short")])
    assert [len(text) for text in read_columns(connection, "note", ["text"])["text"]] == [4_000_000, 5]


def test_moments_are_microseconds_and_days_are_days(connection: Connection) -> None:
    append(connection, [sample(KINDS["invoice"], 0, filled=True), sample(KINDS["invoice"], 1, filled=False)])
    read = read_columns(connection, "invoice", ["known_at", "due_date"])
    assert read["known_at"].tolist() == [1_709_296_215_250_001] * 2
    assert read["due_date"].tolist() == [-2, NO_MOMENT]


def test_any_of_several_keys_selects_and_none_selects_nothing(connection: Connection) -> None:
    append(connection, [note(1, "a"), note(2, "b", author="ada"), note(3, "c")])
    either = read_columns(connection, "note", ["note_id"], where={"note_id": ["1"], "author_id": ["ada"]})
    assert either["note_id"].tolist() == ["1", "2"]
    assert read_columns(connection, "note", ["note_id"], where={"note_id": []})["note_id"].tolist() == []
    assert read_columns(connection, "note", ["note_id"], where={})["note_id"].tolist() == []
