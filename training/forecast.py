"""Would the cash forecast have been right? Past Mondays replayed: what was open then, and what came in after."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.asof import DAY_US, NEVER
from models.arrays import FloatArray, IntArray
from models.cash import Portfolio, forecast, paid_by
from models.curves import given_open
from models.delay import DelayModel
from training.dataset import Dataset
from training.measured import Measured
from training.metrics import intervals

WEEKS = 8


@dataclass(frozen=True)
class Replayed:
    """One week of one past forecast.

    Attributes:
        cut: day of the forecast (days since 1970).
        week: 0 is the week that began on it.
        actual, expected, low, high: cash in it: what came, and what was forecast with its interval.
        naive: what a plain rule says: each client pays as many days late as it did on average, never before tomorrow.
    """

    cut: int
    week: int
    actual: float
    expected: float
    low: float
    high: float
    naive: float


@dataclass(frozen=True)
class ForecastFigures:
    """How good past forecasts were.

    Attributes:
        error: sum of absolute errors over the sum of what came, by week, with an interval over the Mondays.
        naive_error: the same of the plain rule.
        coverage: share of weeks inside their interval.
        confidence: what the interval promised.
        weeks: how many weeks were judged.
    """

    error: Measured
    naive_error: float
    coverage: float
    confidence: float
    weeks: int


def replay(dataset: Dataset, model: DelayModel, rows: IntArray, *, confidence: float = 0.8) -> list[Replayed]:
    """Forecasts on every fourth Monday from the first scoring moment of ``rows`` on, as far as what came is known.

    Args:
        dataset: rows in order of time.
        model: trained before the first of ``rows``.
        rows: test rows.
        confidence: of the intervals.
    """
    last = dataset.observed_until // DAY_US - 7 * WEEKS
    first = int(dataset.as_of[rows[0]]) // DAY_US + 28
    mondays = range(first + (4 - first) % 7, int(last), 28)  # 1970-01-01 was a Thursday
    return [week for monday in mondays for week in _replayed(dataset, model, monday, confidence)]


def judge(weeks: list[Replayed], *, confidence: float = 0.8) -> ForecastFigures | None:
    """Error and coverage; ``None`` where no forecast could be replayed."""
    actual = np.array([week.actual for week in weeks])
    if not actual.sum() > 0:
        return None
    misses = np.array([abs(week.actual - week.expected) for week in weeks])
    cuts = np.unique([week.cut for week in weeks], return_inverse=True)[1]
    by_cut = [np.bincount(cuts, weights=values) for values in (misses, actual)]

    def error(chosen: IntArray) -> float:
        return float(by_cut[0][chosen].sum() / by_cut[1][chosen].sum())

    return ForecastFigures(
        error=intervals({"error": error}, len(by_cut[0]))["error"],
        naive_error=float(np.abs(actual - np.array([week.naive for week in weeks])).sum() / actual.sum()),
        coverage=float(np.mean([week.low <= week.actual <= week.high for week in weeks])),
        confidence=confidence,
        weeks=len(weeks),
    )


def _replayed(dataset: Dataset, model: DelayModel, monday: int, confidence: float) -> Iterator[Replayed]:
    rows = _open(dataset, monday)
    if len(rows) < 5:
        return
    labels, curve = dataset.labels, model.curve(dataset.matrix.values[rows])
    due, amount = labels.due_date[rows], labels.amount[rows]
    ends = monday + 7.0 * np.arange(1, WEEKS + 1)
    chances = paid_by(given_open(curve, monday - 1 - due), ends[None, :] - 1 - due[:, None])
    clients = np.unique(labels.client_id[rows].astype(str), return_inverse=True)[1]
    portfolio = Portfolio(amount, chances, clients, _month(due))
    said = forecast(portfolio, alike=model.alike, confidence=confidence)
    came = _by_week(due + labels.days_late[rows], amount, monday)
    usual = np.nan_to_num(dataset.matrix.column("days_late_mean")[rows])
    plain = _by_week(np.maximum(np.round(due + usual), monday), amount, monday)
    for week in said:
        yield Replayed(monday, week.number, came[week.number], week.expected, week.low, week.high, plain[week.number])


def _open(dataset: Dataset, day: int) -> IntArray:
    """Rows known before a day, with a due date, and not paid or closed without cash by then."""
    labels, moment = dataset.labels, day * DAY_US
    paid_on = labels.due_date + labels.days_late
    settled_later = np.isfinite(labels.days_late) & (paid_on >= day) & (labels.delay_known_at >= moment)
    closed_later = ~np.isfinite(labels.days_late) & (labels.due_date + labels.days_late_lower > day)
    sent = (labels.release_known_at < moment) | (labels.release_known_at == NEVER)
    return np.flatnonzero((dataset.as_of < moment) & sent & (settled_later | closed_later) & (labels.amount > 0))


def _by_week(paid_on: FloatArray, amount: FloatArray, monday: int) -> FloatArray:
    week = np.floor((paid_on - monday) / 7)
    inside = np.isfinite(week) & (week >= 0) & (week < WEEKS)
    return np.bincount(week[inside].astype(np.int64), weights=amount[inside], minlength=WEEKS).astype(np.float64)


def _month(day: FloatArray) -> IntArray:
    whole = np.nan_to_num(day).astype(np.int64)
    return whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
