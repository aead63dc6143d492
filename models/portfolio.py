"""The invoices that are not paid yet, as known at a moment, with their chances of being paid by each week's end."""

import numpy as np

from features.asof import DAY_US
from features.build import build_features
from features.context import days
from features.recordset import History
from features.terms import due_days
from models.arrays import FloatArray, IntArray
from models.cash import Portfolio, paid_by, paid_by_unsent
from models.curves import given_open
from models.delay import DelayModel

SENT, UNSENT = ("issued",), ("draft", "approved")


def unpaid(history: History, model: DelayModel, *, as_of: int, weeks: int) -> dict[str, Portfolio]:
    """Currency → its unpaid invoices, sent and (where the model has a release clock) not sent yet.

    Credit notes and negative invoices are left out, and invoices without a due date.

    Args:
        history: the whole ledger.
        model: the delay model.
        as_of: the moment (microseconds); nothing known later counts.
        weeks: how many weeks ahead.
    """
    rows, sent = _open_rows(history, as_of, unsent=model.release is not None)
    due = due_days(history)[rows]
    left = _left_to_pay(history, rows, as_of)
    usable = np.isfinite(due) & (left > 0)
    rows, sent, due, left = rows[usable], sent[usable], due[usable], left[usable]
    if not len(rows):
        return {}
    chances = _chances(history, model, rows, sent, due, as_of=as_of, weeks=weeks)
    columns = history.columns("invoice")
    found: dict[str, Portfolio] = {}
    for currency in sorted(set(columns["currency"][rows].tolist())):
        mine = columns["currency"][rows] == currency
        found[str(currency)] = Portfolio(
            amount=left[mine],
            paid_by=chances[mine],
            client=history.codes("invoice", "client_id")[rows][mine],
            due_month=_month(due[mine]),
        )
    return found


def _open_rows(history: History, as_of: int, *, unsent: bool) -> tuple[IntArray, FloatArray]:
    """Rows of the invoices' versions in force that wait for payment, and whether each is sent (1.0)."""
    columns = history.columns("invoice")
    ids = np.unique(history.codes("invoice", "invoice_id"))
    rows = history.index("invoice", "invoice_id").before(ids, np.full(len(ids), as_of)).latest_rows()
    rows = rows[rows >= 0]
    sent = history.equals("invoice", "status", *SENT)[rows]
    waiting = history.equals("invoice", "status", *UNSENT)[rows] & np.isfinite(days(columns["billable_on"]))[rows]
    chosen = sent | (waiting if unsent else np.zeros(len(rows), dtype=bool))
    return rows[chosen], sent[chosen].astype(np.float64)


def _left_to_pay(history: History, rows: IntArray, as_of: int) -> FloatArray:
    """Amounts less what is known to have been paid or credited, ``float64`` (n,)."""
    left: FloatArray = history.column("invoice", "amount")[rows].astype(np.float64)
    ids = history.codes("invoice", "invoice_id")[rows]
    for kind in ("payment", "credit_note"):
        index = history.index(kind, "invoice_id")
        sums = index.sums(history.column(kind, "amount"), scale=100)
        left = left - np.nan_to_num(index.before(ids, np.full(len(ids), as_of)).sum(sums))
    return left


def _chances(
    history: History, model: DelayModel, rows: IntArray, sent: FloatArray, due: FloatArray, *, as_of: int, weeks: int
) -> FloatArray:
    columns, today = history.columns("invoice"), as_of // DAY_US
    ids = columns["invoice_id"][rows]
    X = build_features(history, ids, np.full(len(rows), as_of, dtype=np.int64)).values
    curve = model.curve(X)
    # Weeks end with their seventh day, today's included.
    ends = today + 7.0 * np.arange(1, weeks + 1) - 1
    chances = paid_by(given_open(curve, today - 1 - due), ends[None, :] - due[:, None])
    unsent = np.flatnonzero(sent == 0)
    if model.release is not None and len(unsent):
        billable = days(columns["billable_on"])[rows[unsent]]
        terms = due[unsent] - days(columns["invoice_date"])[rows[unsent]]
        release = model.release.curve(X[unsent], today - 1 - billable)
        chances[unsent] = paid_by_unsent(curve[unsent], release, billable, terms, ends.tolist())
    return chances


def _month(day: FloatArray) -> IntArray:
    return day.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
