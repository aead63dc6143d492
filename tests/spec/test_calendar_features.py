"""Issued on Wednesday 2024-04-10, due on Friday 2024-05-10; in Germany 1 and 9 May are holidays."""

from tests.features.builders import make
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, specified


@specified(
    days_to_month_end=20, days_to_quarter_end=81, days_to_year_end=265, due_days_to_month_end=21,
    due_days_to_quarter_end=51,
    due_days_to_year_end=235, days_to_due=29, invoice_weekday=2, due_weekday=4, due_month=5, holidays_before_due=2,
    holidays_near_due=1, due_on_holiday=0,
)  # fmt: skip
def test_where_it_falls_in_the_calendar(name: str, expected: float | None) -> None:
    check(name, expected, MINE, make("client", country="DE"), at=101)


@specified(days_to_due=None, holidays_near_due=None, due_days_to_year_end=None)
def test_without_a_due_day_nothing_is_said(name: str, expected: float | None) -> None:
    check(name, expected, make("invoice", known=1), make("client", country="DE"), at=2)


@specified(due_on_holiday=1, holidays_near_due=1)
def test_a_due_day_on_a_holiday(name: str, expected: float | None) -> None:
    on_ascension_day = make("invoice", known=100, invoice_date=100, due_date=129)
    check(name, expected, on_ascension_day, make("client", country="DE"), at=101)
