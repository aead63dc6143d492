"""The beginning of every query of a figure: its rows within a scope, each in its bucket, in group currency."""

from typing import Final

from psycopg import sql

from serving.boards.kpi import Kpi
from serving.boards.scope import Dimension, Scope

AXES: Final[dict[Dimension, str]] = {
    Dimension.ENTITY: "coalesce(r.entity_id, p.entity_id)",
    Dimension.REGION: "coalesce(p.region, e.region)",
    Dimension.SERVICE_LINE: "p.service_line",
    Dimension.SEGMENT: "c.segment",
    Dimension.CLIENT: "r.client_id",
    Dimension.OWN: "r.grp",
}
# Rows with what they are narrowed by, in group currency where a rate was known.
_ROWS: Final = """
    SELECT {columns}, r.part * f.rate AS part_in_group, r.whole * f.rate AS whole_in_group
    FROM ({rows}) r
    LEFT JOIN board_rate f ON f.currency = r.currency{joins}
    WHERE {where}
"""
_JOINS: Final = """
    LEFT JOIN board_client c ON c.client_id = r.client_id
    LEFT JOIN board_project p ON p.project_id = r.project_id
    LEFT JOIN board_entity e ON e.entity_id = coalesce(r.entity_id, p.entity_id)"""
# The period and every span of it from one look at the rows: a row is in the spans from ``first`` to ``last``. Spans
# follow one another, so a row that happened falls into one of them; one that stands is in each at whose end it does.
_SPANNED: Final = """
WITH spanned AS (
    SELECT r.*, {within} AS within, {spans} FROM ({rows}) r
)
"""
# Rows of one day that fall into the same spans are added up before they are spread: a year has as many as it has days.
# The period's bucket is empty.
SPREAD: Final = """
, base AS MATERIALIZED (
    SELECT day, within, first, last, {added} FROM spanned WHERE within OR first <= last GROUP BY 1, 2, 3, 4
), placed AS (
    SELECT *, NULL::date AS bucket, %(at)s::date AS at FROM base WHERE within
    UNION ALL
    SELECT b.*, (%(firsts)s::date[])[span], (%(lasts)s::date[])[span] FROM base b, generate_series(first, last) span
    WHERE first <= last
)
"""
_FLOW_SPANS: Final = """
    CASE WHEN r.day BETWEEN (%(firsts)s::date[])[1] AND (%(lasts)s::date[])[cardinality(%(lasts)s::date[])]
         THEN width_bucket(r.day, %(firsts)s::date[]) END AS first, width_bucket(r.day, %(firsts)s::date[]) AS last"""
_STOCK_SPANS: Final = """
    width_bucket(r.day - 1, %(lasts)s::date[]) + 1 AS first,
    CASE WHEN r.until IS NULL THEN cardinality(%(lasts)s::date[])
         ELSE width_bucket(r.until - 1, %(lasts)s::date[]) END AS last"""

# What falls into neither the period nor any span is left out before anything else.
_FLOW_EVER: Final = """r.day BETWEEN least((%(firsts)s::date[])[1], %(since)s)
    AND greatest((%(lasts)s::date[])[cardinality(%(lasts)s::date[])], %(at)s)"""
_STOCK_EVER: Final = """r.day <= greatest((%(lasts)s::date[])[cardinality(%(lasts)s::date[])], %(at)s)
    AND (r.until IS NULL OR r.until > least((%(lasts)s::date[])[1], %(at)s))"""


def placed(kpi: Kpi, scope: Scope, *, bucket: str) -> sql.Composed:
    """A query's beginning: ``placed``, the rows of a figure in a scope's period, each in its bucket (an expression)."""
    columns = f"r.*, f.rate, {bucket} AS bucket, %(at)s::date AS at"
    return sql.SQL("WITH placed AS ({rows})").format(rows=_rows(kpi, scope, [_within(kpi)], columns=columns))


def spanned(kpi: Kpi, scope: Scope) -> sql.Composed:
    """``spanned``: rows with the spans (``firsts``, ``lasts``) they are in, and whether in the period (``within``)."""
    return sql.SQL(_SPANNED).format(
        within=sql.SQL(_within(kpi)),
        spans=sql.SQL(_STOCK_SPANS if kpi.stock else _FLOW_SPANS),
        rows=_rows(kpi, scope, [_STOCK_EVER if kpi.stock else _FLOW_EVER], columns="r.day, r.until, r.hit, r.value"),
    )


def _within(kpi: Kpi) -> str:
    if kpi.stock:
        return "r.day <= %(at)s AND (r.until IS NULL OR r.until > %(at)s)"
    return "r.day BETWEEN %(since)s AND %(at)s"


def _rows(kpi: Kpi, scope: Scope, conditions: list[str], *, columns: str) -> sql.Composed:
    narrowed = [f"{AXES[dimension]} = %(only_{dimension})s" for dimension in scope.only]
    reads_others = any(f"{table}." in part for part in (*narrowed, columns) for table in "cpe")
    return sql.SQL(_ROWS).format(
        rows=sql.SQL(kpi.rows),
        columns=sql.SQL(columns),
        joins=sql.SQL(_JOINS if reads_others else ""),
        where=sql.SQL(" AND ".join([*narrowed, *conditions])),
    )
