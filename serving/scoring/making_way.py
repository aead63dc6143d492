"""Closes an open case that is not about the scored invoice any more, before the score is stored.

Two things end a case without a person: its invoice was sent or withdrawn meanwhile, and the ledger came to know another
invoice under the id that a document was sent with. A document never takes over a case of another client or company.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.callbacks.outbox import tell_of_case
from serving.problems import Conflict
from serving.queue import repository
from serving.queue.states import CaseEvent, CaseState
from serving.scoring.dispositions import CaseKind, Standing
from serving.scoring.facts import UNSENT
from serving.scoring.standing import locked_standing
from serving.scoring.verdict import Header, Verdict

LEDGER: Final = "ledger"
DOCUMENT: Final = "document"


class DocumentConflict(Conflict):
    """The id of an inline document belongs to another invoice."""

    slug = "document-conflict"
    title = "This invoice id belongs to another invoice"


def make_way(
    connection: Connection,
    verdicts: Sequence[Verdict],
    standing: Mapping[str, Standing],
    *,
    origin: str,
    asked_by: str,
    request_id: str | None,
) -> dict[str, Standing]:
    """Close what is in the way; what stands afterwards. Raises ``DocumentConflict``."""
    closed = []
    for verdict in verdicts:
        found = standing.get(verdict.judged.header.invoice_id)
        why = None if found is None else why_in_the_way(verdict, found, origin=origin)
        if found is not None and why is not None:
            _close(connection, found, verdict.judged.header, because=why, asked_by=asked_by, request_id=request_id)
            closed.append(verdict.judged.header.invoice_id)
    return dict(standing) if not closed else {**standing, **locked_standing(connection, closed)}


def why_in_the_way(verdict: Verdict, standing: Standing, *, origin: str) -> str | None:
    """Why the newest case must be closed before the score is stored; ``None`` when it need not be.

    Raises ``DocumentConflict`` for a document whose id was used for another client's or company's invoice.
    """
    header, stage = verdict.judged.header, verdict.judged.stage
    another = (standing.client_id, standing.legal_entity_id) != (header.client_id, header.legal_entity_id)
    if another and origin == DOCUMENT:
        raise DocumentConflict(
            f"invoice id {header.invoice_id!r} was used for an invoice of another client or company; "
            "send the document under an id of its own"
        )
    if standing.closed_at is not None:
        return None
    if another and standing.origin == DOCUMENT:
        return "the ledger now has another invoice under this id"
    if standing.kind is CaseKind.RELEASE and stage not in UNSENT:
        return f"the invoice is {stage.replace('_', ' ')}: there is nothing left to release"
    if standing.kind is CaseKind.SENT and stage in UNSENT:
        return "the invoice is a draft again"
    return None


def _close(
    connection: Connection, standing: Standing, header: Header, *, because: str, asked_by: str, request_id: str | None
) -> None:
    case_id = standing.case_id
    was = repository.cancel(connection, case_id)
    if was is None:
        return
    detail = {"note": because, "by_service": True, "asked_by": asked_by}
    states = (was, CaseState.CANCELLED)
    repository.record_event(connection, case_id, CaseEvent.CANCELLED, actor=audit.SYSTEM, states=states, detail=detail)
    tell_of_case(connection, case_id, note=because)
    audit.write(
        connection,
        "case_cancelled",
        actor=audit.SYSTEM,
        subject=header.invoice_id,
        detail={"case_id": case_id} | detail,
        request_id=request_id,
    )
