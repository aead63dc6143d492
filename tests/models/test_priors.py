"""Priors: moving a rate to the firm's base gives what shrinking by hand would have given."""

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.priors import Prior, Priors

RATES = st.floats(0.01, 0.99)
HISTORY = st.integers(0, 500).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count)))


def _shrunk(hits: int, count: int, *, prior: float, weight: float) -> float:
    return (hits + weight * prior) / (count + weight)


@pytest.mark.parametrize("counts_hits", [False, True])
@settings(max_examples=60, deadline=None)
@given(HISTORY, RATES, RATES, st.floats(0.5, 20.0))
def test_moving_the_prior_equals_shrinking_by_hand(
    counts_hits: bool, history: tuple[int, int], fixed: float, base: float, weight: float
) -> None:
    count, hits = history
    row = np.array([[_shrunk(hits, count, prior=fixed, weight=weight), hits if counts_hits else count]])
    moved = Priors((Prior(0, 1, fixed, weight, base, counts_hits=counts_hits),))(row)
    assert moved[0, 0] == pytest.approx(_shrunk(hits, count, prior=base, weight=weight), abs=1e-9)
    assert moved[0, 1] == row[0, 1]


def test_a_client_without_history_gets_exactly_the_base_rate() -> None:
    row = np.array([[0.3, 0.0]])
    assert Priors((Prior(0, 1, 0.3, 4.0, 0.12),))(row)[0, 0] == pytest.approx(0.12)


def test_the_rows_that_come_in_stay_as_they_are() -> None:
    row = np.array([[0.3, 2.0]])
    Priors((Prior(0, 1, 0.3, 4.0, 0.12),))(row)
    assert row.tolist() == [[0.3, 2.0]]


def test_a_missing_rate_stays_missing() -> None:
    assert np.isnan(Priors((Prior(0, 1, 0.3, 4.0, 0.12),))(np.array([[np.nan, 2.0]]))[0, 0])


def test_without_columns_nothing_moves() -> None:
    X = np.eye(3)
    assert Priors()(X) is X


def test_priors_survive_json() -> None:
    priors = Priors((Prior(0, 1, 0.3, 4.0, 0.12), Prior(2, 3, 0.1, 8.0, 0.07, counts_hits=True)))
    assert Priors.from_dict(orjson.loads(orjson.dumps(priors.to_dict()))) == priors
