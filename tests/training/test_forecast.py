"""Past Mondays replayed on a simulated firm."""

from functools import cache

import numpy as np

from tests.training.firm import CONFIG, dataset
from training.fit_delay import fit_delay, scorable
from training.forecast import WEEKS, Replayed, judge, replay
from training.splits import holdout


@cache
def replayed() -> tuple[Replayed, ...]:
    rows = scorable(dataset(), np.arange(len(dataset())))
    fold = holdout(dataset().as_of[rows], share=0.4)
    return tuple(replay(dataset(), fit_delay(dataset(), fold.cut, CONFIG), rows[fold.after]))


def test_every_forecast_has_all_its_weeks_and_only_mondays() -> None:
    cuts = {week.cut for week in replayed()}
    assert len(replayed()) == WEEKS * len(cuts) > 0
    assert {(cut + 3) % 7 for cut in cuts} == {0}


def test_the_forecast_beats_the_clients_usual_days_late() -> None:
    figures = judge(list(replayed()))
    assert figures is not None
    assert figures.error.low <= figures.error.value <= figures.error.high
    assert figures.error.value < figures.naive_error
    assert figures.coverage > 0.5


def test_nothing_that_came_in_is_nothing_to_judge() -> None:
    assert judge([Replayed(0, 0, 0.0, 1.0, 0.0, 2.0, 1.0)]) is None
