"""When an invoice is due, how late it was paid and what counts as an objection: one reading for features and labels."""

import numpy as np

from features.asof import DAY_US, NEVER
from features.context import days
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History

OPEN_STATUS = "issued"
SETTLED_STATUS = "settled"


def due_days(history: History) -> FloatArray:
    """Due day of each invoice version (days since 1970): as printed, else date plus terms; NaN when unknown."""

    def compute() -> FloatArray:
        columns = history.columns("invoice")
        by_terms = days(columns["invoice_date"]) + columns["payment_terms_days"]
        printed = days(columns["due_date"])
        return np.where(np.isnan(printed), by_terms, printed)

    return history.memo("due days", compute)


def settled_days(history: History) -> FloatArray:
    """Day of full payment of each invoice version: as reported, else the day of the event."""

    def compute() -> FloatArray:
        columns = history.columns("invoice")
        reported = days(columns["settled_on"])
        happened = np.floor(columns["event_at"] / DAY_US)
        return np.where(np.isnan(reported), happened, reported)

    return history.memo("settled days", compute)


def settlements(history: History) -> BoolArray:
    """Which invoice versions are the first to say that their invoice is settled."""
    return history.first_where("settled", "invoice", history.equals("invoice", "status", SETTLED_STATUS))


def days_late(history: History) -> FloatArray:
    """Days from due to settled, on the first settled version of each invoice; NaN on every other row."""

    def compute() -> FloatArray:
        late = settled_days(history) - due_days(history)
        return np.where(settlements(history), late, np.nan)

    return history.memo("days late", compute)


def overdue_from(history: History) -> IntArray:
    """From when each invoice version counts as overdue: known, and its due day is over; ``NEVER`` without a due day."""

    def compute() -> IntArray:
        due = due_days(history)
        dated = ~np.isnan(due)
        midnight = (np.where(dated, due, 0).astype(np.int64) + 1) * DAY_US
        known_at: IntArray = history.column("invoice", "known_at")
        return np.where(dated, np.maximum(midnight, known_at), NEVER)

    return history.memo("overdue from", compute)


def objection_rows(history: History) -> dict[str, BoolArray]:
    """Which rows of which kinds say that their invoice was objected to."""
    return {
        "dispute": np.ones(history.size("dispute"), dtype=bool),
        "credit_note": np.ones(history.size("credit_note"), dtype=bool),
        "invoice": history.equals("invoice", "status", "credited"),
        "outcome": history.equals("outcome", "outcome", "disputed", "credited", "rebilled"),
    }
