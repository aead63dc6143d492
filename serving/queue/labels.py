"""A decision as a record of the ledger, from which training reads it back as a label."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ledger.records import ReviewDecision
from serving.sql import Row

SOURCE: Final = "triage"


def label_of(decision: Mapping[str, Any], kase: Row, *, propensity: float, now: datetime) -> ReviewDecision:
    """The record of a decision; ``propensity``: probability with which its invoice came to review."""
    return ReviewDecision(
        source=SOURCE,
        source_id=decision["decision_id"],
        event_at=now,
        known_at=now,
        decision_id=decision["decision_id"],
        case_id=kase["case_id"],
        invoice_id=kase["invoice_id"],
        client_id=kase["client_id"],
        action=decision["action"],
        reason_code=decision["reason_code"],
        note=decision["note"],
        reviewer_id=decision["reviewer_id"],
        saw_score=decision["saw_score"],
        propensity=propensity,
    )
