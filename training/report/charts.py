"""Geometry of the report's charts: points in, coordinates and tick labels for the SVG template out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.arrays import FloatArray
from training.report.points import Bin

WIDTH, HEIGHT = 340.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 42.0, 20.0, 12.0, 38.0
TICKS = 5


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in the drawing's units."""

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A named line; ``style`` is its class in the style sheet (``ours``, ``theirs`` or ``third``)."""

    name: str
    style: str
    path: str


@dataclass(frozen=True)
class Dot:
    """A point with its interval, and the words for who points at it."""

    x: float
    y: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Chart:
    """One figure of the report.

    Attributes:
        key: unique within the page, for the accessible names.
        title, caption: what it shows, and how to read it.
        x_title, y_title: the axes in words.
        lines, dots: what is drawn.
        x_ticks, y_ticks: labelled places.
        diagonal: path of the reference line, empty without one.
    """

    key: str
    title: str
    caption: str
    x_title: str
    y_title: str
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...] = ()
    diagonal: str = ""
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    base: float = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Words:
    """What is said around a chart."""

    key: str
    title: str
    caption: str
    x_title: str
    y_title: str


@dataclass(frozen=True)
class Drawn:
    """What is drawn: named series of points (m, 2) in the order of the styles, bins, and the ends of the axes."""

    series: Sequence[tuple[str, FloatArray]]
    bins: Sequence[Bin] = ()
    highest: tuple[float, float] = (1.0, 1.0)
    diagonal: bool = False
    styles: tuple[str, ...] = field(default=("ours", "theirs", "third"))


def chart(words: Words, drawn: Drawn) -> Chart:
    """Both axes begin at zero and are shares."""
    x_end, y_end = drawn.highest

    def x_of(value: float) -> float:
        return round(LEFT + min(value / x_end, 1.0) * (WIDTH - LEFT - RIGHT), 1)

    def y_of(value: float) -> float:
        return round(HEIGHT - BOTTOM - min(value / y_end, 1.0) * (HEIGHT - TOP - BOTTOM), 1)

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x_of(x):g} {y_of(y):g}" for x, y in points)

    lines = [
        Line(name, style, path(points.tolist()))
        for (name, points), style in zip(drawn.series, drawn.styles, strict=False)
    ]
    dots = [
        Dot(x_of(one.predicted), y_of(one.observed), y_of(one.low), y_of(one.high), bin_words(one))
        for one in drawn.bins
    ]
    end = min(x_end, y_end)
    return Chart(
        **vars(words),
        lines=tuple(lines),
        dots=tuple(dots),
        x_ticks=tuple(Tick(x_of(at), label) for at, label in _ticks(x_end)),
        y_ticks=tuple(Tick(y_of(at), label) for at, label in _ticks(y_end)),
        diagonal=path([(0.0, 0.0), (end, end)]) if drawn.diagonal else "",
    )


def bin_words(one: Bin) -> str:
    """One bin in a sentence."""
    return f"said {one.predicted:.1%}, came {one.observed:.1%} ({one.low:.1%} to {one.high:.1%}), {one.rows:,} invoices"


def nice_end(largest: float) -> float:
    """A round end of an axis of shares, at least ``largest`` and at most 1."""
    return next((end for end in (0.02, 0.05, 0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.8) if end >= largest), 1.0)


def _ticks(end: float) -> list[tuple[float, str]]:
    places = [end * place / TICKS for place in range(TICKS + 1)]
    whole = all(abs(place * 100 - round(place * 100)) < 1e-6 for place in places)
    return [(place, f"{place:.0%}" if whole else f"{place:.1%}") for place in places]
