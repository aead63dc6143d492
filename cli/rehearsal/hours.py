"""When people of the rehearsal work: on weekdays, from a quarter past eight to half past five (UTC)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from statistics import NormalDist
from typing import Final

from serving.chance import drawn

Draw = Callable[..., float]
OPENS: Final = time(8, 15, tzinfo=UTC)
CLOSES: Final = time(17, 30, tzinfo=UTC)
_LENGTH: Final = timedelta(hours=9, minutes=15)
_SATURDAY: Final = 5


def draws_of(seed: int) -> Draw:
    """Numbers in [0, 1) that depend on the seed, a purpose and what is drawn, and on nothing else."""

    def draw(purpose: str, *parts: str) -> float:
        return drawn("rehearsal", str(seed), purpose, *parts)

    return draw


def minutes(share: float, *, median: float, spread: float) -> timedelta:
    """A log-normal length of time, by its quantile."""
    steps = NormalDist().inv_cdf(min(max(share, 0.001), 0.999))
    return timedelta(seconds=round(60 * median * exp(spread * steps)))


def is_workday(day: date) -> bool:
    """Whether people work."""
    return day.weekday() < _SATURDAY


def workdays(first: date, last: date) -> list[date]:
    """The working days of a span, both ends included."""
    span = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in span if is_workday(day)]


def at_work(moment: datetime) -> datetime:
    """The moment if people work then, or when they begin again."""
    begins = datetime.combine(moment.date(), OPENS)
    if is_workday(moment.date()) and moment <= datetime.combine(moment.date(), CLOSES):
        return max(moment, begins)
    following = moment.date() + timedelta(days=1)
    while not is_workday(following):
        following += timedelta(days=1)
    return datetime.combine(following, OPENS)


def some_time(moment: datetime, *, days: int, share: float) -> datetime:
    """A moment at work, so many working days after another one; never before it."""
    day = at_work(moment).date()
    for _ in range(days):
        day = at_work(datetime.combine(day, CLOSES) + timedelta(hours=1)).date()
    return max(at_work(moment), datetime.combine(day, OPENS) + share * _LENGTH)
