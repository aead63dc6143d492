"""What came of each invoice, as far as it was known: delay and dispute labels with maturity and censoring."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from features.asof import DAY_US, NEVER, pick, take
from features.context import days, pick_text
from features.matrix import BoolArray, FloatArray, IntArray, TextArray
from features.recordset import History
from features.terms import days_late, due_days, objection_rows, settlements

DISPUTE_WINDOW_DAYS = 90
GRACE_DAYS = 0
CLOSED_WITHOUT_CASH = ("credited", "written_off", "cancelled")


@dataclass(frozen=True)
class Labels:
    """Outcomes of (invoice, moment) rows as known by ``observed_until``; arrays of (n,).

    Attributes:
        days_late: days from due to settled; NaN unless settled and known.
        days_late_lower: for invoices not known to be settled, the days late they have reached: the censoring bound.
            NaN where settled or where no due day is known.
        delay_known_at: microseconds, when the settlement became known; ``NEVER`` if it is not.
        release_days: days from billable to issued; NaN unless both are known.
        release_days_lower: the same bound for invoices not issued yet, until they were cancelled.
        billable_on: day the work became billable (days since 1970, NaN where absent).
        release_known_at: microseconds, when the issue became known; ``NEVER`` if it is not.
        disputed: 1 disputed or credited; 0 matured without; NaN immature or unknown.
        dispute_cause: ``object``, the newest cause known; ``None`` without a dispute.
        dispute_known_at: microseconds, when ``disputed`` became knowable: the first dispute or credit for 1, the end of
            the window for 0; ``NEVER`` for NaN.
        dispute_matures_at: microseconds, when silence is an answer, counted from the newest due day known, whatever the
            outcome; ``NEVER`` where no day is known to count from.
        amount, currency, client_id, due_date, issued_on: of the invoice as known at its moment (days since 1970,
            NaN where absent).
    """

    invoice_ids: TextArray
    as_of: IntArray
    days_late: FloatArray
    days_late_lower: FloatArray
    delay_known_at: IntArray
    release_days: FloatArray
    release_days_lower: FloatArray
    billable_on: FloatArray
    release_known_at: IntArray
    disputed: FloatArray
    dispute_cause: TextArray
    dispute_known_at: IntArray
    dispute_matures_at: IntArray
    amount: FloatArray
    currency: TextArray
    client_id: TextArray
    due_date: FloatArray
    issued_on: FloatArray

    def __len__(self) -> int:
        return len(self.invoice_ids)


def build_labels(
    history: History,
    invoice_ids: TextArray,
    as_of: IntArray,
    *,
    observed_until: int,
    dispute_window_days: int = DISPUTE_WINDOW_DAYS,
    grace_days: int = GRACE_DAYS,
    told_at_settlement: bool = False,
) -> Labels:
    """Labels of invoices, using only records known before ``observed_until``.

    A dispute label is positive when a dispute, a credit note or the status *credited* is known; negative only when the
    due day plus ``grace_days`` plus ``dispute_window_days`` has passed without one; otherwise NaN. An invoice without a
    due day matures ``dispute_window_days`` after its date.

    Args:
        history: records of the whole ledger (or of slices that cover these invoices).
        invoice_ids: ``object`` (n,).
        as_of: ``int64`` (n,), scoring moments, microseconds.
        observed_until: end of observation, microseconds.
        dispute_window_days: days a client has to object once payment is due.
        grace_days: days added to the terms.
        told_at_settlement: the source tells of disputes only when an invoice is settled: then silence means no dispute
            from the settlement on, and nothing before it, whatever the window.
    """
    query = _Query(history, history.encode(invoice_ids.tolist()), as_of, observed_until)
    wait = None if told_at_settlement else dispute_window_days + grace_days
    return Labels(
        invoice_ids=invoice_ids,
        as_of=as_of,
        **_delay(query),
        **_release(query),
        **_dispute(query, wait),
        **_invoice(query),
    )


class _Delay(TypedDict):
    days_late: FloatArray
    days_late_lower: FloatArray
    delay_known_at: IntArray


class _Release(TypedDict):
    release_days: FloatArray
    release_days_lower: FloatArray
    billable_on: FloatArray
    release_known_at: IntArray


class _Dispute(TypedDict):
    disputed: FloatArray
    dispute_cause: TextArray
    dispute_known_at: IntArray
    dispute_matures_at: IntArray


class _Invoice(TypedDict):
    amount: FloatArray
    currency: TextArray
    client_id: TextArray
    due_date: FloatArray
    issued_on: FloatArray


@dataclass(frozen=True)
class _Query:
    """The invoices and the end of observation."""

    history: History
    codes: IntArray
    as_of: IntArray
    observed_until: int

    @property
    def until(self) -> IntArray:
        return np.full(len(self.codes), self.observed_until, dtype=np.int64)

    def latest(self, *, at: IntArray) -> IntArray:
        """Row of each invoice's version in force."""
        return self.history.index("invoice", "invoice_id").before(self.codes, at).latest_rows()

    def first(self, kind: str, mask: BoolArray) -> IntArray:
        """Row of the first record of a kind on each invoice for which ``mask`` holds, known in time."""
        keys = np.where(mask, self.history.codes(kind, "invoice_id"), -1)
        return self.history.index_by(kind, keys).before(self.codes, self.until).first_rows()

    def known_at(self, kind: str, rows: IntArray) -> IntArray:
        return pick(self.history.column(kind, "known_at"), rows, missing=NEVER)


