"""How the client has paid so far: late rates, days late, and what is open or overdue."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.asof import EventIndex, StateIndex, Sums, divide, holds, pick
from features.context import Context
from features.feature import Feature
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History
from features.terms import OPEN_STATUS, days_late, overdue_from, settled_days, settlements

# Shrinkage of a client's rate: as if SMOOTHING earlier invoices had been late at the prior rate. The priors are
# fixed, because a slice holds one client only; models learn what they miss.
SMOOTHING = 5.0
LATE_PRIORS = {0: 0.40, 15: 0.20, 30: 0.10}
MONEY_SCALE = 100

_payment = partial(Feature, family="payment", evidence=("invoice",))
_NO_HISTORY = "no settled invoice of the client known yet"

FEATURES: tuple[Feature, ...] = (
    _payment("paid_count", "count", "invoices", "Invoices of the client known to be settled.", "invoice unknown",
             "the client has settled {value} invoices so far"),
    *(
        _payment(f"late_rate_{threshold}", "number", "share",
                 f"Share of the client's settled invoices paid more than {threshold} days late, shrunk towards "
                 f"{prior:.2f} with the weight of {SMOOTHING:.0f} invoices.",
                 "invoice unknown", f"the client paid {{value}} of its invoices more than {threshold} days late "
                 "(usual: {usual})", higher_is="worse")
        for threshold, prior in LATE_PRIORS.items()
    ),
    _payment("late_rate_recent", "number", "share", "Share of the client's last five settlements that were late, "
             "shrunk towards its whole history with the weight of two.", "invoice unknown",
             "of the client's last payments {value} were late (usual: {usual})", higher_is="worse"),
    _payment("late_rate_with_overdue", "number", "share", "Late settlements and invoices overdue now, over settled and "
             "overdue ones of the client, shrunk like late_rate_0.", "invoice unknown",
             "the client pays late, or is late now, on {value} of its invoices (usual: {usual})", higher_is="worse"),
    _payment("days_late_mean", "number", "days", "Mean days late of the client's settled invoices.", _NO_HISTORY,
             "client usually pays {value} days late (others: {usual})", higher_is="worse"),
    _payment("days_late_median", "number", "days", "Median days late of the client's last 20 settlements.", _NO_HISTORY,
             "client typically pays {value} days late (others: {usual})", higher_is="worse"),
    _payment("days_late_high", "number", "days", "90 % quantile of days late of the client's last 20 settlements.",
             _NO_HISTORY, "one in ten payments of this client is {value} days late or later (others: {usual})",
             higher_is="worse"),
    _payment("days_late_decayed", "number", "days",
             "Mean days late of the client's last 32 settlements, half-life 90 days.", _NO_HISTORY,
             "client recently pays {value} days late (others: {usual})", higher_is="worse"),
    _payment("days_late_last3", "number", "days", "Mean days late of the client's last three settlements.", _NO_HISTORY,
             "the client's last three payments were {value} days late (others: {usual})", higher_is="worse"),
    _payment("days_late_std", "number", "days", "Spread of the client's days late.", "fewer than two settlements",
             "the client's payment days scatter by {value} days (others: {usual})", higher_is="worse"),
    _payment("days_late_trend", "number", "days", "Last three settlements against the whole history.", _NO_HISTORY,
             "the client pays {value} days later than it used to", higher_is="worse"),
    _payment("days_to_pay_mean", "number", "days", "Mean days from invoice date to settlement.", _NO_HISTORY,
             "the client takes {value} days to pay (others: {usual})", higher_is="worse"),
    _payment("days_since_settlement", "number", "days", "Days since a settlement of the client became known.",
             _NO_HISTORY, "the client last settled an invoice {value} days ago (usual: {usual})", higher_is="worse"),
    _payment("open_count", "count", "invoices", "Other issued invoices of the client that are not settled.",
             "invoice unknown", "the client has {value} other open invoices (usual: {usual})", higher_is="worse"),
    _payment("open_amount_ratio", "number", "ratio", "Open amount in this currency over this invoice's amount.",
             "invoice amount is zero", "the client's open balance is {value} times this invoice (usual: {usual})",
             higher_is="worse"),
    _payment("overdue_count", "count", "invoices", "Other invoices of the client past their due date and open.",
             "invoice unknown", "{value} other invoices of the client are overdue (usual: {usual})", higher_is="worse"),
    _payment("overdue_share", "number", "share", "Overdue over open invoices of the client.", "nothing is open",
             "{value} of the client's open invoices are overdue (usual: {usual})", higher_is="worse"),
    _payment("overdue_amount_ratio", "number", "ratio", "Overdue amount in this currency over this invoice's amount.",
             "invoice amount is zero", "the client's overdue balance is {value} times this invoice (usual: {usual})",
             higher_is="worse"),
    _payment("days_since_payment", "number", "days", "Days since money of the client last became known.",
             "no payment known", "the last money from this client came {value} days ago (usual: {usual})",
             higher_is="worse", evidence=("payment",)),
)  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """The first settled version of each invoice, by client."""

    index: EventIndex
    days_late: FloatArray
    late_sums: Sums
    pay_sums: Sums
    above: dict[int, Sums]


def settled_table(history: History) -> Settled:
    """Settlements of a history, ready for windows."""

    def make() -> Settled:
        first, late = settlements(history), days_late(history)
        index = history.index_by("invoice", np.where(first, history.codes("invoice", "client_id"), -1))
        to_pay = settled_days(history) - history.column("invoice", "invoice_date")
        above = {limit: index.sums(np.where(np.isnan(late), np.nan, late > limit), scale=1) for limit in LATE_PRIORS}
        return Settled(index, late, index.sums(late, scale=1), index.sums(to_pay, scale=1), above)

    return history.memo("settled table", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    settled, unsettled = _settled_features(context), _open_features(context)
    table = settled_table(context.history)
    number = table.index.before(context.key("client_id"), context.as_of).values(table.late_sums) + SMOOTHING
    overdue = unsettled["overdue_count"]
    return {
        **settled,
        **unsettled,
        "late_rate_with_overdue": (settled["late_rate_0"] * number + overdue) / (number + overdue),
        "days_since_payment": _since_payment(context),
    }


def _settled_features(context: Context) -> dict[str, FloatArray]:
    table = settled_table(context.history)
    window = table.index.before(context.key("client_id"), context.as_of)
    late_mean, last3 = window.mean(table.late_sums), window.last(3).mean(table.late_sums)
    number = window.values(table.late_sums)
    rates = {
        f"late_rate_{limit}": (window.sum(table.above[limit]) + SMOOTHING * prior) / (number + SMOOTHING)
        for limit, prior in LATE_PRIORS.items()
    }
    recent = window.last(5)
    latest = context.history.column("invoice", "known_at")
    return {
        "paid_count": window.count(),
        **rates,
        "late_rate_recent": (recent.sum(table.above[0]) + 2.0 * rates["late_rate_0"])
        / (recent.values(table.above[0]) + 2.0),
        "days_late_mean": late_mean,
        "days_late_median": window.quantile(table.days_late, 0.5, last=20),
        "days_late_high": window.quantile(table.days_late, 0.9, last=20),
        "days_late_decayed": window.decayed_mean(table.days_late, half_life_days=90.0, last=32),
        "days_late_last3": last3,
        "days_late_std": window.std(table.late_sums),
        "days_late_trend": last3 - late_mean,
        "days_to_pay_mean": window.mean(table.pay_sums),
        "days_since_settlement": context.days_since(latest, window.latest_rows()),
    }


@dataclass(frozen=True)
class _Open:
    """Invoices of a client in one state, counted and summed, and the same for single rows."""

    start: IntArray
    end: IntArray
    mask: BoolArray
    count: StateIndex
    amount: StateIndex

    def others(self, context: Context) -> tuple[FloatArray, FloatArray]:
        """Number and amount (in the invoice's currency) in the state, without the invoice itself."""
        rows = context.rows
        own = pick(self.mask.astype(np.int64), rows, missing=0) > 0
        own &= holds(pick(self.start, rows), pick(self.end, rows), context.as_of)
        count = self.count.total(context.key("client_id"), context.as_of) - own
        amount = self.amount.total(context.key("client_id", "currency"), context.as_of)
        return count, amount - np.where(own, np.rint(context.number("amount") * MONEY_SCALE) / MONEY_SCALE, 0.0)


def _open_table(history: History, name: str, start: IntArray) -> _Open:
    def make() -> _Open:
        mask, end = history.equals("invoice", "status", OPEN_STATUS), history.ends("invoice")
        by_client = np.where(mask, history.codes("invoice", "client_id"), -1)
        by_currency = np.where(mask, history.codes("invoice", "client_id", "currency"), -1)
        amounts = history.column("invoice", "amount")
        return _Open(
            start,
            end,
            mask,
            StateIndex.build(by_client, start, end=end, values=np.ones(len(mask))),
            StateIndex.build(by_currency, start, end=end, values=amounts, scale=MONEY_SCALE),
        )

    return history.memo(("open table", name), make)


def _open_features(context: Context) -> dict[str, FloatArray]:
    history = context.history
    open_count, open_amount = _open_table(history, "open", history.column("invoice", "known_at")).others(context)
    late_count, late_amount = _open_table(history, "overdue", overdue_from(history)).others(context)
    size = np.abs(context.number("amount"))
    return {
        "open_count": open_count,
        "open_amount_ratio": divide(open_amount, size),
        "overdue_count": late_count,
        "overdue_share": divide(late_count, open_count),
        "overdue_amount_ratio": divide(late_amount, size),
    }


def _since_payment(context: Context) -> FloatArray:
    window = context.history.index("payment", "client_id").before(context.key("client_id"), context.as_of)
    return context.days_since(context.history.column("payment", "known_at"), window.latest_rows())
