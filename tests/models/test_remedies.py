"""Remedies: the cheapest that clears first, nothing that does not help, and promises that the ledger keeps."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from features.build import build_features
from features.history import load_history, load_slice
from features.recordset import History
from ledger.records import Record
from ledger.store import append
from models.hypotheses import as_changes
from models.outlook import Remedy
from models.remedies import suggest
from models.scorer import Scorer
from tests.features.builders import history_of, make
from tests.models.fearful import scorer
from tests.models.levers.draft import NOW, draft, ledger
from tests.models.really import really
from tests.models.test_scorer import Due

EXPENSE = [
    make("expense", known=5, expense_id="x", status="approved"),
    make("invoice_line", known=20, line_id="i-2", line_number=2, line_kind="expense", expense_id="x", unit_rate=0,
         quantity=1, amount=0),
]  # fmt: skip
BROKEN: dict[str, Any] = {
    "invoice": {"po_number": None}, "client": {"tax_id": None}, "contract": {"signed": False},
}  # fmt: skip


def _suggest(models: Scorer, *more: Record, limit: int = 3, **broken: Any) -> tuple[Remedy, ...]:
    return suggest(ledger(*more, **broken), "i", NOW, models, limit=limit)


def _codes(remedies: tuple[Remedy, ...]) -> list[tuple[str, ...]]:
    return [tuple(lever.code for lever in remedy.levers) for remedy in remedies]


def test_a_clearable_invoice_needs_no_remedy() -> None:
    assert _suggest(scorer("po_missing"), client={"tax_id": None}) == ()


def test_nothing_is_suggested_without_a_dispute_model_or_for_a_correct_draft() -> None:
    assert _suggest(Scorer({}), **BROKEN) == ()
    assert _suggest(scorer("po_missing", threshold=None)) == ()


def test_one_lever_that_clears_is_told_alone() -> None:
    (remedy,) = _suggest(scorer("po_missing"), **BROKEN)
    assert _codes((remedy,)) == [("enter_purchase_order",)]
    assert remedy.clears
    assert (remedy.minutes, remedy.sentences) == (5, ("Put the contract's purchase order 4500 on the invoice",))
    assert (remedy.after.dispute or 1.0) <= 0.2 < (remedy.before.dispute or 0.0)


def test_where_one_lever_is_not_enough_the_cheapest_pair_is_told() -> None:
    (remedy,) = _suggest(scorer("po_missing", "contract_unsigned"), **BROKEN)
    assert _codes((remedy,)) == [("enter_purchase_order", "sign_contract")]
    assert remedy.clears


def test_where_pairs_are_not_enough_a_larger_set_is_told_without_what_it_does_not_need() -> None:
    worries = ("po_missing", "receipts_missing", "contract_unsigned")
    (remedy,) = _suggest(scorer(*worries), *EXPENSE, **BROKEN)
    assert _codes((remedy,)) == [("enter_purchase_order", "attach_receipts", "sign_contract")]


def test_what_makes_the_model_abstain_is_put_right_as_well_and_nothing_that_is_not_needed() -> None:
    worries = ("po_missing", "receipts_missing", "contract_unsigned")
    models = scorer(*worries, threshold=0.7, strange="tax_id_missing")
    (remedy,) = _suggest(models, *EXPENSE, **BROKEN)
    assert _codes((remedy,)) == [("enter_purchase_order", "attach_receipts", "add_tax_id")]


def test_where_nothing_clears_what_helps_is_told_the_lowest_risk_first() -> None:
    found = _suggest(scorer("po_missing", "contract_unsigned", threshold=None), **BROKEN)
    assert _codes(found)[0] == ("enter_purchase_order", "sign_contract")
    assert {("enter_purchase_order",), ("sign_contract",)} == set(_codes(found)[1:])
    risks = [remedy.after.dispute or 0.0 for remedy in found]
    assert risks == sorted(risks)
    assert not any(remedy.clears for remedy in found)


def test_what_moves_nothing_is_not_suggested() -> None:
    models = scorer("receipts_missing", threshold=None)
    assert _suggest(models, client={"tax_id": None}) == ()


def test_cash_comes_earlier_by_the_days_to_be_sent_and_to_be_paid() -> None:
    (remedy,) = _suggest(scorer("po_missing"), invoice={"po_number": None})
    assert remedy.days_earlier is not None
    assert 12 < remedy.days_earlier < 28  # ten days on either clock


def test_without_a_delay_model_the_effect_on_cash_is_unknown() -> None:
    models = scorer("po_missing", threshold=None)
    alone = Scorer({risk: found for risk, found in models.artifacts.items() if risk != "delay"})
    (remedy,) = _suggest(alone, invoice={"po_number": None})
    assert remedy.days_earlier is None


def test_without_a_billable_day_only_the_payment_clock_counts() -> None:
    (remedy,) = _suggest(scorer("po_missing"), invoice={"po_number": None, "billable_on": None})
    assert remedy.days_earlier is not None
    assert 5 < remedy.days_earlier < 15


def test_no_more_is_told_than_asked_for() -> None:
    assert len(_suggest(scorer("po_missing", "contract_unsigned", threshold=None), limit=1, **BROKEN)) == 1


def test_the_order_of_the_records_does_not_matter() -> None:
    models, records = scorer("po_missing", "contract_unsigned", threshold=None), draft(**BROKEN)
    one, other = (suggest(history_of(*some), "i", NOW, models) for some in (records, records[::-1]))
    assert [(remedy.sentences, remedy.after) for remedy in one] == [
        (remedy.sentences, remedy.after) for remedy in other
    ]


def test_a_corrected_amount_is_told() -> None:
    wrong: dict[str, Any] = {"invoice": {"amount": 1000}, "invoice_line": {"unit_rate": 125, "amount": 1000}}
    (remedy,) = _suggest(scorer("lines_off_card"), **wrong)
    assert (remedy.before.amount, remedy.after.amount, remedy.after.currency) == (1000.0, 800.0, "EUR")


BREAKS: list[tuple[str, dict[str, Any]]] = [
    ("po_missing", {"invoice": {"po_number": None}}),
    ("tax_id_missing", {"client": {"tax_id": None}}),
    ("entity_not_contract", {"invoice": {"legal_entity_id": "other"}}),
    ("currency_not_contract", {"invoice": {"currency": "USD"}, "invoice_line": {"currency": "USD"}}),
    ("unapproved_time_count", {"time_entry": {"status": "submitted"}}),
]


@pytest.mark.parametrize(("worry", "broken"), BREAKS)
def test_the_ledger_keeps_the_promise_once_the_records_really_change(
    connection: Connection, worry: str, broken: dict[str, Any]
) -> None:
    around = [make("fx_rate", known=15, currency=code, valid_on=15) for code in ("EUR", "USD")]
    records = [*draft(**broken), *around, make("legal_entity", legal_entity_id="other", country="FR")]
    append(connection, records)
    models, history = scorer(worry), load_slice(connection, ["i"])
    promised = suggest(history, "i", NOW, models)[0]
    assert promised.clears
    append(connection, really(records, as_changes(history, promised.levers), NOW))
    for changed in (load_slice(connection, ["i"]), load_history(connection)):
        assert _dispute(models, changed) == promised.after.dispute


def _dispute(models: Scorer, history: History) -> float | None:
    row = build_features(history, np.array(["i"], dtype=object), np.array([NOW]))
    return models.assess(row, Due([None]), explain=False)[0].dispute.probability


def test_a_whole_ledger_gives_the_same_answer_as_the_slice(connection: Connection) -> None:
    others = [make("invoice", known=3 + n, invoice_id=f"o{n}", client_id="elsewhere") for n in range(5)]
    append(connection, [*draft(**BROKEN), *others])
    models = scorer("po_missing", "contract_unsigned")
    part, whole = (
        suggest(history, "i", NOW, models) for history in (load_slice(connection, ["i"]), load_history(connection))
    )
    assert [(one.sentences, one.after) for one in part] == [(one.sentences, one.after) for one in whole]
