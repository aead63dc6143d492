"""Which invoices a cash forecast is about, and how much of them is still to come."""

import numpy as np

from features.history import History, with_records
from models.delay import DelayModel
from models.portfolio import unpaid
from tests.features.builders import make
from tests.models.fitted import delay_model

DAY_US = 86_400_000_000
START = 19_723  # 2024-01-01


def portfolio_at(day: int, model: DelayModel, *records: object) -> dict[str, tuple[list[float], np.ndarray]]:
    history = with_records(History({}), records)  # type: ignore[arg-type]  # records of any kind
    found = unpaid(history, model, as_of=(START + day) * DAY_US, weeks=4)
    return {currency: (one.amount.tolist(), one.paid_by) for currency, one in found.items()}


INVOICE = make("invoice", known=0, invoice_date=0, due_date=30, issued_on=0)


def test_an_issued_invoice_waits_for_its_money() -> None:
    amounts, chances = portfolio_at(1, delay_model(), INVOICE)["EUR"]
    assert amounts == [100.0]
    assert (np.diff(chances[0]) >= 0).all()


def test_what_was_paid_or_credited_is_not_to_come() -> None:
    paid = make("payment", known=5, amount=30, payment_id="p1")
    credited = make("credit_note", known=6, amount=20, credit_note_id="n1")
    assert portfolio_at(10, delay_model(), INVOICE, paid, credited)["EUR"][0] == [50.0]
    assert portfolio_at(4, delay_model(), INVOICE, paid, credited)["EUR"][0] == [100.0]


def test_settled_and_unknown_invoices_bring_nothing() -> None:
    settled = make("invoice", known=20, version="2", status="settled", invoice_date=0, due_date=30, settled_on=20)
    assert portfolio_at(25, delay_model(), INVOICE, settled) == {}
    assert portfolio_at(0, delay_model(), INVOICE) == {}


def test_currencies_are_kept_apart() -> None:
    other = make("invoice", known=0, invoice_id="j", currency="USD", invoice_date=0, due_date=30, issued_on=0)
    assert sorted(portfolio_at(1, delay_model(), INVOICE, other)) == ["EUR", "USD"]


def test_a_draft_counts_only_where_a_release_clock_runs() -> None:
    draft = make("invoice", known=0, status="draft", invoice_date=0, due_date=30, billable_on=0)
    assert portfolio_at(1, delay_model(), draft) == {}


def test_an_overdue_invoice_was_not_paid_before_today() -> None:
    _, late = portfolio_at(60, delay_model(), INVOICE)["EUR"]
    _, fresh = portfolio_at(1, delay_model(), INVOICE)["EUR"]
    assert late[0, 0] < 1
    assert not np.array_equal(late, fresh)
