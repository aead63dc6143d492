"""When will it be paid? The delay model's curve as a rising line over dates, with the span that holds eight in ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from serving.web.formats import day, days_late
from serving.web.presenters.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Tick, step_for

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
Points = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Mark:
    """The day by which half of such invoices are paid."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Payday:
    """The chart and what it says.

    Attributes:
        band: left and right end of the span that holds eight in ten, in the drawing's units.
        rows: days after the due date, date (empty where none is set) and share paid by then.
    """

    sentence: str
    line: str
    area: str
    band: tuple[float, float]
    mark: Mark | None
    due: float
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    rows: tuple[tuple[int, str, float], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM
    top: float = TOP


def payday(late: Points, due_on: date | None) -> Payday | None:
    """The chart of P(more than k days late) over k; ``None`` with fewer than two points."""
    if len(late) < 2:
        return None
    paid = [(k, 1 - share) for k, share in late]
    first, last = paid[0][0], paid[-1][0]

    def x_of(k: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (min(max(k, first), last) - first) / (last - first), 1)

    def y_of(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

    early, half, tardy = (quantile(paid, share) for share in (LOW, MIDDLE, HIGH))
    line = " ".join(f"{x_of(k)},{y_of(share)}" for k, share in paid)
    mark = None if half is None else Mark(x_of(half), y_of(MIDDLE), _when(half, due_on))
    return Payday(
        sentence=_sentence(early, half, tardy, last, due_on),
        line=line,
        area=f"{x_of(first)},{y_of(0)} {line} {x_of(last)},{y_of(0)}",
        band=(x_of(first if early is None else early), x_of(last if tardy is None else tardy)),
        mark=mark,
        due=x_of(0),
        days=_ticks(first, last, x_of),
        shares=tuple(Tick(y_of(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)),
        rows=tuple((k, "" if due_on is None else day(due_on + timedelta(days=k)), share) for k, share in paid),
    )


def quantile(paid: Points, share: float) -> float | None:
    """The days after the due date by which ``share`` of such invoices are paid, between points by a straight line.

    ``None`` when the curve ends before.
    """
    if paid[0][1] >= share:
        return float(paid[0][0])
    for (left, low), (right, high) in pairwise(paid):
        if high >= share:
            return left + (right - left) * (share - low) / (high - low)
    return None


def _ticks(first: int, last: int, x_of: object) -> tuple[Tick, ...]:
    assert callable(x_of)
    step = step_for(last - first)
    return tuple(Tick(x_of(k), f"{k:+d}" if k else "due") for k in range(ceil(first / step) * step, last + 1, step))


def _when(k: float, due_on: date | None) -> str:
    return days_late(k) if due_on is None else day(due_on + timedelta(days=round(k)))


def _sentence(early: float | None, half: float | None, tardy: float | None, last: int, due_on: date | None) -> str:
    if half is None:
        return f"More likely than not still unpaid {_at(last, due_on)}."
    start, by = _when(last if early is None else early, due_on), f"As likely as not paid by {_when(half, due_on)}"
    if tardy is None:
        return f"{by}; one in ten such invoices by {start}, and more than one in ten still unpaid {_at(last, due_on)}."
    return f"{by}; eight in ten such invoices between {start} and {_when(tardy, due_on)}."


def _at(k: float, due_on: date | None) -> str:
    return ("" if due_on is None else "on ") + _when(k, due_on)
