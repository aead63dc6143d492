"""The promises that every estimator keeps, whatever it learns: one suite for all of them."""

from typing import Any

import numpy as np
import orjson
import pytest
from sklearn.base import clone

from models.arrays import FloatArray
from tests.contract.estimators import CASES, LOG_ODDS, Case, training_rows

every_estimator = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
every_log_odds = pytest.mark.parametrize("case", LOG_ODDS, ids=[case.name for case in LOG_ODDS])


def _parameters(estimator: Any) -> str:
    return repr(sorted(estimator.get_params().items(), key=lambda item: item[0]))


@every_estimator
def test_a_clone_has_the_same_parameters_and_no_fitted_state(case: Case) -> None:
    original = case.fitted()
    copy = clone(original)
    assert _parameters(copy) == _parameters(original)
    assert not [name for name in vars(copy) if name.endswith("_")]


@every_estimator
def test_fit_gives_back_the_estimator_and_leaves_its_parameters_alone(case: Case) -> None:
    estimator = case.make()
    before = _parameters(estimator)
    assert case.fit(estimator, training_rows()) is estimator
    assert _parameters(estimator) == before


@every_estimator
def test_fitting_and_scoring_leave_the_rows_as_they_are(case: Case) -> None:
    X = training_rows()
    kept = X.copy()
    case.answer(case.fit(case.make(), X), X)
    np.testing.assert_array_equal(X, kept)


@every_estimator
def test_missing_values_are_read_without_a_missing_answer(case: Case) -> None:
    X = training_rows()
    X[:, 2] = np.nan
    answers = case.answer(case.fit(case.make(), X), np.full((3, X.shape[1]), np.nan))
    assert np.isfinite(answers).all()


@every_estimator
def test_rows_that_never_vary_all_get_one_answer(case: Case) -> None:
    X = np.ones((400, 6))
    answers = case.answer(case.fit(case.make(), X), np.vstack([X[:3], X[:3] + 5]))
    assert np.isfinite(answers).all()
    if case.reads_everything:
        np.testing.assert_allclose(answers, np.tile(answers[:1], (6, *[1] * (answers.ndim - 1))))


@every_estimator
def test_a_column_that_never_varies_changes_nothing(case: Case) -> None:
    X = training_rows()
    widened = np.hstack([X, np.full((len(X), 1), 4.0)])
    narrow, wide = (case.answer(case.fit(case.make(), rows), rows) for rows in (X, widened))
    assert case.draws_columns or np.allclose(narrow, wide, atol=1e-9)
    assert wide.shape == narrow.shape


@every_estimator
def test_columns_in_another_order_give_the_same_answers(case: Case) -> None:
    X = training_rows()
    order = np.array([0, 3, 1, 5, 2, 4])  # column 0 stays: the client's rate is read by its place
    straight, turned = (case.answer(case.fit(case.make(), rows), rows) for rows in (X, X[:, order]))
    if case.draws_columns:  # trees draw columns by place: other trees, the same picture
        assert np.corrcoef(straight.ravel(), turned.ravel())[0, 1] > 0.9
    else:
        np.testing.assert_allclose(straight, turned, atol=1e-6)


@every_estimator
def test_the_same_seed_and_rows_give_the_same_bytes(case: Case) -> None:
    first, second = (orjson.dumps(case.fitted().to_dict()) for _ in range(2))
    assert first == second


@every_estimator
def test_a_round_trip_through_json_gives_the_same_bits(case: Case) -> None:
    fitted = case.fitted()
    state = orjson.loads(orjson.dumps(fitted.to_dict()))
    again = type(fitted).from_dict(state)
    X = training_rows(seed=5)
    np.testing.assert_array_equal(case.answer(again, X), case.answer(fitted, X))
    assert orjson.dumps(again.to_dict()) == orjson.dumps(fitted.to_dict())


@every_estimator
def test_one_row_is_scored_as_it_is_in_a_batch(case: Case) -> None:
    fitted, X = case.fitted(), training_rows(seed=6)[:40]
    batch = case.answer(fitted, X)
    single = np.concatenate([case.answer(fitted, X[row : row + 1]) for row in range(len(X))])
    np.testing.assert_allclose(single, batch, rtol=0, atol=1e-12)


@every_estimator
def test_no_rows_give_no_answers(case: Case) -> None:
    fitted, X = case.fitted(), training_rows()
    assert case.answer(fitted, X[:0]).shape == (0, *case.answer(fitted, X[:2]).shape[1:])


@every_log_odds
def test_contributions_add_up_to_the_log_odds_but_for_one_constant(case: Case) -> None:
    fitted, X = case.fitted(), training_rows(seed=7)
    rest = fitted.decision_function(X) - fitted.contributions(X).sum(axis=1)
    assert np.ptp(rest) < 1e-9
    assert fitted.contributions(X[:0]).shape == (0, X.shape[1])


@every_log_odds
def test_a_column_that_never_varied_contributes_nothing(case: Case) -> None:
    X = training_rows()
    X[:, 4] = 2.0
    shares = case.fit(case.make(), X).contributions(X)
    np.testing.assert_array_equal(shares[:, 4], 0.0)


@every_log_odds
def test_probabilities_agree_with_log_odds_and_classes(case: Case) -> None:
    fitted, X = case.fitted(), training_rows(seed=8)
    both: FloatArray = fitted.predict_proba(X)
    np.testing.assert_allclose(both.sum(axis=1), 1.0)
    np.testing.assert_array_equal(fitted.predict(X), (both[:, 1] > 0.5).astype(float))


@pytest.mark.parametrize("name", ["linear", "boosted", "linear and boosted", "hazards"])
def test_outcomes_that_are_all_alike_are_refused_in_words(name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    X = training_rows()
    with pytest.raises(ValueError, match="both outcomes"):
        case.fit_alike(case.make(), X)
