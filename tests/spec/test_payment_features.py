"""How the client pays: settled 10, 50 and 99 days in, 0, 20 and 9 days late; y is overdue, z is open."""

import math
import statistics

from tests.features.builders import feature, make
from tests.spec.client_past import MINE, PAST
from tests.spec.spec_tables import check, specified

LATE = {60.5: 0, 50.5: 20, 1.5: 9}


def decayed(values: dict[float, float], half_life: float) -> float:
    """Mean of values by age, each weighing half as much per half-life."""
    weights = {age: 2 ** (-age / half_life) for age in values}
    return sum(weights[age] * value for age, value in values.items()) / sum(weights.values())


@specified(
    paid_count=3, late_rate_0=(2 + 5 * 0.4) / 8, late_rate_15=(1 + 5 * 0.2) / 8, late_rate_30=0.5 / 8,
    late_rate_recent=(2 + 2 * 0.5) / 5, late_rate_with_overdue=(2 + 1 + 5 * 0.4) / 9, days_late_mean=29 / 3,
    days_late_median=9, days_late_high=9 + 0.8 * 11, days_late_decayed=decayed(LATE, 90), days_late_last3=29 / 3,
    days_late_std=statistics.stdev(LATE.values()), days_late_trend=0, days_to_pay_mean=(50 + 30 + 39) / 3,
    days_since_settlement=1.5, open_count=2, open_amount_ratio=3.5, overdue_count=1, overdue_share=0.5,
    overdue_amount_ratio=3, days_since_payment=10.5,
)  # fmt: skip
def test_how_the_client_has_paid(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *PAST, make("payment", known=90), at=100.5)


@specified(
    late_rate_90d=(3 + 2 * 5 / 9) / 5, late_rate_365d=(3 + 2 * 5 / 9) / 6, late_rate_last10=(3 + 2 * 5 / 9) / 6,
    late_streak=3,
)  # fmt: skip
def test_rates_over_several_windows(name: str, expected: float | None) -> None:
    """On day 135 the settlement of day 40 is out of the 90 days, and y has been settled, 25 days late."""
    check(name, expected, MINE, *PAST, at=135.5)


@specified(
    late_rate_decayed=decayed({60.5: 0, 50.5: 1, 1.5: 1}, 90), days_late_decayed_30=decayed(LATE, 30),
    pay_weekday_share=2 / 3, due_to_pay_weekday=4, pay_month_part_share=2 / 3, due_to_pay_month_part=0,
)  # fmt: skip
def test_when_the_client_pays(name: str, expected: float | None) -> None:
    """Paid on Saturday 10 February, Tuesday 20 February and Tuesday 9 April; due on Friday 10 May."""
    check(name, expected, MINE, *PAST, at=100.5)


def test_the_next_pay_run_may_lie_in_the_next_month() -> None:
    due_mid_may = make("invoice", known=100, invoice_date=100, due_date=135)
    assert feature("due_to_pay_month_part", due_mid_may, *PAST, at=100.5) == 16 + 6


def test_a_client_without_history_has_only_the_priors() -> None:
    assert feature("late_rate_0", MINE, at=101) == feature("late_rate_90d", MINE, at=101) == 0.4
    assert math.isnan(feature("days_late_mean", MINE, at=101))
    assert math.isnan(feature("amount_z", MINE, at=101))
