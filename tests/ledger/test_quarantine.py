"""Refused rows are kept as they came, once, until somebody deals with them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from ledger.quarantine import BadRow, keep, open_rows, raw_cells, resolve

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


def bad(raw: dict[str, Any], *, number: int = 2, reason: str = "why") -> BadRow:
    return BadRow("shop:file.csv", number, "invoice", "amount", reason, raw)


def test_the_same_row_is_kept_once(connection: Connection) -> None:
    assert keep(connection, [bad({"a": "1"}), bad({"a": "1"}, number=3)]) == 2
    assert keep(connection, [bad({"a": "1"})]) == 0
    assert keep(connection, []) == 0


def test_a_changed_row_in_the_same_place_is_another_one(connection: Connection) -> None:
    assert keep(connection, [bad({"a": "1"}), bad({"a": "2"})]) == 2


def test_resolving_happens_once_and_takes_the_row_off_the_list(connection: Connection) -> None:
    keep(connection, [bad({"a": "1"}), bad({"a": "2"})])
    first, second = open_rows(connection)
    assert resolve(connection, first.quarantine_id, resolution="repaired")
    assert not resolve(connection, first.quarantine_id, resolution="again")
    assert [row.quarantine_id for row in open_rows(connection)] == [second.quarantine_id]


def test_the_list_is_in_order_and_can_be_cut(connection: Connection) -> None:
    keep(connection, [bad({"a": str(number)}, number=number) for number in range(5)])
    rows = open_rows(connection)
    assert [row.row_number for row in rows] == [0, 1, 2, 3, 4]
    assert [row.row_number for row in open_rows(connection, limit=2)] == [0, 1]
    assert [row.row_number for row in open_rows(connection, only=rows[3].quarantine_id)] == [3]


@pytest.mark.parametrize(
    "cell",
    [
        "💀 and \\u0000 in words",
        "a\x00b",
        "M\udcfcller",
        "\ud83d",
        float("inf"),
        1.5,
        Decimal("1.20"),
        date(2024, 2, 1),
        NOON,
        None,
        True,
        ["x", {"y": Decimal(1)}],
    ],
)
def test_a_cell_comes_back_as_it_came(connection: Connection, cell: Any) -> None:
    keep(connection, [bad({"cell": cell})])
    assert raw_cells(open_rows(connection)[0].raw) == {"cell": cell}


def test_what_has_no_json_form_is_kept_as_text(connection: Connection) -> None:
    keep(connection, [bad({"cell": b"\x01"}, reason="bytes \x00 \udcff")])
    [row] = open_rows(connection)
    assert (row.raw, row.reason) == ({"cell": "b'\\x01'"}, "bytes \ufffd \ufffd")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=5), st.text(st.characters(codec=None), max_size=8), max_size=3))
def test_no_text_can_break_the_quarantine(connection: Connection, raw: dict[str, str]) -> None:
    keep(connection, [bad(raw, number=1)])
    stored = raw_cells(open_rows(connection)[-1].raw)
    assert set(map(str, stored.values())) <= set(raw.values())
