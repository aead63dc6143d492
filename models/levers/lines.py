"""Levers on an invoice's lines: agreed rates, sums that add up, and drafts that bill the same work twice."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from features.asof import DAY_US
from features.families.billing import DUPLICATE_DAYS
from features.families.rates import RATE_TOLERANCE, agreed_rates
from ledger.records.billing import Cause
from models.levers.lever import Change, Lever, Owner
from models.levers.view import UNSENT, InvoiceView

_TIME_KINDS = ("time", "change_order")
_PER_LINE_MINUTES, _WITHDRAW_MINUTES = 5, 10
_CENT = Decimal("0.01")


def product(quantity: float, rate: float) -> float:
    """Quantity times rate, to cents, as an invoice prints it."""
    return float((Decimal(repr(quantity)) * Decimal(repr(rate))).quantize(_CENT))


def rates(view: InvoiceView) -> Iterable[Lever]:
    """For every line above the rate card: the agreed rate. (A line below it costs us money, but no client objects.)"""
    card = view.get("contract", view.contract, "rate_card_id")
    day = view.header("period_end") or view.header("invoice_date")
    for row in view.lines:
        role, rate, quantity = (view.line(row, name) for name in ("role", "unit_rate", "quantity"))
        if card is None or role is None or view.line(row, "line_kind") not in _TIME_KINDS:
            continue
        agreed = _agreed(view, card, role, day)
        if agreed > 0 and rate / agreed - 1 > RATE_TOLERANCE:
            line_id = view.line(row, "line_id")
            columns = {"unit_rate": agreed, "amount": product(quantity, agreed)}
            sentence = f"Correct the rate of line {line_id} ({role}) from {rate:g} to the agreed {agreed:g}"
            changes = _with_total(view, view.change("invoice_line", row, **columns))
            yield Lever("correct_rate", sentence, Owner.BILLING, _PER_LINE_MINUTES, changes, cause=Cause.RATE)


def _with_total(view: InvoiceView, change: Change) -> tuple[Change, ...]:
    """A corrected line, and the header's new version: its total follows the lines."""
    return (change, view.corrected())


def _agreed(view: InvoiceView, card: str, role: str, day: int) -> float:
    history = view.history
    keys = history.join(history.encode([card]), history.encode([role]))
    moment, days = np.array([view.as_of], dtype=np.int64), np.array([day], dtype=np.float64)
    return float(agreed_rates(history, keys, moment, days)[0])


def arithmetic(view: InvoiceView) -> Iterable[Lever]:
    """For every line whose amount is not quantity times rate, and for a total that is not the sum of the lines."""
    for row in view.lines:
        amount, right = view.line(row, "amount"), product(view.line(row, "quantity"), view.line(row, "unit_rate"))
        if abs(amount - right) > 0.01 + 1e-9:
            sentence = f"Correct the amount of line {view.line(row, 'line_id')} from {amount:,.2f} to {right:,.2f}"
            changes = _with_total(view, view.change("invoice_line", row, amount=right))
            yield Lever(
                "correct_line", sentence, Owner.BILLING, _PER_LINE_MINUTES, changes, cause=Cause.AMOUNT_CURRENCY
            )
    total, amount = round(sum(view.line(row, "amount") for row in view.lines), 2), view.header("amount")
    if view.lines and abs(total - amount) > 0.01 + 1e-9:
        sentence = f"Correct the total from {amount:,.2f} to the {total:,.2f} of the lines"
        change = view.corrected(amount=total)
        yield Lever("correct_total", sentence, Owner.BILLING, _PER_LINE_MINUTES, (change,), cause=Cause.AMOUNT_CURRENCY)


def duplicates(view: InvoiceView) -> Iterable[Lever]:
    """For every other draft of the client with the same amount and period: withdraw it.

    Where the other one was sent already, this one must not go out at all: that is no lever on it.
    """
    same = [(name, view.header(name)) for name in ("client_id", "currency", "amount", "project_id", "period_start")]
    for row in _recent(view, view.rows("invoice", "client_id", view.header("client_id"))):
        other = view.get("invoice", row, "invoice_id")
        alike = all(view.get("invoice", row, name) == value for name, value in same)
        if alike and other != view.invoice_id and view.get("invoice", row, "status") in UNSENT:
            sentence = f"Withdraw draft {other}, which bills the same amount for the same period"
            change = view.change("invoice", row, status="cancelled")
            yield Lever(
                "withdraw_duplicate", sentence, Owner.BILLING, _WITHDRAW_MINUTES, (change,), cause=Cause.DUPLICATE
            )


def _recent(view: InvoiceView, rows: list[int]) -> list[int]:
    """Those of some invoices that became known lately; a client's others are many."""
    known_at = view.history.column("invoice", "known_at")[rows]
    lately: list[int] = np.array(rows, dtype=np.int64)[view.as_of - known_at <= DUPLICATE_DAYS * DAY_US].tolist()
    return lately
