"""Hypothetical versions read as if the source had sent them: same features, to the byte."""

from typing import Any

import numpy as np
import pytest

from features.history import with_records
from features.recordset import History
from models.hypotheses import as_changes, with_levers
from models.levers.find import find_levers
from tests.features.builders import history_of, make
from tests.models.fearful import features_of
from tests.models.levers.draft import NOW, draft
from tests.models.really import really

EXPENSE = make("expense", known=5, expense_id="x", status="submitted")
BILLED = make("invoice_line", known=20, line_id="i-2", line_number=2, line_kind="expense", expense_id="x", quantity=1)
BROKEN: list[dict[str, Any]] = [
    {"invoice": {"po_number": None}},
    {"invoice": {"currency": "USD"}, "invoice_line": {"currency": "USD"}},
    {"invoice": {"legal_entity_id": "other", "payment_terms_days": 60, "due_date": 80}},
    {"invoice": {"amount": 1000, "tax_amount": 190}, "invoice_line": {"unit_rate": 125, "amount": 1000}},
    {"invoice": {"amount": 950}, "invoice_line": {"unit_rate": 125, "amount": 900}},
    {"time_entry": {"status": "submitted"}},
    {"client": {"tax_id": None, "billing_contact": None}, "contract": {"signed": False}},
    {"project": {"status": "closed"}},
]
MORE = [EXPENSE, BILLED, make("sync_event", known=21, sync_event_id="S", success=False)]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("more", [[], MORE])
def test_hypothetical_versions_give_the_features_of_real_ones(broken: dict[str, Any], more: list[Any]) -> None:
    records = [*draft(**broken), *more]
    history = history_of(*records)
    levers = find_levers(history, "i", NOW)
    assert levers
    supposed = features_of(with_levers(history, levers, NOW))
    real = really(records, as_changes(history, levers), NOW)
    assert supposed.tobytes() == features_of(with_records(history, real)).tobytes()
    assert supposed.tobytes() != features_of(history).tobytes()


def test_the_given_history_stays_as_it_is() -> None:
    history = history_of(*draft(invoice={"po_number": None}))
    before = features_of(history)
    with_levers(history, find_levers(history, "i", NOW), NOW)
    fresh = History(history.kinds, history.similarities)
    assert features_of(fresh).tobytes() == before.tobytes()


def test_without_levers_nothing_changes() -> None:
    history = history_of(*draft(invoice={"po_number": None}))
    assert features_of(with_levers(history, (), NOW)).tobytes() == features_of(history).tobytes()


def _header(**columns: Any) -> dict[str, Any]:
    history = history_of(*draft(**columns))
    changes = as_changes(history, find_levers(history, "i", NOW))
    return {name: value for change in changes if change.kind == "invoice" for name, value in change.columns.items()}


def test_total_and_tax_follow_a_corrected_line() -> None:
    wrong = {"invoice": {"amount": 1000, "tax_amount": 190}, "invoice_line": {"unit_rate": 125, "amount": 1000}}
    assert _header(**wrong) == {"amount": 800.0, "tax_amount": 152.0}


def test_a_total_without_tax_gets_none() -> None:
    wrong = {"invoice": {"amount": 1000, "tax_amount": None}, "invoice_line": {"unit_rate": 125, "amount": 1000}}
    assert _header(**wrong) == {"amount": 800.0}


def test_levers_on_the_same_record_become_one_version() -> None:
    wrong = {
        "invoice": {"amount": 1000, "tax_amount": None, "po_number": None},
        "invoice_line": {"unit_rate": 125, "amount": 1000},
    }
    assert _header(**wrong) == {"amount": 800.0, "po_number": "4500"}


def test_a_version_is_known_just_before_the_moment() -> None:
    history = history_of(*draft(invoice={"po_number": None}))
    added = with_levers(history, find_levers(history, "i", NOW), NOW)
    assert added.size("invoice") == history.size("invoice") + 1
    assert added.column("invoice", "known_at")[-1] == NOW - 1
    assert np.unique(added.column("invoice", "record_id")).size == added.size("invoice")
