"""Geometry of the few small charts: numbers in, coordinates for an SVG template out. No styling, no words."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Curve:
    """A falling curve of shares over days, with the area below it."""

    line: str
    area: str
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    due: float
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM
    top: float = TOP


def bar_chart(values: Sequence[tuple[str, float]]) -> BarChart | None:
    """Bars of ``(label, value)`` on one axis that always shows zero; ``None`` without values."""
    if not values:
        return None
    numbers = [value for _, value in values]
    step = _step(max(max(numbers), 0.0) - min(min(numbers), 0.0))
    high, low = max(ceil(max(numbers) / step), 1) * step, min(-ceil(-min(numbers) / step), 0) * step
    scale = (HEIGHT - TOP - BOTTOM) / (high - low)

    def y_of(value: float) -> float:
        return round(TOP + (high - value) * scale, 1)

    slot = (WIDTH - LEFT - RIGHT) / len(values)
    width = round(min(slot * 0.7, 18.0), 1)
    bars = [_bar(LEFT + slot * place + (slot - width) / 2, width, value, y_of, label)
            for place, (label, value) in enumerate(values)]  # fmt: skip
    ticks = [Tick(y_of(level), str(level)) for level in range(int(low), int(high) + 1, step)]
    return BarChart(tuple(bars), tuple(ticks), y_of(0.0))


def _bar(x: float, width: float, value: float, y_of: object, label: str) -> Bar:
    assert callable(y_of)
    top, bottom = sorted((y_of(value), y_of(0.0)))
    return Bar(round(x, 1), top, width, round(max(bottom - top, 1.0), 1), value > 0, label)


def _step(spread: float) -> int:
    return next((step for step in NICE_STEPS if spread / step <= 4), NICE_STEPS[-1])


def survival_curve(points: Sequence[tuple[int, float]]) -> Curve | None:
    """P(more than k days late) over k; ``None`` with fewer than two points."""
    if len(points) < 2:
        return None
    first, last = points[0][0], points[-1][0]
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x_of(day: float) -> float:
        return round(LEFT + across * (day - first) / (last - first), 1)

    def y_of(share: float) -> float:
        return round(TOP + down * (1 - share), 1)

    line = " ".join(f"{x_of(day)},{y_of(share)}" for day, share in points)
    area = f"{x_of(first)},{y_of(0)} {line} {x_of(last)},{y_of(0)}"
    step = _step(last - first)
    days = [Tick(x_of(day), str(day)) for day in range(ceil(first / step) * step, last + 1, step)]
    shares = [Tick(y_of(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)]
    return Curve(line, area, tuple(days), tuple(shares), x_of(min(max(0, first), last)))
