"""What a mapping may say, and how one row becomes all its records or none."""

from typing import Any

import pytest
from pydantic import ValidationError

from ledger.imports.mapping import RowError
from tests.ledger.imports.kit import HEADER, INVOICE, PAID, PAYMENT, invoice_with, mapping

ROW = dict(zip(HEADER.split(","), PAID.split(","), strict=True))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "invoise"}, "unknown kind 'invoise'"),
        ({"fields": {**INVOICE["fields"], "colour": {"value": "red"}}}, "invoice has no column colour"),
        ({"fields": {"invoice_id": {"value": "1"}}}, "invoice needs amount, client_id, currency"),
        ({"when": {"column": "paid"}}, "needs among or not_among"),
        ({"verison": {"value": "1"}}, "Extra inputs"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        mapping({**INVOICE, **change})


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ({"time_zone": "Mars/Olympus"}, "unknown time zone"),
        ({"time_zone": "Europe"}, "unknown time zone"),
        ({"encoding": "utf-99"}, "unknown encoding"),
        ({"delimiter": ";;"}, "at most 1 character"),
        ({"name": "a:b"}, "match pattern"),
    ],
)
def test_a_head_that_cannot_be_meant_is_refused(head: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        mapping(**head)


def test_columns_include_those_of_conditions_and_versions() -> None:
    versioned = {**PAYMENT, "version": {"column": "revision"}}
    assert {"paid", "revision"} <= mapping(versioned).columns()


def test_a_row_becomes_its_records() -> None:
    invoice, payment = mapping().compile().apply(ROW)
    assert (invoice.source_id, invoice.version, payment.source_id) == ("0008", "issued", "ACME/0008")
    assert invoice.known_at.isoformat() == "2024-02-03T10:00:00+00:00"
    assert payment.known_at.isoformat() == "2024-02-20T23:59:59.999999+00:00"


def test_a_condition_leaves_a_record_out() -> None:
    assert [record.kind for record in mapping().compile().apply({**ROW, "paid": " "})] == ["invoice"]


def test_conditions_read_nested_and_falsy_cells() -> None:
    nested = {**INVOICE, "when": [{"column": "flags.live", "among": ["0"]}]}
    compiled = mapping(nested).compile()
    assert compiled.apply({**ROW, "flags": {"live": 0}})
    assert compiled.apply({**ROW, "flags": {"live": 1}}) == []


def test_a_row_is_all_or_nothing() -> None:
    with pytest.raises(RowError) as caught:
        mapping().compile().apply({**ROW, "paid": "2024-02-20"})
    assert (caught.value.kind, caught.value.field) == ("payment", "event_at")


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [
        ("amount", "twelve", "amount"),
        ("amount", "NaN", "amount"),
        ("amount", "Infinity", "amount"),
        ("amount", "0.0000001", "amount"),
        ("amount", "", "amount"),
        ("currency", "EURO", "currency"),
        ("currency", "", "currency"),
        ("client", "", "client_id"),
        ("client", "A\x00B", "client_id"),
        ("number", "", "source_id"),
        ("number", "9" * 201, "source_id"),
        ("day", "2024-02-01", "event_at"),
        ("day", "", "event_at"),
        ("entered", "13/13/2024 09:00", "known_at"),
        ("paper", "Pigeon", "delivery_channel"),
    ],
)
def test_a_bad_cell_is_named_by_record_and_field(column: str, cell: str, field: str) -> None:
    with pytest.raises(RowError) as caught:
        mapping(INVOICE).compile().apply({**ROW, column: cell})
    assert (caught.value.kind, caught.value.field) == ("invoice", field)
    assert caught.value.reason


def test_a_number_too_large_for_its_column_is_that_rows_problem() -> None:
    terms = invoice_with(payment_terms_days={"column": "amount", "parse": "int"})
    with pytest.raises(RowError, match="payment_terms_days"):
        mapping(terms).compile().apply({**ROW, "amount": "99999999999"})


def test_each_makes_one_record_per_nested_line_and_sees_its_parent() -> None:
    credit = {
        "kind": "document_link",
        "each": "order.links",
        "source_id": {"template": "{parent.id}-{to}"},
        "event_at": {"value": "2024-01-01T00:00:00Z"},
        "known_at": {"value": "2024-01-01T00:00:00Z"},
        "fields": {
            "link_id": {"template": "{parent.id}-{to}"},
            "link": {"value": "amends"},
            "client_id": {"column": "parent.client"},
            "from_kind": {"value": "invoice"},
            "from_id": {"column": "parent.id"},
            "to_kind": {"value": "invoice"},
            "to_id": {"column": "to"},
        },
    }
    compiled = mapping(credit).compile()
    made = compiled.apply({"id": "9", "client": "A", "order": {"links": [{"to": "1"}, {"to": "2"}]}})
    assert [record.source_id for record in made] == ["9-1", "9-2"]
    for links, why in ((None, "expected a list"), (["1"], "expected objects")):
        with pytest.raises(RowError, match=why):
            compiled.apply({"id": "9", "client": "A", "order": {"links": links}})


def test_the_digest_changes_with_what_the_mapping_says() -> None:
    assert mapping().digest() == mapping().digest() != mapping(time_zone="UTC").digest()
