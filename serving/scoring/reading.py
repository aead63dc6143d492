"""A stored score for whoever asked for it or may see its case: that of a case of a foreign team is not there."""

from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.problems import NotFound
from serving.queue.sight import SEEN, seen_by
from serving.sql import Row, first, rows

_SCORE = f"""
SELECT s.* FROM score s WHERE s.score_id = %(id)s
  AND (s.case_id IS NULL OR s.requested_by = %(viewer)s
       OR EXISTS (SELECT FROM review_case c WHERE c.case_id = s.case_id AND {SEEN}))
"""  # noqa: S608 - our own words


def score_for(connection: Connection, score_id: str, principal: Principal) -> Row:
    """A score; raises ``NotFound`` when there is none, or none that the caller may see."""
    row = first(connection, _SCORE, {"id": score_id} | seen_by(principal))
    if row is None:
        raise NotFound(f"there is no score {score_id!r}")
    return row


_OWN = """
SELECT s.* FROM score s
WHERE s.requested_by = %(by)s AND (%(cursor)s::text IS NULL OR s.score_id < %(cursor)s)
  AND (%(invoice_id)s::text IS NULL OR s.invoice_id = %(invoice_id)s)
  AND (%(run_id)s::text IS NULL OR s.run_id = %(run_id)s)
ORDER BY s.score_id DESC LIMIT %(limit)s
"""


def own_scores(
    connection: Connection,
    requested_by: str,
    *,
    invoice_id: str | None,
    run_id: str | None,
    cursor: str | None,
    limit: int,
) -> list[Row]:
    """Scores that a caller asked for, newest first, from below the cursor (the last score id of the page before)."""
    asked = {"by": requested_by, "invoice_id": invoice_id, "run_id": run_id, "cursor": cursor, "limit": limit}
    return rows(connection, _OWN, asked)
