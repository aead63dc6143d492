"""Working days, month turns and seasons."""

from datetime import date

import pytest

from simulator.workdays import Workdays, at, leave_season, month_end, month_start, near_month_end, near_quarter_end

DAYS = Workdays("DE", date(2025, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "wanted"),
    [
        (date(2026, 1, 3), 0, date(2026, 1, 5)),  # Saturday
        (date(2026, 1, 1), 0, date(2026, 1, 2)),  # New Year
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 7, 1), -1, date(2026, 6, 30)),
        (date(2030, 1, 1), 5, date(2026, 12, 31)),  # beyond what was asked for: the last day
    ],
)
def test_shifting_lands_on_working_days(day: date, count: int, wanted: date) -> None:
    assert DAYS.shift(day, count) == wanted


def test_months_are_counted_over_the_year() -> None:
    assert month_start(date(2025, 11, 20), 3) == date(2026, 2, 1)
    assert month_start(date(2026, 1, 20), -1) == date(2025, 12, 1)
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2026, 3, 30), True, True),
        (date(2026, 4, 2), True, True),
        (date(2026, 4, 29), True, False),
        (date(2026, 5, 3), True, False),
        (date(2026, 6, 15), False, False),
    ],
)
def test_turns_of_month_and_quarter_are_told_apart(day: date, *, month: bool, quarter: bool) -> None:
    assert (near_month_end(day), near_quarter_end(day)) == (month, quarter)


def test_people_are_away_in_august_and_at_new_year() -> None:
    away = [date(2026, 8, 10), date(2025, 12, 24), date(2026, 1, 4)]
    assert all(map(leave_season, away))
    assert not leave_season(date(2026, 1, 20))


def test_a_moment_has_whole_seconds_in_utc() -> None:
    assert at(date(2026, 1, 2), 9.5).isoformat() == "2026-01-02T09:30:00+00:00"
