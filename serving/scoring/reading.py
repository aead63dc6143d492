"""A stored score for whoever asked for it or may see its case: that of a case of a foreign team is not there."""

from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.problems import NotFound
from serving.queue.sight import SEEN, seen_by
from serving.sql import Row, first

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
