"""The ensemble: finds what each member alone would miss, on any scale, and never lets one member outvote the rest."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from models.arrays import FloatArray
from models.detectors.ensemble import MEMBERS, EnsembleDetector


def _mixed(seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Ordinary rows on a line in five dimensions; anomalies far out, clustered, and off the line."""
    rng = np.random.default_rng(seed)
    line = rng.normal(size=(900, 1)) * np.array([1.0, 2.0, -1.0, 0.5, 3.0]) + 0.1 * rng.normal(size=(900, 5))
    far, clustered = rng.normal(size=(15, 5)) * 12, 7 + 0.05 * rng.normal(size=(15, 5))
    off = rng.permuted(line[:15], axis=0)
    return np.vstack([line, far, clustered, off]), np.repeat([0.0, 1.0], [900, 45])


def test_it_finds_far_clustered_and_inconsistent_rows() -> None:
    X, odd = _mixed()
    assert roc_auc_score(odd, -EnsembleDetector().fit(X).score_samples(X)) > 0.9


def test_the_scale_and_origin_of_a_column_do_not_matter() -> None:
    X, _ = _mixed(2)
    moved = X * np.array([1e6, 1.0, 1e-6, 1.0, 1.0]) + np.array([1e7, 0.0, 0.0, 5.0, 0.0])
    straight, other = (EnsembleDetector().fit(rows).score_samples(rows) for rows in (X, moved))
    assert np.corrcoef(straight, other)[0, 1] > 0.999


def test_one_absurd_value_is_found_but_leaves_the_others_apart() -> None:
    X, odd = _mixed(3)
    absurd = np.vstack([X, np.full((1, 5), 1e9)])
    scores = EnsembleDetector().fit(absurd).score_samples(absurd)
    assert scores.argmin() == len(X)
    assert roc_auc_score(odd, -scores[:-1]) > 0.8


def test_members_are_clipped_so_that_none_outvotes_the_rest() -> None:
    X, _ = _mixed(4)
    members = EnsembleDetector().fit(X).member_scores(np.full((1, 5), 1e12))
    assert members.shape == (1, len(MEMBERS))
    assert members.max() <= 8


def test_another_seed_gives_other_scores_in_nearly_the_same_order() -> None:
    X, _ = _mixed(5)
    first, second = (EnsembleDetector(seed=seed).fit(X).score_samples(X) for seed in (1, 2))
    assert not np.array_equal(first, second)
    assert np.corrcoef(first, second)[0, 1] > 0.98


@pytest.mark.parametrize("side", [1, -1])
def test_declared_sides_reach_the_tails(side: int) -> None:
    X = np.random.default_rng(6).normal(size=(400, 3))
    high, low = EnsembleDetector((side,) * 3).fit(X).member_scores(np.array([[5.0] * 3, [-5.0] * 3]))[:, 3]
    assert (high > low) == (side > 0)
