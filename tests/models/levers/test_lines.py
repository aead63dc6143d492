"""Levers on the lines: the agreed rate, sums that add up, and no work billed twice."""

from typing import Any

import pytest

from ledger.records.billing import Cause
from models.levers.lines import product
from tests.features.builders import make
from tests.models.levers.draft import levers, only


def test_a_rate_above_the_card_is_corrected_with_its_amount() -> None:
    lever = only("correct_rate", invoice_line={"unit_rate": 125, "amount": 1000}, invoice={"amount": 1000})
    line, invoice = lever.changes
    assert lever.sentence == "Correct the rate of line i-1 (dev) from 125 to the agreed 100"
    assert dict(line.columns) == {"unit_rate": 100.0, "amount": 800.0}
    assert (invoice.kind, dict(invoice.columns), lever.cause) == ("invoice", {}, Cause.RATE)


@pytest.mark.parametrize("rate", [90, 100.05])
def test_a_rate_below_the_card_or_within_its_tolerance_is_left_alone(rate: float) -> None:
    line = {"unit_rate": rate, "amount": 8 * rate}
    assert levers(invoice_line=line, invoice={"amount": 8 * rate}) == {}


def test_without_an_agreed_rate_nothing_says_what_is_right() -> None:
    assert levers(invoice_line={"role": "seer", "unit_rate": 500, "amount": 4000}, invoice={"amount": 4000}) == {}
    assert levers(contract={"rate_card_id": None}, invoice_line={"unit_rate": 110, "amount": 880, "quantity": 8},
                  invoice={"amount": 880}) == {}  # fmt: skip


def test_an_amount_is_quantity_times_rate() -> None:
    lever = only("correct_line", invoice_line={"amount": 900}, invoice={"amount": 900})
    assert lever.sentence == "Correct the amount of line i-1 from 900.00 to 800.00"
    assert lever.changes[0].columns["amount"] == 800.0


def test_a_total_is_the_sum_of_the_lines() -> None:
    lever = only("correct_total", invoice={"amount": 8000})
    assert lever.sentence == "Correct the total from 8,000.00 to the 800.00 of the lines"
    assert lever.changes[0].columns["amount"] == 800.0


def test_a_cent_of_rounding_is_no_mistake() -> None:
    assert levers(invoice={"amount": 800.01}) == {}


TWIN: dict[str, Any] = {"project_id": "p", "status": "draft", "amount": 800, "period_start": 0, "invoice_id": "twin"}


def test_another_draft_for_the_same_work_is_withdrawn() -> None:
    lever = only("withdraw_duplicate", make("invoice", known=15, **TWIN))
    assert "Withdraw draft twin" in lever.sentence
    assert (lever.changes[0].entity_id, lever.changes[0].columns["status"]) == ("twin", "cancelled")


@pytest.mark.parametrize(
    "other", [{"status": "issued"}, {"amount": 801}, {"period_start": 5}, {"client_id": "x"}, {"currency": "USD"}]
)
def test_what_differs_or_has_gone_out_is_not_withdrawn(other: dict[str, Any]) -> None:
    assert levers(make("invoice", known=15, **{**TWIN, **other})) == {}


def test_an_old_twin_is_no_duplicate() -> None:
    assert levers(make("invoice", known=-100, **TWIN)) == {}


@pytest.mark.parametrize(("quantity", "rate", "amount"), [(7.25, 133.0, 964.25), (0.1, 0.15, 0.02), (3.0, 0.0, 0.0)])
def test_a_product_is_rounded_as_an_invoice_prints_it(quantity: float, rate: float, amount: float) -> None:
    assert product(quantity, rate) == amount
