"""What every record refuses, and what its digest stands for."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.records import ENVELOPE, KINDS, Client, Payment, Record

MOMENT = datetime(2024, 3, 1, tzinfo=UTC)
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


def payment(**changes: Any) -> Payment:
    values = {
        "source": "erp",
        "source_id": "1",
        "event_at": MOMENT,
        "known_at": MOMENT,
        "payment_id": "1",
        "invoice_id": "0007",
        "client_id": "ACME",
        "amount": "10.50",
        "currency": "EUR",
        "paid_on": "2024-03-01",
    }
    return Payment(**{**values, **changes})


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("currency", "EURO", "ISO 4217"),
        ("currency", "eur", "ISO 4217"),
        ("amount", "NaN", "finite number"),
        ("amount", float("inf"), "finite number"),
        ("amount", "0.0000001", "decimal place"),
        ("amount", "1e20", "digits"),
        ("client_id", "", "at least 1"),
        ("client_id", "A\x00", "control characters"),
        ("client_id", 7, "valid string"),
        ("client_id", "x" * 201, "at most 200"),
        ("known_at", "2024-03-01T00:00:00", "timezone"),
        ("known_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))), "years 1 to 9999"),
        ("paid_on", "01/03/2024", "valid date"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_a_wrong_value_is_refused_by_name(field: str, value: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        payment(**{field: value})
    assert caught.value.errors()[0]["loc"] == (field,)


def test_countries_are_iso_codes() -> None:
    common = {"source": "erp", "source_id": "1", "event_at": MOMENT, "known_at": MOMENT, "client_id": "1", "name": "A"}
    assert Client(**common, country="NO").country == "NO"
    with pytest.raises(ValidationError, match="ISO 3166-1"):
        Client(**common, country="UK")


def test_moments_are_kept_in_utc() -> None:
    moment = datetime(2024, 7, 1, 9, tzinfo=timezone(timedelta(hours=2)))
    assert payment(known_at=moment).known_at.isoformat() == "2024-07-01T07:00:00+00:00"


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        payment().amount = Decimal(1)  # type: ignore[misc]  # what the test is about


@given(AMOUNTS, st.integers(0, 3))
def test_the_digest_does_not_depend_on_notation(amount: Decimal, zeros: int) -> None:
    longer = Decimal(str(amount.normalize()) if amount else "-0.0")
    assert payment(amount=amount).digest() == payment(amount=longer).digest()
    assert payment(version="1" * (zeros + 1)).digest() == payment().digest()


@given(AMOUNTS, AMOUNTS)
def test_different_amounts_have_different_digests(one: Decimal, other: Decimal) -> None:
    assert (payment(amount=one).digest() == payment(amount=other).digest()) is (one == other)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14, 14))
def test_the_digest_ignores_known_at_and_the_zone_of_event_at(moment: datetime, hours: int) -> None:
    digest = payment(event_at=MOMENT).digest()
    assert payment(known_at=moment).digest() == digest
    assert payment(event_at=MOMENT.astimezone(timezone(timedelta(hours=hours)))).digest() == digest
    assert (payment(event_at=moment).digest() == digest) is (moment == MOMENT)


@pytest.mark.parametrize("record", KINDS.values(), ids=KINDS.keys())
def test_every_column_says_what_it_means(record: type[Record]) -> None:
    assert record.__doc__
    assert record.identity in record.payload_columns()
    assert set(record.keys) <= set(record.payload_columns())
    assert all(field.description for field in record.model_fields.values())
    assert set(ENVELOPE) <= set(record.model_fields)
