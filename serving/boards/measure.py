"""From rows to numbers: one figure over a period, by week or month, by a dimension, and before against after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Connection

from serving.boards.kpi import Kpi, Shape
from serving.boards.placing import AXES, SPREAD, placed, spanned
from serving.boards.scope import Dimension, Scope
from serving.boards.survival import Z, arrays_of, median
from serving.sql import Row, only, rows

MOST_BUCKETS: Final = 200
_ADDED: Final = """count(*) FILTER (WHERE hit)::int AS hits, count(*) FILTER (WHERE hit IS NOT NULL)::int AS known,
       count(*)::int AS among, sum(part_in_group) AS part, sum(whole_in_group) AS whole"""
_FIGURES: Final = f"""
SELECT bucket, {_ADDED}, sum(part_in_group * (at - day)) AS aged FROM placed GROUP BY bucket
"""  # noqa: S608 - constants
# The same of rows that were added up by day before.
_FIGURES_OF_DAYS: Final = """
SELECT bucket, sum(hits) AS hits, sum(known) AS known, sum(among) AS among, sum(part) AS part, sum(whole) AS whole,
       sum(part * (at - day)) AS aged
FROM placed GROUP BY bucket
"""
_TREND: Final = sql.SQL(SPREAD).format(added=sql.SQL(_ADDED)) + sql.SQL(_FIGURES_OF_DAYS)
_DURATIONS: Final = "array_agg(value) AS values, array_agg(coalesce(hit, false)) AS ended"
_DURATIONS_BY: Final = f"SELECT bucket, {_DURATIONS} FROM placed GROUP BY bucket"  # noqa: S608 - constants
_DURATIONS_SPANNED: Final = f"""
SELECT {_DURATIONS}, array_agg(within) AS within, array_agg(coalesce(first, 0)) AS first, array_agg(last) AS last
FROM spanned
"""  # noqa: S608 - constants
_APART: Final = """
SELECT currency, count(*) AS rows, sum(part) AS part, sum(whole) AS whole FROM placed
WHERE rate IS NULL AND currency IS NOT NULL AND (part IS NOT NULL OR whole IS NOT NULL) GROUP BY currency ORDER BY 1
"""


@dataclass(frozen=True)
class Measure:
    """One number with what it rests on.

    Attributes:
        value: in the figure's unit; ``None`` where nothing can be said.
        hits, known, among: rows that count, whose answer is known, and all.
        low, high: 95 % interval of shares and medians; ``high`` is empty where it lies beyond what was seen.
    """

    value: float | None
    hits: int = 0
    known: int = 0
    among: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def unknown(self) -> int:
        """Rows whose answer is not known yet; of medians, those still pending."""
        return self.among - self.known


@dataclass(frozen=True)
class Apart:
    """Money in a currency without a known rate: in no sum, but never silently dropped."""

    currency: str
    rows: int
    amount: Decimal


NOTHING: Final = Measure(None)


def overall(connection: Connection, kpi: Kpi, scope: Scope) -> Measure:
    """The figure over the period."""
    return _by(connection, kpi, scope, "''").get("", _empty(kpi))


def by(connection: Connection, kpi: Kpi, scope: Scope, dimension: Dimension) -> dict[str | None, Measure]:
    """The figure for each value of a dimension; ``None`` gathers rows that have none."""
    return _by(connection, kpi, scope, AXES[dimension])


def _by(connection: Connection, kpi: Kpi, scope: Scope, bucket: str) -> dict[Any, Measure]:
    figures = sql.SQL(_DURATIONS_BY if kpi.shape is Shape.MEDIAN else _FIGURES)
    found = rows(connection, placed(kpi, scope, bucket=bucket) + figures, scope.parameters())
    measure = _of_durations if kpi.shape is Shape.MEDIAN else partial(_measure, kpi)
    return {row["bucket"]: measure(row) for row in found}


def with_trend(
    connection: Connection, kpi: Kpi, scope: Scope, spans: Sequence[tuple[date, date]]
) -> tuple[Measure, list[Measure]]:
    """The figure over the period, and over each of some spans that follow one another."""
    lasts = [min(last, scope.today) for _, last in spans]
    parameters = {"firsts": [first for first, _ in spans], "lasts": lasts, **scope.parameters()}
    if kpi.shape is Shape.MEDIAN:
        row = only(connection, spanned(kpi, scope) + sql.SQL(_DURATIONS_SPANNED), parameters)
        return _medians(row, len(spans))
    found = rows(connection, spanned(kpi, scope) + _TREND, parameters)
    measures = {row["bucket"]: _measure(kpi, row) for row in found}
    return measures.get(None, _empty(kpi)), [measures.get(first, _empty(kpi)) for first, _ in spans]


def _medians(row: Row, spans: int) -> tuple[Measure, list[Measure]]:
    if row["values"] is None:
        return NOTHING, [NOTHING] * spans
    values, ended = arrays_of(row)
    first, last = np.array(row["first"]), np.array(row["last"])
    chosen = [
        np.array(row["within"]),
        *((first > 0) & (first <= span) & (span <= last) for span in range(1, spans + 1)),
    ]
    whole, *points = (_duration(values[some], ended[some]) for some in chosen)
    return whole, points


def _of_durations(row: Row) -> Measure:
    return _duration(*arrays_of(row))


def _duration(values: NDArray[np.float64], ended: NDArray[np.bool_]) -> Measure:
    found, hits = median(values, ended), int(ended.sum())
    return Measure(found.value, hits, hits, len(values), found.low, found.high)


def apart(connection: Connection, kpi: Kpi, scope: Scope) -> list[Apart]:
    """Money of the period that no known rate turns into the group currency."""
    query = placed(kpi, scope, bucket="''") + sql.SQL(_APART)
    return [
        Apart(row["currency"], row["rows"], row["part"] or row["whole"] or Decimal(0))
        for row in rows(connection, query, scope.parameters())
    ]


def _empty(kpi: Kpi) -> Measure:
    """Of no rows: nothing happened is a number, no answer is none."""
    return Measure(0.0) if kpi.shape in (Shape.COUNT, Shape.SUM) else NOTHING


def _measure(kpi: Kpi, row: Row) -> Measure:
    hits, known, among = row["hits"], row["known"], row["among"]
    value, low, high = None, None, None
    match kpi.shape:
        case Shape.COUNT:
            value = float(hits)
        case Shape.SHARE if known:
            value, (low, high) = hits / known, wilson(hits, known)
        case Shape.SUM:
            value = float(row["part"] or 0)
        case Shape.RATIO if row["whole"]:
            value = float((row["part"] or 0) / row["whole"]) * kpi.factor
        case Shape.AGE if row["part"]:
            value = float(row["aged"] / row["part"])
        case _:
            pass
    return Measure(value, hits, known, among, low, high)


def wilson(hits: int, known: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson)."""
    share, square = hits / known, Z * Z
    middle = (share + square / (2 * known)) / (1 + square / known)
    half = Z / (1 + square / known) * sqrt(share * (1 - share) / known + square / (4 * known * known))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
