"""Reads what stands of an invoice: its newest case and the decision on it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from serving.audit import SYSTEM
from serving.controls.control import asks_for_care
from serving.queue.states import CaseState
from serving.scoring.dispositions import CANCEL, CaseKind, Standing
from serving.sql import Row, rows

# Of a ``review_case`` called ``c``: the newest decision, the one that can still be undone, or the cancellation.
_DECISION: Final = """
LEFT JOIN LATERAL (
    SELECT 1 AS rank, NULL AS decision_id, b.action, b.reason_code, b.made_by AS by, b.made_at AS at, false AS final,
           b.pending_until AS takes_effect_at
    FROM bulk_item i JOIN bulk_batch b USING (batch_id) WHERE i.case_id = c.case_id AND i.state = 'pending'
    UNION ALL
    (SELECT 2, d.decision_id, d.action, d.reason_code, d.reviewer_id, d.decided_at, d.final, NULL
     FROM case_decision d WHERE d.case_id = c.case_id ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1)
    UNION ALL
    (SELECT 0, NULL, 'cancel', NULL, e.actor_id, e.happened_at, true, NULL
     FROM case_event e WHERE e.case_id = c.case_id AND e.event = 'cancelled' AND c.state = 'cancelled'
     ORDER BY e.event_id DESC LIMIT 1)
    ORDER BY rank LIMIT 1
) d ON true
LEFT JOIN account a ON a.account_id = d.by
LEFT JOIN score s ON s.score_id = c.score_id AND c.closed_at IS NOT NULL
"""
_COLUMNS: Final = """
c.invoice_id, c.case_id, c.state, c.kind, c.origin, c.client_id, c.legal_entity_id, c.closed_at, d.decision_id,
d.action, d.reason_code, d.by, coalesce(a.name, d.by) AS by_name, d.at, d.final, d.takes_effect_at, s.facts, s.controls
"""
_NEWEST: Final = f"""
SELECT DISTINCT ON (c.invoice_id) {_COLUMNS} FROM review_case c {_DECISION}
WHERE c.invoice_id = ANY(%(ids)s) ORDER BY c.invoice_id, c.opened_at DESC, c.case_id DESC
"""  # noqa: S608 - our own words
# The same of one invoice, as a JSON document inside another query; ``{invoice}`` names its id there.
NEWEST_AS_JSON: Final = f"""
(SELECT to_jsonb(n) FROM (
    SELECT {_COLUMNS} FROM review_case c {_DECISION}
    WHERE c.invoice_id = {{invoice}} ORDER BY c.opened_at DESC, c.case_id DESC LIMIT 1) n)
"""  # noqa: S608 - our own words
_LOCK: Final = """
SELECT case_id FROM review_case WHERE invoice_id = ANY(%(ids)s) AND state IN ('open', 'claimed', 'waiting')
ORDER BY invoice_id FOR UPDATE
"""


def locked_standing(connection: Connection, invoice_ids: Sequence[str]) -> dict[str, Standing]:
    """What stands of invoices, with their open cases locked until the transaction ends.

    A decision that is under way is waited for and then seen: nobody opens a case on what is being decided.
    """
    rows(connection, _LOCK, {"ids": list(invoice_ids)})
    return {row["invoice_id"]: standing_of(row) for row in rows(connection, _NEWEST, {"ids": list(invoice_ids)})}


def standing_of(row: Row) -> Standing:
    """A row of the query, or the JSON document of one, as what stands."""
    return Standing(
        case_id=row["case_id"],
        kind=CaseKind(row["kind"]),
        origin=row["origin"],
        client_id=row["client_id"],
        legal_entity_id=row["legal_entity_id"],
        closed_at=_moment(row["closed_at"]),
        decision=None if row["action"] is None else _decision(row),
        facts=row["facts"],
        fired=_fired(row["controls"] or ()),
        in_hand=row["closed_at"] is None and (row["state"] != CaseState.OPEN or row["action"] is not None),
        by_service=row["action"] == CANCEL and row["by"] == SYSTEM,
    )


def _decision(row: Row) -> dict[str, Any]:
    """As published; what can still be undone, and the first of two releases, is not final."""
    at, effect = _moment(row["at"]), _moment(row["takes_effect_at"])
    return {
        "case_id": row["case_id"],
        "decision_id": row["decision_id"],
        "action": row["action"],
        "reason_code": row["reason_code"],
        "decided_by": row["by"],
        "decided_by_name": row["by_name"],
        "decided_at": None if at is None else at.isoformat(),
        "final": row["final"] and row["closed_at"] is not None,
        "takes_effect_at": None if effect is None else effect.isoformat(),
    }


def _fired(controls: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """As ``dispositions.weights`` of the stored form."""
    counting = (hit for hit in controls if asks_for_care(hit["severity"], snoozed=bool(hit.get("snoozed"))))
    return {hit["control_id"]: len(hit["offenders"]) for hit in counting}


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
