"""What a board is narrowed to: a period, a moment of knowledge, and dimensions."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final


class Dimension(StrEnum):
    """By what figures can be narrowed and broken down."""

    ENTITY = "entity"
    REGION = "region"
    SERVICE_LINE = "service_line"
    SEGMENT = "segment"
    CLIENT = "client"
    OWN = "own"  # the figure's own: approver, reviewer, cause …


FILTERS: Final = tuple(dimension for dimension in Dimension if dimension is not Dimension.OWN)


class Step(StrEnum):
    """How fine a trend is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Scope:
    """Which rows a figure is made of.

    Attributes:
        since, until: first and last day of the period.
        as_of: only what was known before this moment.
        only: dimension → the one value that is looked at.
    """

    since: date
    until: date
    as_of: datetime
    only: dict[Dimension, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the moment, UTC."""
        return self.as_of.astimezone(UTC).date()

    @property
    def at(self) -> date:
        """The day at whose end stocks are taken: the last of the period that has come."""
        return min(self.until, self.today)

    @property
    def days(self) -> int:
        """Days of the period that have come; at least one."""
        return max(1, (self.at - self.since).days + 1)

    def between(self, since: date, until: date) -> "Scope":
        """The same over another period."""
        return replace(self, since=since, until=until)

    def parameters(self) -> dict[str, Any]:
        """For the statements of ``measure.py`` and the rows of figures."""
        narrowed = {f"only_{dimension}": value for dimension, value in self.only.items()}
        return {"since": self.since, "until": self.until, "at": self.at, "as_of": self.as_of, "today": self.today,
                **narrowed}  # fmt: skip


def of_week(day: date, now: datetime) -> Scope:
    """The week (Monday to Sunday) of a day, as it was known when it ended, or is known now."""
    monday = day - timedelta(days=day.weekday())
    end = datetime.combine(monday + timedelta(days=7), time(), UTC)
    return Scope(monday, monday + timedelta(days=6), min(now, end))


def steps(scope: Scope, step: Step) -> list[tuple[date, date]]:
    """First and last day of each week or month that the period touches, oldest first, none begun after the moment."""
    start, found = _start(scope.since, step), []
    while start <= scope.at:
        following = _next(start, step)
        found.append((start, following - timedelta(days=1)))
        start = following
    return found


def _start(day: date, step: Step) -> date:
    return day.replace(day=1) if step is Step.MONTH else day - timedelta(days=day.weekday())


def _next(start: date, step: Step) -> date:
    if step is Step.WEEK:
        return start + timedelta(days=7)
    return (start + timedelta(days=31)).replace(day=1)
