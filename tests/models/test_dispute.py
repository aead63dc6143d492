"""Disputes: rare causes are folded away, shares hold when features tell nothing, certificates travel along."""

import numpy as np
import orjson
import pytest

from models.arrays import to_probability
from models.calibration import Calibrator
from models.dispute import CauseModel, DisputeModel
from tests.models.fitted import dispute_model, rows


def test_causes_that_are_too_rare_to_learn_count_as_other() -> None:
    causes = CauseModel().fit(rows(40), ["rate"] * 30 + ["duplicate"] * 7 + ["tax_entity"] * 3)
    assert causes.causes_ == ["other", "rate"]


def test_without_any_telling_feature_the_observed_shares_are_the_answer() -> None:
    causes = CauseModel().fit(np.ones((40, 3)), ["rate"] * 30 + ["duplicate"] * 10)
    np.testing.assert_allclose(causes.predict_proba(np.ones((1, 3))), [[0.25, 0.75]])


def test_without_any_dispute_there_is_one_cause_named_other() -> None:
    causes = CauseModel().fit(np.empty((0, 3)), [])
    assert causes.causes_ == ["other"]
    assert causes.predict_proba(np.ones((2, 3))).tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("names", [["rate", "tax_entity"], ["rate", "scope_quality", "tax_entity"]])
def test_a_telling_feature_moves_the_chance_of_its_cause(names: list[str]) -> None:
    X = np.random.default_rng(1).normal(size=(600, 3))
    cut = np.digitize(X[:, 0], [-0.5, 0.5] if len(names) == 3 else [0.0])
    causes = CauseModel().fit(X, np.array(names)[cut].tolist())
    low, high = causes.predict_proba(np.array([[-2.0, 0, 0], [2.0, 0, 0]]))
    last, first = causes.causes_.index(names[-1]), causes.causes_.index(names[0])
    assert high[last] > low[last] + 0.3
    assert low[first] > high[first] + 0.3


def test_causes_sum_to_one_on_every_row() -> None:
    shares = dispute_model().causes.predict_proba(rows(seed=9))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_the_probability_is_the_calibrated_blend() -> None:
    model, X = dispute_model(), rows(seed=4)
    halved = Calibrator("beta", np.array([-9.0, 9.0]), np.array([-10.0, 8.0]))
    moved = DisputeModel(**{**vars(model), "calibrator": halved})
    log_odds = model.blend.decision_function(X)
    np.testing.assert_allclose(moved.probability(X), to_probability(log_odds - 1), atol=1e-9)


def test_the_whole_model_survives_json_to_the_bit_with_its_certificate() -> None:
    model, X = dispute_model({"threshold": 0.04}), rows(seed=5)
    again = DisputeModel.from_dict(orjson.loads(orjson.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.probability(X), model.probability(X))
    np.testing.assert_array_equal(again.causes.predict_proba(X), model.causes.predict_proba(X))
    assert again.certificate == {"threshold": 0.04}
