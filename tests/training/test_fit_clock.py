"""Two clocks learned from a simulated firm: as known at the cut, better than chance, and the same each time."""

from functools import cache

import numpy as np

from features.asof import DAY_US
from models.delay import DelayModel
from models.horizon import CURVE
from tests.training.firm import CONFIG, dataset
from training.fit_delay import fit_delay, payment_clock, scorable
from training.fit_release import drafts, entered, fit_release, release_clock, release_outcome
from training.metrics import roc_auc
from training.splits import holdout


@cache
def cut() -> int:
    return holdout(dataset().as_of, share=0.3).cut


@cache
def model() -> DelayModel:
    return fit_delay(dataset(), cut(), CONFIG)


def test_the_waits_known_at_a_cut_hold_nothing_that_came_later() -> None:
    rows = drafts(dataset(), np.arange(len(dataset())))
    waits = release_clock(dataset(), len(rows), CONFIG).known_at(rows, cut())
    late = dataset().labels.release_known_at[rows] >= cut()
    assert late.any()
    assert np.isnan(waits.days[late]).all()
    assert (waits.open_for[late] <= cut() / DAY_US - dataset().labels.billable_on[rows][late]).all()


def test_the_release_clock_ranks_and_is_calibrated_out_of_time() -> None:
    clock = model().release
    assert clock is not None
    rows = drafts(dataset(), np.flatnonzero(dataset().as_of >= cut()))
    waiting = release_clock(dataset(), len(rows), CONFIG)
    outcome = waiting.outcome(rows, dataset().observed_until, 10)
    decided = np.isfinite(outcome)
    late = clock.curve(dataset().matrix.values[rows], entered(dataset(), rows) - 1)[:, 6]
    assert roc_auc(outcome[decided], late[decided]) > 0.6
    assert abs(late[decided].mean() - outcome[decided].mean()) < 0.15


def test_only_rows_whose_horizon_has_passed_are_judged() -> None:
    rows = drafts(dataset(), np.arange(len(dataset())))
    waits = release_clock(dataset(), len(rows), CONFIG).known_at(rows, cut())
    soon = release_outcome(waits, np.full(len(rows), 5.0), after_days=7)
    assert np.isnan(soon).all()


def test_without_billable_days_there_is_no_release_clock() -> None:
    labels = dataset().labels
    blank = np.full(len(dataset()), np.nan)
    bare = type(labels)(**{**vars(labels), "billable_on": blank, "release_days": blank, "release_days_lower": blank})
    without = type(dataset())(**{**vars(dataset()), "labels": bare})
    assert fit_release(without, cut(), CONFIG) is None


def test_heads_stand_at_the_horizons_and_hold_the_members_that_have_weight() -> None:
    assert model().heads
    for head in model().heads:
        assert head.edge in (*CONFIG.late_horizons, CONFIG.late_after_days)
        assert min(head.weights.values()) > 0
        assert set(head.members) == set(head.weights) - {CURVE}


def test_the_curve_of_the_whole_model_never_rises() -> None:
    assert (np.diff(model().curve(dataset().matrix.values), axis=1) <= 0).all()


def test_the_same_rows_give_the_same_model() -> None:
    assert fit_delay(dataset(), cut(), CONFIG).to_dict() == model().to_dict()


def test_payments_known_later_are_censored_at_the_cut() -> None:
    rows = scorable(dataset(), np.arange(len(dataset())))
    waits = payment_clock(dataset(), len(rows), CONFIG).known_at(rows, cut())
    late = dataset().labels.delay_known_at[rows] >= cut()
    assert np.isnan(waits.days[late]).all()
