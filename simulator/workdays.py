"""Working days per country, month ends and the seasons in which people are slow."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta

from holidays import country_holidays

_DAYS_PER_WEEK = 5


class Workdays:
    """The working days of one country (weekends and public holidays off; source: the ``holidays`` package)."""

    def __init__(self, country: str, first: date, last: date) -> None:
        off = country_holidays(country, years=range(first.year, last.year + 1))
        span = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        self._days = [day for day in span if day.weekday() < _DAYS_PER_WEEK and day not in off]

    def shift(self, day: date, count: int = 0) -> date:
        """The first working day on or after ``day``, and then ``count`` working days on (or back)."""
        index = bisect_left(self._days, day) + count
        return self._days[min(max(index, 0), len(self._days) - 1)]


def month_start(day: date, months: int = 0) -> date:
    """First day of the month ``months`` after the one that holds ``day``."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_end(day: date) -> date:
    """Last day of the month that holds ``day``."""
    return month_start(day, 1) - timedelta(days=1)


def near_month_end(day: date) -> bool:
    """Within three days of a month's turn."""
    return day.day <= 3 or (day + timedelta(days=3)).month != day.month


def near_quarter_end(day: date) -> bool:
    """Within three days of a quarter's turn."""
    if day.day <= 3:
        return day.month % 3 == 1
    return day.month % 3 == 0 and near_month_end(day)


def leave_season(day: date) -> bool:
    """August, and the two weeks around New Year: many are away."""
    return day.month == 8 or (day.month == 12 and day.day >= 20) or (day.month == 1 and day.day <= 5)


def at(day: date, hour: float) -> datetime:
    """A moment of a day (UTC), whole seconds."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=int(hour * 3600))
