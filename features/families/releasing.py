"""How long the client's invoices took from billable to sent, and what of them waits: the release clock's past."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.asof import DAY_US, NEVER, EventIndex, Sums, pick
from features.context import Context, days
from features.families.payment import SMOOTHING
from features.feature import Feature
from features.matrix import FloatArray, IntArray
from features.recordset import History
from ledger.read import NO_MOMENT

# Horizon in days → share of invoices that usually wait longer.
SLOW_PRIORS = {7: 0.60, 14: 0.25, 30: 0.10}
_WITHDRAWN = ("cancelled", "credited", "written_off")

_release = partial(Feature, family="release", evidence=("invoice",))
_NO_HISTORY = "no invoice of the client with a billable day was sent yet"

FEATURES: tuple[Feature, ...] = (
    *(
        _release(f"slow_release_rate_{horizon}", "number", "share",
                 f"Share of the client's invoices that waited more than {horizon} days from billable to sent, once so "
                 f"many days had passed, shrunk towards {prior:.2f} with the weight of {SMOOTHING:.0f} invoices.",
                 "invoice unknown", f"{{value}} of this client's invoices wait more than {horizon} days until they are "
                 "sent (usual: {usual})", higher_is="worse")
        for horizon, prior in SLOW_PRIORS.items()
    ),
    _release("release_days_mean", "number", "days", "Mean days from billable to sent of the client's invoices.",
             _NO_HISTORY, "invoices to this client take {value} days to be sent (others: {usual})", higher_is="worse"),
    _release("release_days_last3", "number", "days", "The same over the last three sent.", _NO_HISTORY,
             "the last three invoices to this client took {value} days to be sent (others: {usual})",
             higher_is="worse"),
    _release("drafts_waiting", "count", "invoices", "Other invoices of the client with a billable day, not sent yet.",
             "invoice unknown", "{value} other invoices to this client wait to be sent (usual: {usual})",
             higher_is="worse"),
)  # fmt: skip


@dataclass(frozen=True)
class _Released:
    """Invoices of a client as they were sent, and as each horizon after their billable day passed."""

    sent: EventIndex
    days: Sums
    begun: EventIndex
    left: EventIndex
    passed: dict[int, tuple[EventIndex, Sums]]


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    table = context.history.memo("released table", lambda: _table(context.history))
    client, as_of = context.key("client_id"), context.as_of
    sent = table.sent.before(client, as_of)
    rates = {}
    for horizon, (index, slow) in table.passed.items():
        window = index.before(client, as_of)
        rates[f"slow_release_rate_{horizon}"] = (window.sum(slow) + SMOOTHING * SLOW_PRIORS[horizon]) / (
            window.count() + SMOOTHING
        )
    waiting = table.begun.before(client, as_of).count() - table.left.before(client, as_of).count()
    return {
        **rates,
        "release_days_mean": sent.mean(table.days),
        "release_days_last3": sent.last(3).mean(table.days),
        "drafts_waiting": waiting - _waits_itself(context),
    }


def _table(history: History) -> _Released:
    begun_at, sent_at, gone_at, billable, waited = _moments(history)
    first = history.first_versions("invoice") & (billable != NEVER)
    counted = np.where(first, history.codes("invoice", "client_id"), -1)
    return _Released(
        sent := _index(history, counted, sent_at),
        sent.sums(waited, scale=1),
        _index(history, counted, begun_at),
        _index(history, counted, np.minimum(sent_at, gone_at)),
        {horizon: _passed(history, counted, horizon) for horizon in SLOW_PRIORS},
    )


def _passed(history: History, keys: IntArray, horizon: int) -> tuple[EventIndex, Sums]:
    """When each invoice's horizon had passed (it was known and not withdrawn), and 1 where it was not sent by then."""
    begun_at, sent_at, gone_at, billable, waited = _moments(history)
    due_at = np.where(billable == NEVER, NEVER, (np.where(billable == NEVER, 0, billable) + horizon + 1) * DAY_US)
    moment = np.maximum(due_at, begun_at)
    index = _index(history, np.where(gone_at < moment, -1, keys), moment)
    slow = ~((sent_at <= moment) & (waited <= horizon))
    return index, index.sums(slow.astype(np.float64), scale=1)


def _moments(history: History) -> tuple[IntArray, IntArray, IntArray, IntArray, FloatArray]:
    """Per first version of an invoice: when it became known, known as sent, known as withdrawn (``NEVER`` if not), its
    billable day as first told (``NEVER`` without), and days from then to sent (NaN if not).
    """

    def make() -> tuple[IntArray, IntArray, IntArray, IntArray, FloatArray]:
        columns = history.columns("invoice")
        issued, billable = days(columns["issued_on"]), days(columns["billable_on"])
        sent_row = _first_row(history, "sent", np.isfinite(issued))
        gone_row = _first_row(history, "withdrawn", history.equals("invoice", "status", *_WITHDRAWN))
        known_at: IntArray = columns["known_at"]
        day = np.where(columns["billable_on"] == NO_MOMENT, NEVER, columns["billable_on"])
        waited = np.where(sent_row >= 0, issued[sent_row], np.nan) - billable
        return known_at, pick(known_at, sent_row, missing=NEVER), pick(known_at, gone_row, missing=NEVER), day, waited

    return history.memo("release moments", make)


def _first_row(history: History, name: str, mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> IntArray:
    """For each version, the row of its invoice's first version for which ``mask`` holds; -1 without."""
    rows = np.flatnonzero(history.first_where(name, "invoice", mask))
    entities = history.entities("invoice")
    by_entity = np.full(int(entities.max(initial=-1)) + 1, -1, dtype=np.int64)
    by_entity[entities[rows]] = rows
    return by_entity[entities]


def _index(history: History, keys: IntArray, moments: IntArray) -> EventIndex:
    """Rows by client and by a moment that is not the row's own; rows without a moment are left out."""
    columns = history.columns("invoice")
    chosen = np.where(moments == NEVER, -1, keys)
    return EventIndex.build(chosen, moments, event_at=columns["event_at"], record_id=columns["record_id"])


def _waits_itself(context: Context) -> FloatArray:
    """1 where the invoice asked about is among those that wait."""
    begun_at, sent_at, gone_at, billable, _ = _moments(context.history)
    index = context.history.index("invoice", "invoice_id")
    row = index.before(context.key("invoice_id"), context.as_of).first_rows()
    waits = (pick(begun_at, row, missing=NEVER) < context.as_of) & (pick(billable, row, missing=NEVER) != NEVER)
    waits &= np.minimum(pick(sent_at, row, missing=0), pick(gone_at, row, missing=0)) >= context.as_of
    return np.asarray(waits, dtype=np.float64)
