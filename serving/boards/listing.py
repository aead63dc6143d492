"""The rows behind a number: every figure can be traced to the invoices, cases and requests that make it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Connection

from ledger.database import raw_cursor
from serving.boards.kpi import Kpi
from serving.boards.placing import placed
from serving.boards.scope import Scope
from serving.queue.sight import SEEN
from serving.sql import Row, only, rows


class Which(StrEnum):
    """Which rows are listed."""

    COUNTED = "counted"  # those in the numerator
    OTHERS = "others"  # those in the denominator alone
    UNKNOWN = "unknown"  # those whose answer is not known yet; of ratios, the whole
    ALL = "all"


_WHICH: Final[dict[Which, str]] = {
    Which.COUNTED: "hit", Which.OTHERS: "NOT hit", Which.UNKNOWN: "hit IS NULL", Which.ALL: "true",
}  # fmt: skip
# Each row with its case: its own, or the newest of its invoice. What belongs to a case of a foreign team is not listed.
_LISTED: Final = """
, listed AS (
    SELECT w.*, n.case_id AS of_case, n.case_id IS NULL OR n.seen AS seen FROM placed w LEFT JOIN LATERAL (
        SELECT c.case_id, {seen} AS seen FROM review_case c
        WHERE c.case_id = w.case_id OR (w.case_id IS NULL AND c.invoice_id = w.invoice_id)
        ORDER BY c.opened_at DESC LIMIT 1
    ) n ON true WHERE {which}
)
"""
_ROWS: Final = """
SELECT l.row_id, l.invoice_id, l.of_case AS case_id, l.client_id, c.name AS client, l.project_id, p.name AS project,
       l.day, l.until, l.hit, l.value, l.part, l.whole, l.currency, l.part_in_group, l.whole_in_group, l.grp
FROM listed l LEFT JOIN board_client c ON c.client_id = l.client_id LEFT JOIN board_project p USING (project_id)
WHERE l.seen
ORDER BY abs(coalesce(l.part_in_group, l.whole_in_group, l.value::numeric, 0)) DESC, l.day DESC, l.row_id
"""
_COUNTS: Final = "SELECT count(*) AS total, count(*) FILTER (WHERE NOT seen) AS hidden FROM listed"


@dataclass(frozen=True)
class Listing:
    """One page of rows, the largest first, and how many there are: ``hidden`` belong to cases of other teams."""

    rows: list[Row]
    total: int
    hidden: int


def list_rows(
    connection: Connection, kpi: Kpi, scope: Scope, *, seen: dict[str, Any], which: Which, page: tuple[int, int]
) -> Listing:
    """A page (offset and length) of the rows that a caller may see; ``seen`` as ``sight.seen_by`` gives it."""
    parameters = scope.parameters() | seen | {"offset": page[0], "limit": page[1]}
    listed = _listed(kpi, scope, which)
    counts = only(connection, listed + sql.SQL(_COUNTS), parameters)
    found = rows(connection, listed + sql.SQL(_ROWS + " OFFSET %(offset)s LIMIT %(limit)s"), parameters)
    return Listing(found, counts["total"] - counts["hidden"], counts["hidden"])


def each_row(connection: Connection, kpi: Kpi, scope: Scope, *, seen: dict[str, Any], which: Which) -> Iterator[Row]:
    """All rows that a caller may see, one after the other, however many there are."""
    cursor = raw_cursor(connection)
    cursor.row_factory = dict_row
    query: Any = _listed(kpi, scope, which) + sql.SQL(_ROWS)
    yield from cursor.stream(query, scope.parameters() | seen)


def _listed(kpi: Kpi, scope: Scope, which: Which) -> sql.Composed:
    ending = sql.SQL(_LISTED).format(seen=sql.SQL(SEEN), which=sql.SQL(_WHICH[which]))
    return placed(kpi, scope, bucket="''") + ending
