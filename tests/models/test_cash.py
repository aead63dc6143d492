"""Cash by week: exact means, honest intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cash import Alike, Portfolio, alike_from, forecast, paid_by, paid_by_unsent
from models.hazards import EDGES, RELEASE_EDGES

HALF_LATE = np.where(EDGES < 0, 1.0, np.where(EDGES < 30, 0.5, 0.0))[None, :]


def portfolio(n: int = 40, weeks: int = 3) -> Portfolio:
    """Alike invoices of five clients, a third expected in each week."""
    chances = np.tile(np.arange(1, weeks + 1) / weeks, (n, 1))
    return Portfolio(np.full(n, 100.0), chances, np.arange(n) % 5, np.zeros(n, dtype=np.int64))


def test_the_mean_is_amount_times_chance() -> None:
    weeks = forecast(portfolio(), alike=Alike())
    assert [week.expected for week in weeks] == pytest.approx([40 * 100 / 3] * 3)
    assert all(week.low <= week.expected <= week.high for week in weeks)


def test_shared_luck_widens_the_interval_and_leaves_the_mean() -> None:
    alone, together = (forecast(portfolio(), alike=alike) for alike in (Alike(), Alike(client=0.4, firm=0.3)))
    assert [week.expected for week in alone] == [week.expected for week in together]
    assert together[0].high - together[0].low > 1.5 * (alone[0].high - alone[0].low)


def test_the_interval_of_independent_invoices_is_the_binomial_one() -> None:
    one_week, strangers = np.full((200, 1), 0.3), np.arange(200)
    drawn = Portfolio(np.ones(200), one_week, strangers, np.zeros(200, dtype=np.int64))
    (week,) = forecast(drawn, alike=Alike())
    spread = np.sqrt(200 * 0.3 * 0.7)
    assert week.low == pytest.approx(60 - 1.28 * spread, abs=1.5)
    assert week.high == pytest.approx(60 + 1.28 * spread, abs=1.5)


def test_an_empty_portfolio_brings_nothing() -> None:
    none = np.empty(0)
    empty = Portfolio(none, np.empty((0, 2)), none.astype(np.int64), none.astype(np.int64))
    assert [(week.expected, week.low, week.high) for week in forecast(empty, alike=Alike())] == [(0, 0, 0)] * 2


def test_the_same_seed_gives_the_same_interval() -> None:
    assert forecast(portfolio(), alike=Alike(0.1, 0.1)) == forecast(portfolio(), alike=Alike(0.1, 0.1))


@pytest.mark.parametrize(
    ("day", "expected"), [(-100, 0.0), (-0.5, 0.5 * 2.5 / 3), (0, 0.5), (20, 0.5 + 0.5 / 3), (500, 1.0)]
)
def test_a_curve_is_read_off_at_any_day(day: float, expected: float) -> None:
    assert paid_by(HALF_LATE, np.array([[day]]))[0, 0] == pytest.approx(expected)


@given(st.lists(st.floats(-60, 200), min_size=2, max_size=6).map(sorted))
def test_what_is_paid_by_a_day_is_paid_by_later_ones(days: list[float]) -> None:
    assert (np.diff(paid_by(HALF_LATE, np.array([days]))[0]) >= 0).all()


def test_an_invoice_not_sent_yet_is_paid_after_it_is_sent_and_due() -> None:
    sent_on_day_seven = np.where(RELEASE_EDGES < 7, 1.0, 0.0)[None, :]
    due_at_once = np.where(EDGES < 0, 1.0, 0.0)[None, :]
    chances = paid_by_unsent(due_at_once, sent_on_day_seven, np.array([1000.0]), np.array([30.0]), [1030, 1045])
    assert chances[0, 0] == 0.0
    assert chances[0, 1] == 1.0


def test_shared_luck_is_found_where_there_is_some() -> None:
    rng = np.random.default_rng(3)
    client, month = rng.integers(0, 40, 4000), rng.integers(0, 24, 4000)
    own, clients, months = rng.standard_normal(4000), rng.standard_normal(40), rng.standard_normal(24)
    mixed = np.sqrt(0.7) * own + np.sqrt(0.2) * clients[client] + np.sqrt(0.1) * months[month]
    found = alike_from(mixed, client, month)
    assert found.firm == pytest.approx(0.1, abs=0.06)
    assert found.client == pytest.approx(0.12, abs=0.1)
    assert alike_from(own, client, month).client < 0.01


def test_few_scores_tell_nothing_of_shared_luck() -> None:
    assert alike_from(np.ones(10), np.zeros(10, dtype=np.int64), np.zeros(10, dtype=np.int64)) == Alike()
