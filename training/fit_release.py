"""Fit the release clock: the wait from billable to sent, of invoices first seen as drafts."""

import numpy as np

from features.asof import DAY_US
from features.families.releasing import SLOW_PRIORS
from models.arrays import FloatArray, IntArray
from models.curves import given_open
from models.hazards import RELEASE_EDGES
from models.release import ReleaseClock
from training.config import TrainingConfig
from training.dataset import Dataset
from training.errors import TooFewOutcomesError
from training.fit_clock import Clock, Waits, edge_calibrators, fit_hazards, fit_heads, try_hazards
from training.members import release_candidates, rivals


def fit_release(dataset: Dataset, until: int, config: TrainingConfig) -> ReleaseClock | None:
    """Fit on drafts before ``until`` (microseconds); ``None`` where the records do not tell enough of releases."""
    rows = drafts(dataset, np.flatnonzero(dataset.as_of < until))
    clock = release_clock(dataset, len(rows), config)
    try:
        tried = try_hazards(dataset, rows, until, clock, config)
    except TooFewOutcomesError:
        return None
    waits = clock.known_at(rows, until)
    hazards, _ = fit_hazards(waits, clock, tried.stack)
    heads, moved = fit_heads(dataset, until, tried, clock, config)
    survival = given_open(moved, waits.entered, RELEASE_EDGES)
    calibrators = edge_calibrators(survival, lambda edge: clock.outcome(rows, until, edge), RELEASE_EDGES)
    return ReleaseClock(hazards, calibrators, heads)


def drafts(dataset: Dataset, rows: IntArray) -> IntArray:
    """Rows that were not sent yet at their scoring moment, and whose work has a billable day."""
    labels = dataset.labels
    waiting = (labels.release_known_at[rows] >= dataset.as_of[rows]) & np.isfinite(labels.billable_on[rows])
    # Sent (as dated) before its draft was entered: the ledger learned of it late, and there was no wait to predict.
    in_time = np.nan_to_num(labels.release_days[rows], nan=np.inf) >= entered(dataset, rows)
    return rows[waiting & in_time]


def entered(dataset: Dataset, rows: IntArray) -> FloatArray:
    """Days from billable to the scoring moment, ``float64`` (n,); negative when the draft came first."""
    return np.asarray(dataset.as_of[rows] // DAY_US - dataset.labels.billable_on[rows], dtype=np.float64)


def release_clock(dataset: Dataset, rows: int, config: TrainingConfig) -> Clock:
    """Days from billable to sent; a draft counts from the day it was first seen."""
    labels = dataset.labels

    def known_at(chosen: IntArray, until: int) -> Waits:
        sent = labels.release_known_at[chosen] < until
        reached = np.fmin(labels.release_days_lower[chosen], watched(dataset, chosen, until))
        # What happens on the day of the scoring moment is still to come.
        return Waits(
            dataset.matrix.values[chosen],
            np.where(sent, labels.release_days[chosen], np.nan),
            np.where(sent, np.nan, np.floor(reached)),
            entered(dataset, chosen) - 1,
        )

    def outcome(chosen: IntArray, until: int, day: float) -> FloatArray:
        return release_outcome(known_at(chosen, until), watched(dataset, chosen, until), after_days=day)

    return Clock(
        name="sent invoices",
        edges=RELEASE_EDGES,
        known_at=known_at,
        members=release_candidates(rows, seed=config.seed, seeds=config.seeds),
        outcome=outcome,
        rivals=lambda day: rivals(rows, f"slow_release_rate_{day}"),
        horizons=tuple(SLOW_PRIORS),
    )


def watched(dataset: Dataset, rows: IntArray, until: int) -> FloatArray:
    """Days from billable to ``until`` (microseconds), ``float64`` (n,)."""
    return np.asarray(until / DAY_US - dataset.labels.billable_on[rows], dtype=np.float64)


def release_outcome(waits: Waits, reached: FloatArray, *, after_days: float) -> FloatArray:
    """1.0 waited longer than ``after_days``, 0.0 not, NaN undecided, ``float64`` (n,).

    Only rows whose horizon had passed count, whatever their outcome, and only those that had not passed it unsent when
    they were first seen.

    Args:
        waits: rows with their waits as known at the end.
        reached: ``float64`` (n,), days from billable to the end.
        after_days: the horizon.
    """
    longer = np.where(np.isfinite(waits.days), waits.days > after_days, waits.open_for > after_days)
    decided = np.isfinite(waits.days) | (waits.open_for > after_days)
    counts = decided & (reached > after_days + 1) & (waits.entered < after_days)
    return np.where(counts, longer.astype(np.float64), np.nan)
