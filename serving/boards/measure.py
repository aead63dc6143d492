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
from serving.boards.scope import Dimension, Scope
from serving.sql import Row, rows

Z: Final = 1.959963984540054  # 95 %
MOST_BUCKETS: Final = 200
_AXES: Final[dict[Dimension, str]] = {
    Dimension.ENTITY: "coalesce(r.entity_id, p.entity_id)",
    Dimension.REGION: "coalesce(p.region, e.region)",
    Dimension.SERVICE_LINE: "p.service_line",
    Dimension.SEGMENT: "c.segment",
    Dimension.CLIENT: "r.client_id",
    Dimension.OWN: "r.grp",
}
# Rows with what they are narrowed by, in group currency where a rate was known.
_PLACED: Final = """
WITH placed AS (
    SELECT r.*, {bucket} AS bucket, {at}::date AS at, f.rate, r.part * f.rate AS part_in_group,
           r.whole * f.rate AS whole_in_group
    FROM ({rows}) r
    LEFT JOIN board_client c ON c.client_id = r.client_id
    LEFT JOIN board_project p ON p.project_id = r.project_id
    LEFT JOIN board_entity e ON e.entity_id = coalesce(r.entity_id, p.entity_id)
    LEFT JOIN board_rate f ON f.currency = r.currency
    {span}
    WHERE {where}
)
"""
_FIGURES: Final = """
SELECT bucket, count(*) FILTER (WHERE hit) AS hits, count(*) FILTER (WHERE hit IS NOT NULL) AS known,
       count(*) AS among, sum(part_in_group) AS part, sum(whole_in_group) AS whole,
       sum(part_in_group * (at - day)) AS aged
FROM placed GROUP BY bucket ORDER BY bucket
"""
# Kaplan-Meier with Greenwood's variance: rows that do not count yet are known to last at least so long.
_MEDIANS: Final = """
, tied AS (
    SELECT bucket, value, count(*) FILTER (WHERE hit)::float8 AS done, count(*)::float8 AS n
    FROM placed WHERE value IS NOT NULL GROUP BY bucket, value
), risk AS (
    SELECT *, sum(n) OVER (PARTITION BY bucket ORDER BY value DESC) AS left_over FROM tied
), curve AS (
    SELECT bucket, value, exp(sum(ln(greatest(1 - done / left_over, 1e-300))) OVER w) AS share,
           sum(CASE WHEN left_over > done THEN done / (left_over * (left_over - done)) ELSE 0 END) OVER w AS spread
    FROM risk WINDOW w AS (PARTITION BY bucket ORDER BY value)
)
SELECT bucket, min(value) FILTER (WHERE share <= 0.5 + 1e-9) AS median,
       min(value) FILTER (WHERE share - {z} * share * sqrt(spread) <= 0.5 + 1e-9) AS low,
       min(value) FILTER (WHERE share + {z} * share * sqrt(spread) <= 0.5 + 1e-9) AS high
FROM curve GROUP BY bucket
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
    return _measured(connection, kpi, scope, bucket="''").get("", _empty(kpi))


def by(connection: Connection, kpi: Kpi, scope: Scope, dimension: Dimension) -> dict[str | None, Measure]:
    """The figure for each value of a dimension; ``None`` gathers rows that have none."""
    return _measured(connection, kpi, scope, bucket=_AXES[dimension])


def trend(connection: Connection, kpi: Kpi, scope: Scope, spans: Sequence[tuple[date, date]]) -> list[Measure]:
    """The figure over each of some periods, in their order."""
    found = _measured(connection, kpi, scope, bucket="span.first_day", spans=spans)
    return [found.get(first, _empty(kpi)) for first, _ in spans]


def apart(connection: Connection, kpi: Kpi, scope: Scope) -> list[Apart]:
    """Money of the period that no known rate turns into the group currency."""
    query = placed(kpi, scope, bucket="''") + sql.SQL(_APART)
    return [
        Apart(row["currency"], row["rows"], row["part"] or row["whole"] or Decimal(0))
        for row in rows(connection, query, scope.parameters())
    ]


def _measured(
    connection: Connection, kpi: Kpi, scope: Scope, *, bucket: str, spans: Sequence[tuple[date, date]] = ()
) -> dict[Any, Measure]:
    parameters = scope.parameters()
    parameters |= {"firsts": [first for first, _ in spans], "lasts": [min(last, scope.today) for _, last in spans]}
    rows_of_kpi = placed(kpi, scope, bucket=bucket, spanned=bool(spans))
    figures = rows(connection, rows_of_kpi + sql.SQL(_FIGURES), parameters)
    medians = dict[Any, Row]()
    if kpi.shape is Shape.MEDIAN:
        query = rows_of_kpi + sql.SQL(_MEDIANS).format(z=sql.Literal(Z))
        medians = {row["bucket"]: row for row in rows(connection, query, parameters)}
    return {row["bucket"]: _measure(kpi, row, medians.get(row["bucket"], {})) for row in figures}


def placed(kpi: Kpi, scope: Scope, *, bucket: str, spanned: bool = False) -> sql.Composed:
    """A query's beginning: ``placed``, the rows of a figure within a scope, each in its bucket (an expression)."""
    conditions = [f"{_AXES[dimension]} = %(only_{dimension})s" for dimension in scope.only]
    first, last = ("span.first_day", "span.last_day") if spanned else ("%(since)s", "%(at)s")
    if kpi.stock:
        conditions.append(f"r.day <= {last} AND (r.until IS NULL OR r.until > {last})")
    else:
        conditions.append(f"r.day BETWEEN {first} AND {last}")
    span = "CROSS JOIN unnest(%(firsts)s::date[], %(lasts)s::date[]) AS span (first_day, last_day)"
    return sql.SQL(_PLACED).format(
        bucket=sql.SQL(bucket),
        at=sql.SQL(last),
        rows=sql.SQL(kpi.rows),
        span=sql.SQL(span if spanned else ""),
        where=sql.SQL(" AND ".join(conditions)),
    )


def _empty(kpi: Kpi) -> Measure:
    """Of no rows: nothing happened is a number, no answer is none."""
    return Measure(0.0) if kpi.shape in (Shape.COUNT, Shape.SUM) else NOTHING


def _measure(kpi: Kpi, row: Row, median: Row) -> Measure:
    hits, known, among = row["hits"], row["known"], row["among"]
    value, low, high = None, median.get("low"), median.get("high")
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
            value, known = median.get("median"), hits
        case _:
            pass
    return Measure(value, hits, known, among, low, high)


def wilson(hits: int, known: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson)."""
    share, square = hits / known, Z * Z
    middle = (share + square / (2 * known)) / (1 + square / known)
    half = Z / (1 + square / known) * sqrt(share * (1 - share) / known + square / (4 * known * known))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
