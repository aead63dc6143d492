"""Working hours of the rehearsal, and its draws."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cli.rehearsal.hours import at_work, draws_of, is_workday, minutes, some_time, workdays

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds


@given(moments)
def test_at_work_is_the_first_moment_of_work_from_then_on(moment: datetime) -> None:
    found = at_work(moment)
    assert found >= moment
    assert at_work(found) == found
    assert is_workday(found.date())


@given(moments, st.integers(0, 5), st.floats(0, 0.999))
def test_some_time_lies_at_work_and_not_before(moment: datetime, days: int, share: float) -> None:
    found = some_time(moment, days=days, share=share)
    assert found >= moment
    assert at_work(found) == found


def test_friday_evening_is_monday_morning() -> None:
    assert at_work(datetime(2026, 11, 20, 17, 31, tzinfo=UTC)) == datetime(2026, 11, 23, 8, 15, tzinfo=UTC)


def test_a_working_day_later_than_friday_is_monday() -> None:
    found = some_time(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), days=1, share=0.0)
    assert found == datetime(2026, 11, 23, 8, 15, tzinfo=UTC)


def test_a_week_has_five_working_days() -> None:
    assert workdays(date(2026, 11, 16), date(2026, 11, 22)) == [date(2026, 11, day) for day in range(16, 21)]


def test_half_of_the_lengths_are_below_the_median() -> None:
    assert minutes(0.5, median=7, spread=0.7) == timedelta(minutes=7)
    assert minutes(0.1, median=7, spread=0.7) < timedelta(minutes=7) < minutes(0.9, median=7, spread=0.7)


def test_a_draw_depends_on_seed_purpose_and_what_is_drawn() -> None:
    found = {draws_of(seed)(purpose, what) for seed in (1, 2) for purpose in ("a", "b") for what in ("x", "y")}
    assert len(found) == 8
    assert draws_of(1)("a", "x") == draws_of(1)("a", "x")
