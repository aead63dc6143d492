"""How the client pays of late: rates over several windows, and the days on which it usually pays."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from features.asof import DAY_US, Window, divide, take
from features.context import Context
from features.families.calendar import to_period_end
from features.families.payment import LATE_PRIORS, SMOOTHING, Settled, settled_table
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History
from features.terms import settled_days

RATE_WINDOWS = (90, 365)
# Payments that tell a client's usual pay days.
_RUNS_LAST = 50
_WEEKDAYS, _MONTH_PARTS, _PART_DAYS = 7, 6, 5

_paying = partial(Feature, family="payment", evidence=("invoice",), higher_is="worse")
_NO_HISTORY = "no settled invoice of the client known yet"

FEATURES: tuple[Feature, ...] = (
    *(
        _paying(f"late_rate_{window}d", "number", "share", "Share of the client's settlements known in the last "
                f"{window} days that were late, shrunk towards its whole history with the weight of two.",
                "invoice unknown", f"in the last {window} days the client paid {{value}} of its invoices late (usual: "
                "{usual})")
        for window in RATE_WINDOWS
    ),
    _paying("late_rate_last10", "number", "share", "Share of the client's last ten settlements that were late, shrunk "
            "likewise.", "invoice unknown", "of the client's last ten payments {value} were late (usual: {usual})"),
    _paying("late_rate_decayed", "number", "share", "Share of late ones among the client's last 32 settlements, "
            "half-life 90 days.", _NO_HISTORY, "the client recently paid {value} of its invoices late (usual: "
            "{usual})"),
    _paying("days_late_decayed_30", "number", "days", "Mean days late of the client's last 32 settlements, half-life "
            "30 days.", _NO_HISTORY, "of late the client pays {value} days late (others: {usual})"),
    _paying("late_streak", "count", "invoices", "How many of the client's newest settlements in a row were late.",
            "invoice unknown", "the client's last {value} payments were all late (usual: {usual})"),
    _paying("pay_weekday_share", "number", "share", "Share of the client's last 50 payments that fell on its most "
            "usual weekday.", _NO_HISTORY, "the client makes {value} of its payments on one weekday (others: {usual})",
            higher_is="either"),
    _paying("due_to_pay_weekday", "number", "days", "Days from the due date to the client's next most usual weekday "
            "of payment.", "no due date, or no settled invoice", "the client's pay day is {value} days after the due "
            "date (usual: {usual})"),
    _paying("pay_month_part_share", "number", "share", "Share of the client's last 50 payments in its most usual part "
            "of the month (days 1-5, 6-10, ..., 26-31).", _NO_HISTORY,
            "the client makes {value} of its payments in one part of the month (others: {usual})", higher_is="either"),
    _paying("due_to_pay_month_part", "number", "days", "Days from the due date to the client's next most usual part of "
            "the month; 0 within it.", "no due date, or no settled invoice",
            "the client's pay run begins {value} days after the due date (usual: {usual})"),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    table = settled_table(context.history)
    window = table.index.before(context.key("client_id"), context.as_of)
    return {**_rates(context, table, window), **_runs(context, table, window)}


def _rates(context: Context, table: Settled, window: Window) -> dict[str, FloatArray]:
    late, client = table.above[0], context.key("client_id")
    whole = (window.sum(late) + SMOOTHING * LATE_PRIORS[0]) / (window.values(late) + SMOOTHING)
    parts = {
        f"late_rate_{days}d": table.index.before(client, context.as_of, since=context.as_of - days * DAY_US)
        for days in RATE_WINDOWS
    } | {"late_rate_last10": window.last(10)}
    flags = np.where(np.isnan(table.days_late), np.nan, table.days_late > 0)
    streaks = context.history.memo("late streaks", lambda: _streaks(context.history, table))
    return {
        **{name: (part.sum(late) + 2.0 * whole) / (part.values(late) + 2.0) for name, part in parts.items()},
        "late_rate_decayed": window.decayed_mean(flags, half_life_days=90.0, last=32),
        "days_late_decayed_30": window.decayed_mean(table.days_late, half_life_days=30.0, last=32),
        "late_streak": np.nan_to_num(take(streaks, window.latest_rows())),
    }


def _streaks(history: History, table: Settled) -> FloatArray:
    """For each settlement, how many of its client's in a row up to it were late, in the rows' own order."""
    order, keys = table.index.order, history.codes("invoice", "client_id")
    late, place = table.days_late[order] > 0, np.arange(len(order))
    before = np.where(table.index.group_starts(keys), place - 1, -1)
    streaks = np.zeros(len(keys))
    streaks[order] = place - np.maximum.accumulate(np.where(late, before, place))
    return streaks


@dataclass(frozen=True)
class _Counts:
    """Running counts of a small code over an index: ``int32`` (rows + 1, codes)."""

    totals: NDArray[np.int32]

    @classmethod
    def of(cls, codes: FloatArray, size: int) -> "_Counts":
        totals = np.zeros((len(codes) + 1, size), dtype=np.int32)
        np.cumsum(codes[:, None] == np.arange(size), axis=0, out=totals[1:])
        return cls(totals)

    def most_usual(self, window: Window) -> tuple[FloatArray, FloatArray]:
        """The code that a window holds most often (the smaller among equals), and its share; NaN without rows."""
        counts = self.totals[window.stop] - self.totals[window.start]
        number = window.count()
        usual = np.where(number > 0, np.argmax(counts, axis=1), np.nan)
        return usual, divide(np.max(counts, axis=1).astype(np.float64), number)


def _runs(context: Context, table: Settled, window: Window) -> dict[str, FloatArray]:
    def make() -> tuple[_Counts, _Counts]:
        paid = settled_days(context.history)[table.index.order]
        return _Counts.of((paid + 3) % 7, _WEEKDAYS), _Counts.of(_month_part(paid), _MONTH_PARTS)

    weekdays, parts = context.history.memo("pay runs", make)
    recent, due = window.last(_RUNS_LAST), context.due_day()
    weekday, weekday_share = weekdays.most_usual(recent)
    part, part_share = parts.most_usual(recent)
    return {
        "pay_weekday_share": weekday_share,
        "due_to_pay_weekday": (weekday - (due + 3) % 7) % 7,
        "pay_month_part_share": part_share,
        "due_to_pay_month_part": _to_month_part(due, part),
    }


def _day_of_month(day: FloatArray) -> FloatArray:
    """From 1 on; NaN stays."""
    month_start = np.where(np.isnan(day), 0, day).astype(np.int64).astype("datetime64[D]").astype("datetime64[M]")
    return day - month_start.astype("datetime64[D]").astype(np.int64) + 1


def _month_part(day: FloatArray) -> FloatArray:
    return np.minimum((_day_of_month(day) - 1) // _PART_DAYS, _MONTH_PARTS - 1)


def _to_month_part(day: FloatArray, part: FloatArray) -> FloatArray:
    """Days from a day to the next day in a part of a month; 0 within it."""
    start, of_month = part * _PART_DAYS + 1, _day_of_month(day)
    ahead = np.where(of_month <= start, start - of_month, to_period_end(day, months=1) + start)
    return np.where(_month_part(day) == part, 0.0, ahead)
