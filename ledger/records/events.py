"""Records of what people and systems said: notes, integration results, review decisions, outcomes."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from ledger.records.base import Id, Money, Record, Text, column
from ledger.records.billing import Cause


class ReviewAction(StrEnum):
    """What a reviewer may decide on a case."""

    RELEASE = "release"
    CORRECT = "correct"
    HOLD = "hold"
    REQUEST_EVIDENCE = "request_evidence"
    ESCALATE = "escalate"
    WRITE_OFF_REQUEST = "write_off_request"


class OutcomeKind(StrEnum):
    """What finally came of an invoice."""

    CLEAN = "clean"
    DISPUTED = "disputed"
    CREDITED = "credited"
    REBILLED = "rebilled"
    WRITTEN_OFF = "written_off"


class Note(Record):
    """Free text about a project, an invoice, a dispute or a client."""

    kind: ClassVar[str] = "note"
    identity: ClassVar[str] = "note_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id", "invoice_id", "client_id")

    note_id: Id = column("id of the note")
    client_id: Id = column("client it concerns")
    project_id: Id | None = column("project it concerns", default=None)
    invoice_id: Id | None = column("invoice it concerns", default=None)
    dispute_id: Id | None = column("dispute it concerns", default=None)
    author_id: Id | None = column("who wrote it", default=None)
    text: Text = column("the text", misleads="written later it may tell the outcome: only known_at decides")


class SyncEvent(Record):
    """That an integration moved a document, or failed to."""

    kind: ClassVar[str] = "sync_event"
    identity: ClassVar[str] = "sync_event_id"
    keys: ClassVar[tuple[str, ...]] = ("object_id",)

    sync_event_id: Id = column("id of the event")
    system: Text = column("integration, e.g. psa-to-erp")
    object_kind: Text = column("kind of the document")
    object_id: Id = column("id of the document")
    success: bool = column("whether it arrived")
    message: Text | None = column("what the integration said", default=None)


class ReviewDecision(Record):
    """What a reviewer decided on a case of ours."""

    kind: ClassVar[str] = "review_decision"
    identity: ClassVar[str] = "decision_id"
    keys: ClassVar[tuple[str, ...]] = ("invoice_id", "client_id")

    decision_id: Id = column("id of the decision")
    case_id: Id = column("id of the case")
    invoice_id: Id = column("invoice decided on")
    client_id: Id = column("id of the client")
    action: ReviewAction = column("what was decided")
    reason_code: Cause | None = column("confirmed cause; empty when nothing was wrong", default=None)
    note: Text | None = column("reviewer's words", default=None)
    reviewer_id: Id = column("user id of the reviewer")
    saw_score: bool = column("the reviewer saw the score before deciding", default=True)
    propensity: float = column(
        "probability with which this invoice came to review",
        misleads="below 1 only for sampled would-be auto-clears; weight by its inverse",
        default=1.0,
    )


class Outcome(Record):
    """What finally came of an invoice, as a system or a person reports it."""

    kind: ClassVar[str] = "outcome"
    identity: ClassVar[str] = "outcome_id"
    keys: ClassVar[tuple[str, ...]] = ("invoice_id", "client_id")

    outcome_id: Id = column("id of the outcome")
    invoice_id: Id = column("invoice")
    client_id: Id = column("id of the client")
    outcome: OutcomeKind = column("what came of it")
    cause: Cause | None = column("why, when not clean", default=None)
    amount: Money | None = column("money lost or moved", unit="currency", default=None)
    occurred_on: date = column("day")
