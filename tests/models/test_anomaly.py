"""Anomalies: surprise is an exact tail share on the side that matters, and p-values keep the conformal promise."""

import numpy as np
import orjson
import pytest

from models.anomaly import AnomalyModel
from models.arrays import FloatArray
from models.detectors.tails import TailDetector, Tails
from models.support import Support, medians_of
from tests.models.fitted import anomaly_model, rows

NINE = np.arange(1.0, 10.0)


def _surprise(training: FloatArray, value: float, side: int) -> float:
    return float(Tails.of(training).surprise(np.array([value]), side)[0])


@pytest.mark.parametrize(
    ("value", "side", "share"),
    [(9.0, 1, 0.2), (8.5, 1, 0.2), (50.0, 1, 0.1), (1.0, 1, 1.0), (1.0, -1, 0.2), (-9.0, -1, 0.1), (9.0, -1, 1.0)],
)
def test_surprise_is_minus_the_log_of_the_share_at_least_as_extreme(value: float, side: int, share: float) -> None:
    assert _surprise(NINE, value, side) == pytest.approx(-np.log(share))


@pytest.mark.parametrize(("value", "share"), [(9.0, 0.4), (1.0, 0.4), (100.0, 0.2), (5.0, 1.0)])
def test_where_both_sides_matter_the_smaller_tail_counts_twice(value: float, share: float) -> None:
    assert _surprise(NINE, value, 0) == pytest.approx(-np.log(share))


def test_thinning_a_long_column_keeps_the_tails_exact_and_the_middle_close() -> None:
    values = np.random.default_rng(1).normal(size=100_000)
    ordered = np.sort(values)
    far = ordered[[-1, -5, -50]]
    exact = -np.log((np.array([1, 5, 50]) + 1) / 100_001)
    np.testing.assert_allclose(Tails.of(values).surprise(far, 1), exact)
    for place in (20_000, 50_000, 90_000, 99_000):
        share = (100_000 - place) / 100_000
        assert np.exp(-_surprise(values, float(ordered[place]), 1)) == pytest.approx(share, abs=0.002)


def test_repeated_values_count_as_often_as_they_occur() -> None:
    assert _surprise(np.array([0.0] * 95 + [1.0] * 5), 1.0, 1) == pytest.approx(-np.log(6 / 101))


@pytest.mark.parametrize("training", [np.full(50, 3.0), np.full(50, np.nan), np.empty(0)])
def test_a_column_that_never_varied_surprises_nobody(training: FloatArray) -> None:
    assert _surprise(training, 1e9, 0) == 0


def test_a_missing_value_surprises_nobody() -> None:
    assert _surprise(NINE, np.nan, 1) == 0


def test_the_odd_side_is_declared_per_feature() -> None:
    X = np.random.default_rng(2).normal(size=(500, 3))
    surprises = TailDetector((1, -1, 0)).fit(X).surprises(np.array([[9.0, 9.0, 9.0], [-9.0, -9.0, -9.0]]))
    assert (surprises[0] > 0).tolist() == [True, False, True]
    assert (surprises[1] > 0).tolist() == [False, True, True]


def test_forty_slightly_unusual_features_do_not_outweigh_one_absurd_amount() -> None:
    X = np.random.default_rng(3).normal(size=(2_000, 40))
    slightly, absurd = np.full(40, 1.0), np.zeros(40)
    absurd[7] = 60.0
    scores = TailDetector().fit(X).score_samples(np.vstack([slightly, absurd]))
    assert scores[1] < scores[0]


def _fit(X: FloatArray) -> AnomalyModel:
    half = len(X) // 2
    detector = TailDetector().fit(X[:half])
    calibration = np.sort(-detector.score_samples(X[half:]))
    used = tuple(range(X.shape[1]))
    return AnomalyModel(tuple("abcd"), used, detector, calibration, Support.of(X), medians_of(X))


def test_p_values_of_exchangeable_invoices_are_super_uniform() -> None:
    rng, levels = np.random.default_rng(4), np.array([0.02, 0.05, 0.1, 0.3])
    p_values = np.concatenate(
        [_fit(rng.standard_t(3, size=(200, 4))).p_value(rng.standard_t(3, size=(20, 4))) for _ in range(150)]
    )
    flagged = (p_values[:, None] <= levels).mean(axis=0)
    # 3,000 p-values, correlated within a draw: two standard errors at 5 % are about 0.012.
    assert (flagged <= levels + 0.015).all()
    assert flagged[2] > 0.05


def test_the_most_abnormal_invoice_has_the_least_possible_p_value() -> None:
    X = np.random.default_rng(5).normal(size=(200, 4))
    model = _fit(X)
    assert model.p_value(np.full((1, 4), 1e6)) == pytest.approx(1 / 101)
    assert (model.p_value(X) > 0).all()
    assert (model.p_value(X) <= 1).all()


def test_columns_that_are_not_read_neither_score_nor_explain() -> None:
    model, X = anomaly_model(), rows(5)
    changed = X.copy()
    changed[:, 5:] = 1e6
    np.testing.assert_array_equal(model.p_value(changed), model.p_value(X))
    assert not model.contributions(changed)[:, 5:].any()


def test_the_whole_model_survives_json_to_the_bit() -> None:
    model, X = anomaly_model(), rows(seed=6)
    again = AnomalyModel.from_dict(orjson.loads(orjson.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.abnormality(X), model.abnormality(X))
    np.testing.assert_array_equal(again.p_value(X), model.p_value(X))
