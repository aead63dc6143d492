"""Sums around an invoice: its lines, what the contract and the project have billed, hours and budgets."""

from collections.abc import Callable, Mapping
from typing import Any

from serving.controls.subject import Subject

# Sums of doubles are rounded to what the ledger keeps.
PLACES = 6


def _lines(subject: Subject) -> float:
    return round(sum(subject.known.cell("invoice_line", row, "amount") or 0.0 for row in subject.line_rows), PLACES)


def _amount(subject: Subject) -> float:
    return subject.own("amount") or 0.0


def _billed(subject: Subject, rows: list[int]) -> float:
    """What invoices that were sent billed, less what was credited on them."""
    return float(round(sum(map(subject.known.net_billed, rows)), PLACES))


def _billed_before(subject: Subject) -> float:
    return 0.0 if subject.contract is None else _billed(subject, subject.contract_invoices)


def _with_change_orders(subject: Subject, column: str) -> float | None:
    """An amount of the contract and the approved change orders to it."""
    if subject.contract is None:
        return None
    known = subject.known
    agreed = known.cell("contract", subject.contract, column)
    if agreed is None:
        return None
    approved = (
        known.cell("change_order", row, "amount") or 0.0
        for row in known.rows("change_order", "contract_id", subject.contract_id)
        if known.cell("change_order", row, "status") == "approved"
    )
    return float(round(agreed + sum(approved), PLACES))


def _over(limit: float | None, billed: Callable[[Subject], float], subject: Subject) -> float | None:
    return None if limit is None else float(round(billed(subject) + _amount(subject) - limit, PLACES))


def _over_budget(subject: Subject) -> float | None:
    if subject.project is None:
        return None
    budget = subject.known.cell("project", subject.project, "budget_amount")
    return _over(budget, lambda one: _billed(one, one.project_invoices), subject)


def _pending(subject: Subject) -> float:
    known = subject.known
    rows = known.rows("change_order", "project_id", subject.project_id)
    waiting = [row for row in rows if known.cell("change_order", row, "status") in ("draft", "pending")]
    return float(sum(known.cell("change_order", row, "amount") or 0.0 for row in waiting))


def _billed_hours(subject: Subject) -> float:
    cell = subject.known.cell
    hourly = [row for row in subject.time_rows if cell("invoice_line", row, "unit") in (None, "hour")]
    return round(sum(cell("invoice_line", row, "quantity") or 0.0 for row in hourly), PLACES)


def _recorded_hours(subject: Subject) -> float | None:
    """Billable hours of the billed people, period and project; rejected ones do not count."""
    if subject.period is None or not subject.time_rows or subject.project_id is None:
        return None
    status, hours = subject.known.values("time_entry", "status"), subject.known.values("time_entry", "hours")
    return round(sum(hours[row] or 0.0 for row in subject.billed_time if status[row] != "rejected"), PLACES)


def _project_hours(subject: Subject) -> float:
    billable, hours = subject.known.values("time_entry", "billable"), subject.known.values("time_entry", "hours")
    rows = subject.known.rows("time_entry", "project_id", subject.project_id)
    return round(sum(hours[row] or 0.0 for row in rows if billable[row]), PLACES)


TOTALS: Mapping[str, Callable[[Subject], Any]] = {
    "line_count": lambda subject: float(len(subject.line_rows)),
    "lines": _lines,
    "difference": lambda subject: round(_amount(subject) - _lines(subject), PLACES),
    "billed_before": _billed_before,
    "cap": lambda subject: _with_change_orders(subject, "cap_amount"),
    "over_cap": lambda subject: _over(_with_change_orders(subject, "cap_amount"), _billed_before, subject),
    "value": lambda subject: _with_change_orders(subject, "value_amount"),
    "over_value": lambda subject: _over(_with_change_orders(subject, "value_amount"), _billed_before, subject),
    "pending_change_orders": _pending,
    "over_budget": _over_budget,
    "billed_hours": _billed_hours,
    "recorded_hours": _recorded_hours,
    "project_hours": _project_hours,
    "credited": lambda subject: 0.0 if subject.row is None else round(subject.credited(subject.row), PLACES),
}
