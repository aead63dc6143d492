"""Geometry of the few small charts: numbers in, coordinates for an SVG template out. No styling, no words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import ceil

WIDTH, HEIGHT = 320.0, 120.0
LEFT, BOTTOM, TOP, RIGHT = 34.0, 18.0, 8.0, 8.0
NICE_STEPS = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365, 1000)


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in the drawing's units."""

    at: float
    label: str


@dataclass(frozen=True)
class Bar:
    """A bar with the value that it shows and the words for who points at it."""

    x: float
    y: float
    width: float
    height: float
    above: bool
    label: str
    marked: bool = False


@dataclass(frozen=True)
class BarChart:
    """Bars around a zero line, oldest first."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    zero: float
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT


def bar_chart(values: Sequence[tuple[str, float]], marked: Collection[int] = ()) -> BarChart | None:
    """Bars of ``(label, value)`` on one axis that always shows zero; ``None`` without values.

    Args:
        values: label and value of each bar, in order.
        marked: places of bars that carry a sign.
    """
    if not values:
        return None
    numbers = [value for _, value in values]
    step = step_for(max(max(numbers), 0.0) - min(min(numbers), 0.0))
    high, low = max(ceil(max(numbers) / step), 1) * step, min(-ceil(-min(numbers) / step), 0) * step
    scale = (HEIGHT - TOP - BOTTOM) / (high - low)

    def y_of(value: float) -> float:
        return round(TOP + (high - value) * scale, 1)

    slot = (WIDTH - LEFT - RIGHT) / len(values)
    width = round(min(slot * 0.7, 18.0), 1)
    bars = [
        replace(_bar(LEFT + slot * place + (slot - width) / 2, width, value, y_of, label), marked=place in marked)
        for place, (label, value) in enumerate(values)
    ]
    ticks = [Tick(y_of(level), str(level)) for level in range(int(low), int(high) + 1, step)]
    return BarChart(tuple(bars), tuple(ticks), y_of(0.0))


def _bar(x: float, width: float, value: float, y_of: object, label: str) -> Bar:
    assert callable(y_of)
    top, bottom = sorted((y_of(value), y_of(0.0)))
    return Bar(round(x, 1), top, width, round(max(bottom - top, 1.0), 1), value > 0, label)


def step_for(spread: float) -> int:
    """A round step that makes at most four of the spread."""
    return next((step for step in NICE_STEPS if spread / step <= 4), NICE_STEPS[-1])
