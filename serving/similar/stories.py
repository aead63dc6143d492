"""What became of decided cases: who decided what, how long it took, and what happened to the invoice afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.similar.repository import likenesses, nearest
from serving.sql import Row, rows

FEWEST_ALIKE = 0.35
_STORIES = """
SELECT c.case_id, c.invoice_id, c.client_id, c.amount, c.currency, c.opened_at, c.closed_at, s.controls,
       d.action, d.reason_code, d.note, d.reviewer_id, a.asked, sent.status, sent.settled_on, sent.due_date,
       q.disputed_at, q.dispute_cause
FROM review_case c
JOIN score s ON s.score_id = c.score_id
JOIN LATERAL (
    SELECT action, reason_code, note, reviewer_id FROM case_decision
    WHERE case_id = c.case_id ORDER BY decided_at DESC LIMIT 1
) d ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS asked FROM case_event WHERE case_id = c.case_id AND event = 'evidence_requested'
) a
LEFT JOIN LATERAL (
    SELECT status, settled_on, due_date FROM invoice WHERE invoice_id = c.invoice_id
    ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
) sent ON true
LEFT JOIN LATERAL (
    SELECT event_at AS disputed_at, cause AS dispute_cause FROM dispute
    WHERE invoice_id = c.invoice_id AND event_at > c.closed_at ORDER BY known_at LIMIT 1
) q ON true
WHERE c.case_id = ANY(%(cases)s)
"""


@dataclass(frozen=True)
class Story:
    """A decided case that is like another one.

    Attributes:
        alike: cosine of the two, at most 1.
        shared: titles of the controls that fired in both, the most severe first.
        same_client: whether the same client was billed.
        took: from opening to the decision.
        asked: how often somebody was asked for evidence.
        settled_late: days after the due date on which it was paid; ``None`` while it is not.
        disputed_after: days from the decision to a dispute; ``None`` without one.
    """

    case_id: str
    invoice_id: str
    client_id: str
    amount: Decimal
    currency: str
    alike: float
    shared: tuple[str, ...]
    same_client: bool
    action: str
    reason_code: str | None
    note: str | None
    reviewer_id: str
    closed_at: datetime
    took: timedelta
    asked: int
    status: str | None
    settled_late: int | None
    disputed_after: int | None
    dispute_cause: str | None


def similar_to(connection: Connection, kase: Row, score: Row, *, principal: Principal, limit: int = 5) -> list[Story]:
    """Decided cases that the caller may see and that are like this one with its newest score, the most alike first.

    None that is hardly alike, and of an invoice that came back the last case alone.
    """
    wanted = likenesses(connection, [score | {"project_id": kase["project_id"]}])[score["score_id"]]
    found = nearest(connection, wanted, case_id=kase["case_id"], principal=principal, limit=2 * limit)
    close = {case_id: alike for case_id, alike in found.items() if alike >= FEWEST_ALIKE}
    told = {row["case_id"]: row for row in rows(connection, _STORIES, {"cases": list(close)})} if close else {}
    stories = [_story(told[case_id], alike, kase, score["controls"]) for case_id, alike in close.items()]
    return _last_of_each_invoice(stories)[:limit]


def _last_of_each_invoice(stories: list[Story]) -> list[Story]:
    last = {story.invoice_id: story for story in sorted(stories, key=lambda story: story.closed_at)}
    return [story for story in stories if last[story.invoice_id] is story]


def _story(row: Row, alike: float, kase: Row, controls: Sequence[Row]) -> Story:
    copied: dict[str, Any] = {name: row[name] for name in Story.__dataclass_fields__ if name in row}
    fired = {hit["control_id"] for hit in row["controls"]}
    return Story(
        **copied,
        alike=alike,
        shared=tuple(hit["title"] for hit in controls if hit["control_id"] in fired),
        same_client=row["client_id"] == kase["client_id"],
        took=row["closed_at"] - row["opened_at"],
        settled_late=_days(row["settled_on"], row["due_date"]),
        disputed_after=None if row["disputed_at"] is None else (row["disputed_at"] - row["closed_at"]).days,
    )


def _days(settled: Any, due: Any) -> int | None:
    return None if settled is None or due is None else (settled - due).days
