"""Fit the delay model: hazards stacked on blocks of time, rivals at the deciding horizons, calibration, final fit."""

import numpy as np
from scipy.special import ndtri

from features.asof import DAY_US
from features.catalogue import FEATURE_NAMES
from models.arrays import FloatArray, IntArray
from models.cash import Alike, alike_from, paid_by
from models.delay import DelayModel
from models.hazards import EDGES
from models.support import Support, medians_of
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed, late_outcome
from training.fit_clock import Clock, Waits, edge_calibrators, fit_hazards, fit_heads, try_hazards
from training.fit_release import fit_release
from training.members import hazard_candidates, rivals
from training.priors import late_priors


def fit_delay(dataset: Dataset, until: int, config: TrainingConfig) -> DelayModel:
    """Fit on rows before ``until`` (microseconds), with settlements as known then; open invoices are censored.

    Raises ``TooFewOutcomesError`` below 20 known settlements.
    """
    rows = scorable(dataset, np.flatnonzero(dataset.as_of < until))
    clock = payment_clock(dataset, len(rows), config)
    tried = try_hazards(dataset, rows, until, clock, config)
    waits = clock.known_at(rows, until)
    hazards, priors = fit_hazards(waits, clock, tried.stack)
    heads, survival = fit_heads(dataset, until, tried, clock, config)
    return DelayModel(
        feature_names=FEATURE_NAMES,
        priors=priors,
        hazards=hazards,
        calibrators=edge_calibrators(survival, lambda edge: clock.outcome(rows, until, edge), EDGES),
        support=Support.of(waits.X),
        late_after_days=config.late_after_days,
        medians=medians_of(waits.X),
        heads=heads,
        release=fit_release(dataset, until, config),
        alike=_alike(dataset, rows, survival, waits.days),
    )


def scorable(dataset: Dataset, rows: IntArray) -> IntArray:
    """Rows whose outcome was still open at their scoring moment: what is already known needs no prediction.

    An invoice settled on the very day of its scoring moment is left out as well: days do not tell which came first.
    """
    labels = dataset.labels
    settled_on = labels.due_date[rows] + np.nan_to_num(labels.days_late[rows], nan=np.inf)
    still_open = (labels.delay_known_at[rows] >= dataset.as_of[rows]) & (settled_on > dataset.as_of[rows] // DAY_US)
    return rows[still_open]


def payment_clock(dataset: Dataset, rows: int, config: TrainingConfig) -> Clock:
    """Days late, counted from the due day."""

    def known_at(chosen: IntArray, until: int) -> Waits:
        labels = as_observed(dataset, until)
        days, open_for = labels.days_late[chosen], labels.days_late_lower[chosen]
        return Waits(dataset.matrix.values[chosen], days, open_for, np.full(len(chosen), -np.inf))

    def outcome(chosen: IntArray, until: int, day: float) -> FloatArray:
        return late_outcome(dataset.rows(chosen), after_days=day, until=until)

    return Clock(
        name="settled invoices",
        edges=EDGES,
        known_at=known_at,
        members=hazard_candidates(rows, seed=config.seed, seeds=config.seeds),
        outcome=outcome,
        rivals=lambda day: rivals(rows, f"late_rate_{day}"),
        horizons=tuple(sorted({*config.late_horizons, config.late_after_days})),
        priors=late_priors,
        whole_curve_counts=True,
    )


def _alike(dataset: Dataset, rows: IntArray, survival: FloatArray, days: FloatArray) -> Alike:
    """Shared luck of invoices, from where in its out-of-block curve each known payment fell."""
    known = np.flatnonzero(np.isfinite(days))
    place = paid_by(survival[known], days[known, None])[:, 0]
    due = dataset.labels.due_date[rows[known]].astype(np.int64)
    months = due.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    clients = np.unique(dataset.labels.client_id[rows[known]].astype(str), return_inverse=True)[1]
    return alike_from(ndtri(np.clip(place, 0.005, 0.995)), clients, months)
