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
    SELECT r.*, f.rate, r.part * f.rate AS part_in_group, r.whole * f.rate AS whole_in_group{more}
    FROM ({rows}) r
    LEFT JOIN board_rate f ON f.currency = r.currency{joins}
    WHERE {where}
"""
_JOINS: Final = """
    LEFT JOIN board_client c ON c.client_id = r.client_id
    LEFT JOIN board_project p ON p.project_id = r.project_id
    LEFT JOIN board_entity e ON e.entity_id = coalesce(r.entity_id, p.entity_id)"""
# The period and every span of it from one look at the rows. Spans follow one another, so a row that happened falls into
# one of them; a row that stands is in each span at whose end it does. The period's bucket is empty.
_SPANNED: Final = """
WITH base AS MATERIALIZED ({rows}), placed AS (
    SELECT r.*, NULL::date AS bucket, %(at)s::date AS at FROM base r WHERE {whole}
    UNION ALL
    SELECT r.*, (%(firsts)s::date[])[span], (%(lasts)s::date[])[span] FROM base r {spans}
)
"""
_FLOW_SPANS: Final = """CROSS JOIN LATERAL (SELECT width_bucket(r.day, %(firsts)s::date[]) AS span) s
    WHERE r.day BETWEEN (%(firsts)s::date[])[1] AND (%(lasts)s::date[])[cardinality(%(lasts)s::date[])]"""
_STOCK_SPANS: Final = """CROSS JOIN LATERAL generate_series(
        width_bucket(r.day - 1, %(lasts)s::date[]) + 1,
        CASE WHEN r.until IS NULL THEN cardinality(%(lasts)s::date[])
             ELSE width_bucket(r.until - 1, %(lasts)s::date[]) END
    ) AS span"""

# What falls into neither the period nor any span is left out before anything else.
_FLOW_EVER: Final = """r.day BETWEEN least((%(firsts)s::date[])[1], %(since)s)
    AND greatest((%(lasts)s::date[])[cardinality(%(lasts)s::date[])], %(at)s)"""
_STOCK_EVER: Final = """r.day <= greatest((%(lasts)s::date[])[cardinality(%(lasts)s::date[])], %(at)s)
    AND (r.until IS NULL OR r.until > least((%(lasts)s::date[])[1], %(at)s))"""


def placed(kpi: Kpi, scope: Scope, *, bucket: str) -> sql.Composed:
    """A query's beginning: ``placed``, the rows of a figure in a scope's period, each in its bucket (an expression)."""
    more = f", {bucket} AS bucket, %(at)s::date AS at"
    return sql.SQL("WITH placed AS ({rows})").format(rows=_rows(kpi, scope, [_within(kpi)], more=more))


def placed_in_spans(kpi: Kpi, scope: Scope) -> sql.Composed:
    """The same over the period (bucket empty) and over each span (``firsts``, ``lasts``; by its first day)."""
    return sql.SQL(_SPANNED).format(
        rows=_rows(kpi, scope, [_STOCK_EVER if kpi.stock else _FLOW_EVER]),
        whole=sql.SQL(_within(kpi)),
        spans=sql.SQL(_STOCK_SPANS if kpi.stock else _FLOW_SPANS),
    )


def _within(kpi: Kpi) -> str:
    if kpi.stock:
        return "r.day <= %(at)s AND (r.until IS NULL OR r.until > %(at)s)"
    return "r.day BETWEEN %(since)s AND %(at)s"


def _rows(kpi: Kpi, scope: Scope, conditions: list[str], *, more: str = "") -> sql.Composed:
    narrowed = [f"{AXES[dimension]} = %(only_{dimension})s" for dimension in scope.only]
    reads_others = any(f"{table}." in part for part in (*narrowed, more) for table in "cpe")
    return sql.SQL(_ROWS).format(
        rows=sql.SQL(kpi.rows),
        more=sql.SQL(more),
        joins=sql.SQL(_JOINS if reads_others else ""),
        where=sql.SQL(" AND ".join([*narrowed, *conditions])),
    )
