"""Anomalies: p-values keep the conformal promise, only deviations are read, and verdicts may reweigh the parts."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
from sklearn.metrics import average_precision_score

from models.anomaly import AnomalyModel
from models.arrays import FloatArray
from models.conformal import Conformal
from models.detectors.contextual import ContextualDetector
from models.support import Support, medians_of
from models.verdicts import VerdictBlend
from tests.models.fitted import anomaly_model, rows


def _fit(X: FloatArray) -> AnomalyModel:
    half = len(X) // 2
    detector = ContextualDetector().fit(X[:half])
    calibration = Conformal.of(-detector.score_samples(X[half:]))
    used = tuple(range(X.shape[1]))
    return AnomalyModel(tuple("abcd"), used, detector, calibration, Support.of(X), medians_of(X))


def test_p_values_of_exchangeable_invoices_are_super_uniform() -> None:
    rng, levels = np.random.default_rng(4), np.array([0.02, 0.05, 0.1, 0.3])
    p_values = np.concatenate(
        [_fit(rng.standard_t(3, size=(200, 4))).p_value(rng.standard_t(3, size=(20, 4))) for _ in range(40)]
    )
    flagged = (p_values[:, None] <= levels).mean(axis=0)
    # 800 p-values, correlated within a draw of a calibration: three standard errors at 30 % are about 0.06.
    assert (flagged <= levels + 0.06).all()
    assert flagged[2] > 0.04


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


def test_verdicts_reweigh_the_parts_and_survive_json() -> None:
    model, X = anomaly_model(), rows(400, seed=7)
    near = X[:, model.used]
    verdict = (near[:, 2] > 1.2).astype(float)
    blend = VerdictBlend.fit(model.detector.member_scores(near), model.detector.surprises(near), verdict)
    learned = replace(model, blend=blend)
    again = AnomalyModel.from_dict(orjson.loads(orjson.dumps(learned.to_dict())))
    np.testing.assert_array_equal(again.abnormality(X), learned.abnormality(X))
    found = [float(average_precision_score(verdict, one.abnormality(X))) for one in (learned, model)]
    assert found[0] > 1.3 * found[1]


def test_no_verdict_makes_an_oddity_reassuring() -> None:
    rng = np.random.default_rng(8)
    members, surprises = rng.normal(size=(200, 4)), rng.exponential(size=(200, 3))
    blend = VerdictBlend.fit(members, surprises, (surprises[:, 0] < 0.3).astype(float))
    assert (blend.members >= 0).all()
    assert blend.surprises[0] == 0