def _delay(query: _Query) -> _Delay:
    history = query.history
    row = query.first("invoice", settlements(history))
    due = take(due_days(history), query.latest(at=query.until))
    reached = _watched_until(query) / DAY_US - due
    return {
        "days_late": take(days_late(history), row),
        "days_late_lower": np.where(row >= 0, np.nan, reached),
        "delay_known_at": query.known_at("invoice", row),
    }


def _watched_until(query: _Query) -> IntArray:
    """Until when an unsettled invoice could still be seen to settle: closed otherwise, or the end of observation."""
    row = query.latest(at=query.until)
    closed = query.history.equals("invoice", "status", *CLOSED_WITHOUT_CASH)
    stopped = pick(np.where(closed, query.history.column("invoice", "known_at"), NEVER), row, missing=NEVER)
    return np.minimum(stopped, query.observed_until)


def _release(query: _Query) -> _Release:
    history, columns = query.history, query.history.columns("invoice")
    sent = query.first("invoice", np.isfinite(days(columns["issued_on"])))
    row = query.latest(at=query.until)
    billable, issued = take(days(columns["billable_on"]), row), take(days(columns["issued_on"]), sent)
    reached = _watched_until(query) / DAY_US - billable
    return {
        "release_days": issued - billable,
        "release_days_lower": np.where(np.isnan(issued), reached, np.nan),
        "billable_on": billable,
        "release_known_at": pick(history.column("invoice", "known_at"), sent, missing=NEVER),
    }


def _dispute(query: _Query, wait_days: int | None) -> _Dispute:
    objections = {kind: query.first(kind, mask) for kind, mask in objection_rows(query.history).items()}
    known = [query.known_at(kind, rows) for kind, rows in objections.items()]
    objected_at = np.minimum.reduce(known)
    mature_at = _mature_at(query, wait_days)
    positive = objected_at != NEVER
    negative = ~positive & (mature_at < query.observed_until)
    told = (_cause(query, kind) for kind in ("dispute", "credit_note", "outcome"))
    cause = [next((part for part in parts if part is not None), None) for parts in zip(*told, strict=True)]
    causes = np.empty(len(cause), dtype=object)
    causes[:] = cause
    return {
        "disputed": np.where(positive, 1.0, np.where(negative, 0.0, np.nan)),
        "dispute_cause": causes,
        "dispute_known_at": np.where(positive, objected_at, np.where(negative, mature_at, NEVER)),
        "dispute_matures_at": mature_at,
    }


def _mature_at(query: _Query, wait_days: int | None) -> IntArray:
    """When silence becomes an answer, in microseconds; ``NEVER`` for an unknown invoice."""
    if wait_days is None:
        return query.known_at("invoice", query.first("invoice", settlements(query.history)))
    row = query.latest(at=query.until)
    due = take(due_days(query.history), row)
    dated = np.where(np.isnan(due), take(days(query.history.column("invoice", "invoice_date")), row), due)
    known = ~np.isnan(dated)
    mature = (np.where(known, dated, 0).astype(np.int64) + 1 + wait_days) * DAY_US
    first = query.known_at(
        "invoice", query.history.index("invoice", "invoice_id").before(query.codes, query.until).first_rows()
    )
    return np.where(known, np.maximum(mature, first), NEVER)


def _cause(query: _Query, kind: str) -> list[str | None]:
    """Newest cause known per invoice."""
    rows = query.history.index(kind, "invoice_id").before(query.codes, query.until).latest_rows()
    return pick_text(query.history.column(kind, "cause"), rows)


def _invoice(query: _Query) -> _Invoice:
    columns, row = query.history.columns("invoice"), query.latest(at=query.as_of)

    def text(name: str) -> TextArray:
        out = np.empty(len(row), dtype=object)
        out[:] = pick_text(columns[name], row)
        return out

    return {
        "amount": take(columns["amount"], row),
        "currency": text("currency"),
        "client_id": text("client_id"),
        "due_date": take(due_days(query.history), row),
        "issued_on": take(days(columns["issued_on"]), row),
    }
