"""Whether a figure changed: two measures of the same figure, and whether chance alone could explain the difference."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt
from typing import Final

from sqlalchemy import Connection

from serving.boards.kpi import Better, Kpi, Shape
from serving.boards.measure import Measure, overall
from serving.boards.scope import Scope
from serving.boards.survival import Z

FEWEST: Final = 5  # rows on either side, below which no difference is told


class Says(StrEnum):
    """What may be said of a difference."""

    UP = "clearly up"
    DOWN = "clearly down"
    CHANCE = "within chance"
    FEW = "too few to say"
    SUMS = "no interval for sums"  # a few large amounts make a sum; nothing here tells how it would vary


@dataclass(frozen=True)
class Change:
    """A figure over two periods.

    Attributes:
        days: length of the two periods, by which counts and sums are compared.
        says: whether the difference is more than chance.
        good: whether it went the good way; ``None`` when there is no good way or no clear difference.
    """

    before: Measure
    after: Measure
    days: tuple[int, int]
    says: Says
    good: bool | None


def around(connection: Connection, kpi: Kpi, scope: Scope, day: date) -> Change:
    """The period before a day against the period from it on."""
    first, second = scope.between(scope.since, day - timedelta(days=1)), scope.between(day, scope.until)
    return change(kpi, (overall(connection, kpi, first), overall(connection, kpi, second)), (first.days, second.days))


def change(kpi: Kpi, measures: tuple[Measure, Measure], days: tuple[int, int]) -> Change:
    """Two measures of a figure side by side."""
    says = _says(kpi, measures, days)
    good = None
    if says in (Says.UP, Says.DOWN) and kpi.better is not Better.NEITHER:
        good = (says is Says.UP) == (kpi.better is Better.UP)
    return Change(*measures, days, says, good)


def _says(kpi: Kpi, measures: tuple[Measure, Measure], days: tuple[int, int]) -> Says:
    before, after = measures
    if kpi.shape in (Shape.SUM, Shape.RATIO, Shape.AGE):
        return Says.SUMS
    if kpi.shape is Shape.COUNT:
        return _counts((before.hits, after.hits), (1, 1) if kpi.stock else days)
    if min(before.known, after.known) < FEWEST or before.low is None or after.low is None:
        return Says.FEW
    if before.high is not None and after.low > before.high:
        return Says.UP
    if after.high is not None and before.low > after.high:
        return Says.DOWN
    return Says.CHANCE


def _counts(hits: tuple[int, int], days: tuple[int, int]) -> Says:
    """Counts a day, each as uncertain as rare independent events are."""
    if sum(hits) < 2 * FEWEST:
        return Says.FEW
    before, after = (count / length for count, length in zip(hits, days, strict=True))
    error = sqrt(sum(count / length**2 for count, length in zip(hits, days, strict=True)))
    if abs(after - before) <= Z * error:
        return Says.CHANCE
    return Says.UP if after > before else Says.DOWN
