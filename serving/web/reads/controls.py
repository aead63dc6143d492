"""How often each control fired lately, and how often reviewers released what it fired on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from serving.sql import Row, rows

LATELY: Final = timedelta(days=30)

# An invoice scored again and again counts once per control; released: its case's last decision let it go out as it was.
_FIRED = """
WITH fired AS (
    SELECT DISTINCT s.invoice_id, hit ->> 'control_id' AS control_id
    FROM score s CROSS JOIN LATERAL jsonb_array_elements(s.controls) AS hit
    WHERE s.scored_at > %(since)s AND s.scored_at <= %(until)s AND s.controls <> '[]'::jsonb
), decided AS (
    SELECT DISTINCT ON (c.invoice_id) c.invoice_id, d.action = 'release' AS released
    FROM case_decision d JOIN review_case c USING (case_id)
    WHERE d.final AND d.decided_at > %(since)s
    ORDER BY c.invoice_id, d.decided_at DESC, d.decision_id DESC
)
SELECT f.control_id, count(*) AS fired, count(d.released) AS decided,
       count(*) FILTER (WHERE d.released) AS released
FROM fired f LEFT JOIN decided d USING (invoice_id) GROUP BY f.control_id
"""


def fired_lately(connection: Connection, now: datetime) -> Mapping[str, Row]:
    """Control id → invoices on which it ``fired``, of these ``decided``, of these ``released``."""
    found = rows(connection, _FIRED, {"since": now - LATELY, "until": now})
    return {row["control_id"]: row for row in found}
