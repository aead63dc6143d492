"""Isolation trees: the scores of scikit-learn's forest, walked in plain arrays."""

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from models.detectors.isolation import IsolationTrees


@pytest.mark.parametrize("rows", [2, 40, 600])
def test_scores_are_those_of_scikit_learns_forest(rows: int) -> None:
    X = np.random.default_rng(1).normal(size=(rows, 5))
    theirs = IsolationForest(n_estimators=30, max_samples=min(256, rows), random_state=3).fit(X)
    ours = IsolationTrees(trees=30, seed=3).fit(X)
    np.testing.assert_allclose(ours.score_samples(X), theirs.score_samples(X), rtol=0, atol=1e-12)


def test_a_row_far_from_all_others_scores_lowest() -> None:
    X = np.random.default_rng(2).normal(size=(300, 4))
    scores = IsolationTrees(trees=50).fit(X).score_samples(np.vstack([X, np.full((1, 4), 12.0)]))
    assert scores.argmin() == 300


def test_blocks_do_not_change_the_scores() -> None:
    X = np.random.default_rng(3).normal(size=(5_000, 3))
    forest = IsolationTrees(trees=5).fit(X)
    np.testing.assert_array_equal(forest.score_samples(X)[4_500:], forest.score_samples(X[4_500:]))
