"""Support: ordinary rows are covered, strange ones are not, and infinite ends survive JSON."""

import numpy as np
import orjson
import pytest

from models.support import Support, medians_of

TRAINING = np.random.default_rng(1).normal(size=(2_000, 12))


def test_nearly_all_training_rows_are_covered() -> None:
    assert Support.of(TRAINING).covers(TRAINING).mean() > 0.99


def test_a_row_far_from_everything_is_not_covered() -> None:
    assert not Support.of(TRAINING).covers(np.full((1, 12), 50.0)).any()


def test_one_odd_value_alone_does_not_silence_the_model() -> None:
    row = np.zeros((1, 12))
    row[0, 3] = 50.0
    assert Support.of(TRAINING).covers(row).all()


def test_a_value_missing_where_none_ever_was_is_an_excursion() -> None:
    row = np.zeros((1, 12))
    row[0, :2] = np.nan
    assert Support.of(TRAINING).excursions(row).tolist() == [2]


def test_a_value_missing_where_it_often_was_is_none() -> None:
    training = TRAINING.copy()
    training[::3, 0] = np.nan
    row = np.zeros((1, 12))
    row[0, 0] = np.nan
    assert Support.of(training).excursions(row).tolist() == [0]


@pytest.mark.parametrize("column", [np.nan, 4.0])
def test_columns_without_values_or_variation_survive_json(column: float) -> None:
    training = TRAINING.copy()
    training[:, 5] = column
    support = Support.of(training)
    again = Support.from_dict(orjson.loads(orjson.dumps(support.to_dict())))
    np.testing.assert_array_equal(again.excursions(3 * TRAINING), support.excursions(3 * TRAINING))
    assert again.to_dict() == support.to_dict()


def test_medians_pass_over_missing_values_and_empty_columns() -> None:
    medians = medians_of(np.array([[1.0, np.nan, np.nan], [3.0, np.nan, 7.0], [8.0, np.nan, np.nan]]))
    np.testing.assert_array_equal(medians, [3.0, np.nan, 7.0])
