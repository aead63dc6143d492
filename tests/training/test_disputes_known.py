"""Disputes known early: what silence means so many days after the due day, and levels that come out right."""

import numpy as np

from features.asof import DAY_US
from tests.training.firm import CONFIG, dataset
from training.dataset import as_observed
from training.disputes_known import KnownDisputes, known_disputes
from training.splits import holdout

UNTIL = holdout(dataset().as_of, share=0.35).cut
BEFORE = np.flatnonzero(dataset().as_of < UNTIL)


def _known(least_seen: float = CONFIG.least_seen) -> KnownDisputes:
    return known_disputes(dataset(), BEFORE, UNTIL, least_seen=least_seen)


def test_matured_rows_count_once_with_the_outcome_that_everybody_knows() -> None:
    known = _known()
    matured = dataset().dispute_matured_at()[known.rows] < UNTIL
    assert (known.weight[matured] == 1).all()
    told = as_observed(dataset(), UNTIL).disputed[known.rows]
    np.testing.assert_array_equal(known.outcome[matured], told[matured])


def test_rows_come_in_before_their_window_ends() -> None:
    matured = dataset().dispute_matured_at()[BEFORE] < UNTIL
    assert len(_known().rows) > 1.15 * matured.sum()
    assert len(_known(1.0).rows) < len(_known().rows)


def test_nothing_that_became_known_later_counts() -> None:
    met = 0
    for share in np.arange(0.3, 0.8, 0.05):
        until = holdout(dataset().as_of, share=share).cut
        known = known_disputes(dataset(), np.flatnonzero(dataset().as_of < until), until, least_seen=0.3)
        labels = dataset().labels
        later = (labels.disputed[known.rows] == 1) & (labels.dispute_known_at[known.rows] >= until)
        assert (known.outcome[later] == 0).all()
        met += int(later.sum())
    assert met > 0


def test_a_known_dispute_counts_more_and_silence_less_the_less_is_seen() -> None:
    known = _known()
    fresh = known.seen < 1
    assert fresh.any()
    assert (known.seen >= CONFIG.least_seen).all()
    np.testing.assert_allclose(known.weight[fresh & (known.outcome == 1)], 1 / known.seen[fresh & (known.outcome == 1)])
    assert (known.weight[fresh & (known.outcome == 0)] < 1).all()


def test_the_weighted_share_of_fresh_rows_is_what_it_will_be() -> None:
    """Rows were watched to the end in the meantime: the weights foretold their share within sampling noise."""
    known = _known()
    fresh = known.seen < 1
    eventually = dataset().labels.disputed[known.rows[fresh]]
    told = np.isfinite(eventually)
    share = np.average(known.outcome[fresh][told], weights=known.weight[fresh][told])
    noise = np.sqrt(eventually[told].mean() * (1 - eventually[told].mean()) / told.sum())
    assert abs(share - eventually[told].mean()) < 3 * noise


def test_too_few_disputes_to_tell_how_soon_they_come_leave_matured_rows_alone() -> None:
    early = int(dataset().as_of[0]) + 150 * DAY_US
    rows = np.flatnonzero(dataset().as_of < early)
    known = known_disputes(dataset(), rows, early, least_seen=0.7)
    assert (known.seen == 1).all()
    assert (dataset().dispute_matured_at()[known.rows] < early).all()
