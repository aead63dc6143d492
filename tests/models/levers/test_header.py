"""Levers on the header: the contract is what it should agree with."""

import pytest

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Owner
from tests.features.builders import make
from tests.models.levers.draft import levers, only


def test_a_missing_purchase_order_is_taken_from_the_contract() -> None:
    lever = only("enter_purchase_order", invoice={"po_number": None})
    assert lever.sentence == "Put the contract's purchase order 4500 on the invoice"
    assert (lever.owner, lever.cause) == (Owner.BILLING, Cause.PO_REFERENCE)
    assert dict(lever.changes[0].columns) == {"po_number": "4500"}
    assert [kind for kind, _ in lever.records] == ["invoice"]


def test_another_purchase_order_is_replaced_by_the_contracts() -> None:
    assert "4500 on the invoice instead of 77" in only("enter_purchase_order", invoice={"po_number": "77"}).sentence


def test_a_purchase_order_that_nobody_has_is_asked_of_the_client() -> None:
    lever = only("obtain_purchase_order", invoice={"po_number": None}, contract={"po_number": None})
    assert lever.owner is Owner.SALES
    assert [(change.kind, change.columns["po_number"]) for change in lever.changes] == [
        ("invoice", TO_BE_FILED),
        ("contract", TO_BE_FILED),
    ]


def test_a_purchase_order_demanded_by_the_client_alone_is_asked_for_without_a_contract() -> None:
    lever = only(
        "obtain_purchase_order",
        invoice={"po_number": None, "contract_id": None},
        contract=None,
        project={"contract_id": None},
        client={"po_required": True},
    )
    assert [change.kind for change in lever.changes] == ["invoice"]


def test_an_optional_purchase_order_may_be_missing() -> None:
    assert levers(invoice={"po_number": None}, contract={"po_required": False}) == {}


def test_the_company_is_the_contracts() -> None:
    lever = only("correct_company", invoice={"legal_entity_id": "other"})
    assert "from le, the company of the contract, instead of other" in lever.sentence
    assert lever.cause is Cause.TAX_ENTITY


def test_the_currency_is_corrected_on_header_and_lines() -> None:
    lever = only("correct_currency", invoice={"currency": "USD"}, invoice_line={"currency": "USD"})
    assert [(change.kind, change.columns["currency"]) for change in lever.changes] == [
        ("invoice", "EUR"),
        ("invoice_line", "EUR"),
    ]


def test_other_terms_move_the_due_date_with_them() -> None:
    lever = only("correct_terms", invoice={"payment_terms_days": 60, "due_date": 80})
    (change,) = lever.changes
    assert change.columns["due_date"] - make("invoice", due_date=50).model_dump()["due_date"].toordinal() == -719163
    assert change.columns["payment_terms_days"] == 30
    assert lever.cause is None


@pytest.mark.parametrize(
    "wrong", [{"legal_entity_id": "other"}, {"currency": "USD"}, {"payment_terms_days": 5}, {"po_number": "77"}]
)
def test_our_own_companies_bill_each_other_outside_the_clients_contract(wrong: dict[str, object]) -> None:
    assert levers(invoice={"intercompany": True, **wrong}) == {}
