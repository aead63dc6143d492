"""Boards as pages show them: rows of figures, charts, breakdowns, the links between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from serving.boards.board import Board, Line, Point
from serving.boards.compare import Change
from serving.boards.kpi import Kpi
from serving.boards.listing import Listing
from serving.boards.registry import GROUPS
from serving.boards.scope import FILTERS, Dimension, Step
from serving.boards.words import (
    change_text,
    dimension_text,
    interval_text,
    own_text,
    rests_on,
    value_text,
)
from serving.sql import Row
from serving.web import formats

WIDTH, HEIGHT, TOP, BOTTOM = 640.0, 168.0, 22.0, 20.0
SPARK_WIDTH, SPARK_HEIGHT = 96.0, 22.0
MOST_LABELS: Final = 14


@dataclass(frozen=True)
class Bar:
    """One period of a trend; ``low`` and ``high`` are the ends of its interval, if it has one."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    title: str
    label: str
    tick: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class FigureRow:
    """A figure on the overview."""

    title: str
    url: str
    definition: str
    value: str
    interval: str
    rests: str
    bars: tuple[Bar, ...]
    change: str
    tone: str


@dataclass(frozen=True)
class SliceRow:
    """A value of a dimension: its figure, and a bar from zero on the scale of all of them."""

    name: str
    url: str
    value: str
    interval: str
    rests: str
    length: float


@dataclass(frozen=True)
class ListedRow:
    """One row behind a figure."""

    row_id: str
    url: str
    invoice: str
    client: str
    project: str
    day: date | None
    value: str
    amount: str
    own: str


