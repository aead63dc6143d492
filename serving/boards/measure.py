"""From rows to numbers: one figure over a period, by week or month, by a dimension, and before against after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection

from serving.boards.kpi import Kpi, Shape
from serving.boards.placing import AXES, placed, placed_in_spans
from serving.boards.scope import Dimension, Scope
from serving.sql import Row, rows

Z: Final = 1.959963984540054  # 95 %
MOST_BUCKETS: Final = 200
_FIGURES: Final = """
SELECT bucket, count(*) FILTER (WHERE hit) AS hits, count(*) FILTER (WHERE hit IS NOT NULL) AS known,
       count(*) AS among, sum(part_in_group) AS part, sum(whole_in_group) AS whole,
       sum(part_in_group * (at - day)) AS aged
FROM placed GROUP BY bucket
"""
# Kaplan-Meier with Greenwood's variance: rows that do not count yet are known to last at least so long. What is left at
# a value is all of the bucket less what ended before, so that values are put in order once.
_MEDIANS: Final = """
, figures AS ({figures}), tied AS (
    SELECT bucket, value, count(*) FILTER (WHERE hit)::float8 AS done, count(*)::float8 AS n
    FROM placed WHERE value IS NOT NULL GROUP BY bucket, value
), risk AS (
    SELECT *, sum(n) OVER (PARTITION BY bucket) - sum(n) OVER (PARTITION BY bucket ORDER BY value) + n AS left_over
    FROM tied
), curve AS (
    SELECT bucket, value, exp(sum(ln(greatest(1 - done / left_over, 1e-300))) OVER w) AS share,
           sum(CASE WHEN left_over > done THEN done / (left_over * (left_over - done)) ELSE 0 END) OVER w AS spread
    FROM risk WINDOW w AS (PARTITION BY bucket ORDER BY value)
), medians AS (
    SELECT bucket, min(value) FILTER (WHERE share <= 0.5 + 1e-9) AS median,
           min(value) FILTER (WHERE share - {z} * share * sqrt(spread) <= 0.5 + 1e-9) AS low,
           min(value) FILTER (WHERE share + {z} * share * sqrt(spread) <= 0.5 + 1e-9) AS high
    FROM curve GROUP BY bucket
)
SELECT * FROM figures LEFT JOIN medians USING (bucket)
"""
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
    return _measured(connection, kpi, placed(kpi, scope, bucket="''"), scope.parameters()).get("", _empty(kpi))


def by(connection: Connection, kpi: Kpi, scope: Scope, dimension: Dimension) -> dict[str | None, Measure]:
    """The figure for each value of a dimension; ``None`` gathers rows that have none."""
    return _measured(connection, kpi, placed(kpi, scope, bucket=AXES[dimension]), scope.parameters())


def with_trend(
    connection: Connection, kpi: Kpi, scope: Scope, spans: Sequence[tuple[date, date]]
) -> tuple[Measure, list[Measure]]:
    """The figure over the period, and over each of some spans that follow one another."""
    lasts = [min(last, scope.today) for _, last in spans]
    parameters = {"firsts": [first for first, _ in spans], "lasts": lasts, **scope.parameters()}
    found = _measured(connection, kpi, placed_in_spans(kpi, scope), parameters)
    return found.get(None, _empty(kpi)), [found.get(first, _empty(kpi)) for first, _ in spans]


def apart(connection: Connection, kpi: Kpi, scope: Scope) -> list[Apart]:
    """Money of the period that no known rate turns into the group currency."""
    query = placed(kpi, scope, bucket="''") + sql.SQL(_APART)
    return [
        Apart(row["currency"], row["rows"], row["part"] or row["whole"] or Decimal(0))
        for row in rows(connection, query, scope.parameters())
    ]


def _measured(connection: Connection, kpi: Kpi, rows_of_kpi: sql.Composed, parameters: Row) -> dict[Any, Measure]:
    figures = sql.SQL(_FIGURES)
    medians = sql.SQL(_MEDIANS).format(figures=figures, z=sql.Literal(Z))
    query = medians if kpi.shape is Shape.MEDIAN else figures
    return {row["bucket"]: _measure(kpi, row) for row in rows(connection, rows_of_kpi + query, parameters)}


def _empty(kpi: Kpi) -> Measure:
    """Of no rows: nothing happened is a number, no answer is none."""
    return Measure(0.0) if kpi.shape in (Shape.COUNT, Shape.SUM) else NOTHING


def _measure(kpi: Kpi, row: Row) -> Measure:
    hits, known, among = row["hits"], row["known"], row["among"]
    value, low, high = None, row.get("low"), row.get("high")
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
        case Shape.MEDIAN:
            value, known = row["median"], hits
        case _:
            pass
    return Measure(value, hits, known, among, low, high)


def wilson(hits: int, known: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson)."""
    share, square = hits / known, Z * Z
    middle = (share + square / (2 * known)) / (1 + square / known)
    half = Z / (1 + square / known) * sqrt(share * (1 - share) / known + square / (4 * known * known))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
