"""Sampled neighbours: a distance anybody can recompute, blind to where anomalies sit together."""

import numpy as np
import pytest

from models.detectors.neighbours import SampledNeighbours


def test_the_score_is_minus_the_mean_distance_to_the_nearest_sampled_row() -> None:
    X = np.arange(10.0)[:, None]
    detector = SampledNeighbours(samples=4, size=3).fit(X)
    nearest = np.abs(detector.reference_[:, :, 0] - 25.0).min(axis=1)
    assert detector.score_samples(np.array([[25.0]]))[0] == pytest.approx(-nearest.mean())


def test_a_training_row_is_not_its_own_neighbour_out_of_sample() -> None:
    X = np.random.default_rng(1).normal(size=(30, 2))
    detector = SampledNeighbours(samples=50).fit(X)
    assert (detector.out_of_sample(X) <= detector.score_samples(X)).all()
    assert (detector.out_of_sample(X) < 0).all()


def test_anomalies_that_sit_together_do_not_hide_one_another() -> None:
    rng = np.random.default_rng(2)
    ordinary, together = rng.normal(size=(970, 3)), 9 + 0.01 * rng.normal(size=(30, 3))
    scores = SampledNeighbours().fit(np.vstack([ordinary, together])).score_samples(np.vstack([ordinary, together]))
    assert scores[970:].max() < np.quantile(scores[:970], 0.01)


def test_two_rows_are_enough() -> None:
    detector = SampledNeighbours().fit(np.array([[0.0], [1.0]]))
    assert np.isfinite(detector.score_samples(np.array([[0.5]]))).all()
