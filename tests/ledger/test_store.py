"""Appending is idempotent, keeps conflicts, and nothing written can be changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ledger.records import Payment
from ledger.store import Appended, append

MOMENT = datetime(2024, 3, 1, tzinfo=UTC)


def payment(number: int, *, amount: str = "10.50", version: str = "1") -> Payment:
    return Payment(
        source="erp",
        source_id=f"{number:05d}",
        version=version,
        event_at=MOMENT,
        known_at=MOMENT,
        payment_id=f"{number:05d}",
        invoice_id="INV-1",
        client_id="007",
        amount=amount,
        currency="EUR",
        paid_on="2024-03-01",
    )


def test_writing_twice_is_a_no_op(connection: Connection) -> None:
    rows = [payment(number) for number in range(20)]
    assert append(connection, rows) == Appended(accepted=20)
    assert append(connection, rows) == Appended(duplicates=20)


def test_a_later_delivery_of_the_same_row_keeps_the_first_known_at(connection: Connection) -> None:
    append(connection, [payment(1)])
    again = payment(1).model_copy(update={"known_at": datetime(2025, 1, 1, tzinfo=UTC)})
    assert append(connection, [again]) == Appended(duplicates=1)
    assert connection.execute(text("SELECT known_at FROM payment")).scalar_one() == MOMENT


def test_other_content_under_the_same_key_is_a_kept_conflict(connection: Connection) -> None:
    append(connection, [payment(1)])
    assert append(connection, [payment(1, amount="99")]) == Appended(conflicts=1)
    kept = connection.execute(text("SELECT amount FROM payment")).scalars().all()
    assert [str(amount) for amount in kept] == ["10.500000"]
    content = connection.execute(text("SELECT content FROM record_conflict")).scalar_one()
    assert content["amount"] == 99


def test_a_new_version_is_a_new_record(connection: Connection) -> None:
    assert append(connection, [payment(1), payment(1, amount="99", version="2")]) == Appended(accepted=2)


def test_ids_keep_their_leading_zeros(connection: Connection) -> None:
    append(connection, [payment(7)])
    assert connection.execute(text("SELECT payment_id, client_id FROM payment")).one() == ("00007", "007")


@pytest.mark.parametrize("statement", ["UPDATE payment SET amount = 1", "DELETE FROM payment", "TRUNCATE payment"])
def test_a_written_record_cannot_be_changed(connection: Connection, statement: str) -> None:
    append(connection, [payment(1)])
    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_equal_amounts_in_other_notation_are_the_same_content() -> None:
    assert payment(1, amount="10.50").digest() == payment(1, amount="10.500").digest()