def place(path: str, parameters: Mapping[str, str], **more: object) -> str:
    """An address; parameters set to ``None`` are left out."""
    chosen = {**parameters, **more}
    query = urlencode({name: str(value) for name, value in chosen.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


def figure_groups(
    lines: Sequence[Line], parameters: Mapping[str, str], currency: str, step: Step
) -> list[tuple[str, list[FigureRow]]]:
    """Heading → its figures."""
    rows = {line.kpi.id: _figure_row(line, parameters, currency, step) for line in lines}
    return [(group, [rows[line.kpi.id] for line in lines if line.kpi.group == group]) for group in GROUPS]


def _figure_row(line: Line, parameters: Mapping[str, str], currency: str, step: Step) -> FigureRow:
    return FigureRow(
        title=line.kpi.title,
        url=place(f"/boards/{line.kpi.id}", parameters),
        definition=line.kpi.definition,
        value=value_text(line.kpi, line.measure.value, currency),
        interval=interval_text(line.kpi, line.measure),
        rests=rests_on(line.kpi, line.measure),
        bars=bars(line.kpi, line.points, step, (SPARK_WIDTH, SPARK_HEIGHT, 0, 0)),
        change="" if line.change is None else change_text(line.kpi, line.change, currency),
        tone=tone_of(line.change),
    )


def tone_of(change: Change | None) -> str:
    """``good``, ``bad`` or nothing; the words beside it say the same."""
    if change is None or change.good is None:
        return ""
    return "good" if change.good else "bad"


def bars(
    kpi: Kpi, points: Sequence[Point], step: Step, box: tuple[float, float, float, float] = (WIDTH, HEIGHT, TOP, BOTTOM)
) -> tuple[Bar, ...]:
    """The trend as bars from zero; periods without a value leave a gap."""
    width, height, top, bottom = box
    highest = max([abs(end) for point in points for end in (point.measure.value, point.measure.high) if end] or [1.0])
    slot, floor = width / max(len(points), 1), height - bottom

    def y_of(value: float) -> float:
        return round(floor - (floor - top) * max(value, 0.0) / highest, 1)

    found, every = list[Bar](), -(-len(points) // MOST_LABELS)
    for place_, point in enumerate(points):
        value, measure = point.measure.value, point.measure
        labelled = (len(points) - 1 - place_) % every == 0
        said = value_text(kpi, value)
        found.append(
            Bar(
                x=round(place_ * slot + slot * 0.14, 1),
                y=y_of(value or 0),
                width=round(slot * 0.72, 1),
                height=round(floor - y_of(value or 0), 1),
                middle=round((place_ + 0.5) * slot, 1),
                title=f"{_tick(point.first, step, full=True)}: {said}, {rests_on(kpi, measure)}",
                label=short(value, said) if labelled else "",
                tick=_tick(point.first, step) if labelled else "",
                low=None if measure.low is None or measure.high is None else y_of(measure.low),
                high=None if measure.low is None or measure.high is None else y_of(measure.high),
            )
        )
    return tuple(found)


def short(value: float | None, said: str) -> str:
    """A label that fits over a bar: ``2.4 m``, ``310 k``."""
    if value is None or abs(value) < 10_000:
        return said
    return f"{value / 1e6:,.1f} m" if abs(value) >= 1e6 else f"{value / 1e3:,.0f} k"


def _tick(first: date, step: Step, *, full: bool = False) -> str:
    if step is Step.WEEK:
        return f"Week from {formats.day(first)}" if full else f"{first.day} {first:%b}"
    return f"{first:%B %Y}" if full else f"{first:%b}"


def slice_rows(board: Board, parameters: Mapping[str, str]) -> list[SliceRow]:
    """The breakdown, each value leading to the same board narrowed to it."""
    kpi, dimension = board.line.kpi, board.dimension or Dimension.CLIENT
    highest = max([abs(one.measure.value) for one in board.slices if one.measure.value] or [1.0])
    return [
        SliceRow(
            name=own_text(kpi, one.value, one.name) if dimension is Dimension.OWN else one.name,
            url=place(
                f"/boards/{kpi.id}", parameters, **{dimension.value: one.value, "by": dimension.value, "offset": None}
            )
            if one.value
            else "",
            value=value_text(kpi, one.measure.value, board.currency),
            interval=interval_text(kpi, one.measure),
            rests=rests_on(kpi, one.measure),
            length=round(100 * max(one.measure.value or 0, 0) / highest, 1),
        )
        for one in board.slices
    ]


def dimension_links(kpi: Kpi, parameters: Mapping[str, str], chosen: Dimension | None) -> list[tuple[str, str, bool]]:
    """By what the figure may be broken down: title, address, chosen."""
    dimensions = (*((Dimension.OWN,) if kpi.own else ()), *FILTERS)
    return [(dimension_text(kpi, one), place(f"/boards/{kpi.id}", parameters, by=one.value), one is chosen)
            for one in dimensions]  # fmt: skip


def listed_rows(kpi: Kpi, listing: Listing, currency: str, names: Mapping[str, str]) -> list[ListedRow]:
    """The rows behind a figure, each leading to its case where there is one; ``names`` of the own dimension."""
    return [_listed_row(kpi, row, currency, names) for row in listing.rows]


def _listed_row(kpi: Kpi, row: Row, currency: str, names: Mapping[str, str]) -> ListedRow:
    amount: Any = row["part_in_group"] if row["part"] is not None else row["whole_in_group"]
    raw = row["part"] if row["part"] is not None else row["whole"]
    unconverted = "" if raw is None else f"{formats.money(raw)} {row['currency']}, no rate known"
    return ListedRow(
        row_id=row["row_id"],
        url=f"/cases/{row['case_id']}" if row["case_id"] else "",
        invoice=row["invoice_id"] or "",
        client=row["client"] or row["client_id"] or "",
        project=row["project"] or row["project_id"] or "",
        day=row["day"],
        value="" if row["value"] is None else value_text(kpi, row["value"]),
        amount=unconverted if amount is None else f"{formats.money(amount, cents=False)} {currency}",
        own=own_text(kpi, row["grp"], names.get(row["grp"], row["grp"] or "")),
    )
