"""Asking, reminding and withdrawing: what reviewers do. Answering is in ``serving.asking.answering``."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.records.events import ReviewAction
from serving import audit
from serving.asking import repository, subjects
from serving.asking.links import address_of, new_link, target_of
from serving.asking.schemas import AskKind, AskRequest
from serving.auth.principal import Principal
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.queue import service as queue
from serving.queue.decide import DecisionRequest, decide
from serving.queue.holding import give_to
from serving.queue.repository import record_event
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, json_value
from serving.state import ServingState
from serving.tasks.queue import CALLBACKS, SEND_REQUEST, Job, enqueue

PRIORITY = 10


class UnknownRequest(NotFound):
    """No such request on this case."""

    slug = "unknown-request"
    title = "Unknown request"

    def __init__(self, request_id: str) -> None:
        super().__init__(f"there is no request {request_id!r} on this case")


class RequestEnded(Conflict):
    """The request was answered, withdrawn, or its time is over."""

    slug = "request-ended"
    title = "The request has ended"


@dataclass(frozen=True)
class Asked:
    """A request just made or repeated; either the service sends the link, or the asker passes it on."""

    request: Row
    sent: bool
    link: str | None


@dataclass(frozen=True)
class Asking:
    """Who asks on which case, in one transaction."""

    connection: Connection
    state: ServingState
    case_id: str
    principal: Principal
    correlation_id: str | None = None  # of the HTTP request, for the audit log


def ask(asking: Asking, wanted: AskRequest) -> Asked:
    """Ask somebody; the case waits for the answer. A free case is claimed by the asker on the way.

    Raises ``UnknownCase``, ``ClaimLost``, ``NotClaimable``, ``DutiesSeparated``, ``SeniorNeeded`` and ``Invalid``.
    """
    kase = queue.find(asking.connection, asking.case_id, asking.principal)
    barred = queue.barred_from(kase, queue.reviewer_of(asking.principal))
    if barred is not None:
        raise barred
    concerned = [subject.model_dump() for subject in wanted.subjects]
    approver = wanted.asked_id if wanted.kind is AskKind.APPROVE else None
    _check_person(asking, wanted)
    subjects.check(asking.connection, kase, concerned, approver=approver)
    _wait(asking, kase, wanted)
    values = _values(asking, wanted) | {"subjects": json_value(concerned)}
    repository.add(asking.connection, values, length=asking.state.settings.request_length)
    request = _found(asking, values["request_id"])
    _tell(asking, CaseEvent.ASKED, request, "asked", kase)
    return _deliver(asking, request, reminder=False)


def _check_person(asking: Asking, wanted: AskRequest) -> None:
    if wanted.asked_id is not None and wanted.asked_id == asking.principal.resource_id:
        raise Invalid.at("/asked_id", "is you; nobody asks and answers")
    if wanted.kind is AskKind.APPROVE and subjects.newest(asking.connection, "resource", wanted.asked_id or "") is None:
        raise Invalid.at("/asked_id", "is nobody whom the ledger knows")


def _wait(asking: Asking, kase: Row, wanted: AskRequest) -> None:
    """Bring the case to ``waiting`` under the asker's claim; a case that waits already goes on waiting."""
    if kase["state"] == CaseState.WAITING:
        return
    fence = wanted.fence
    if fence is None:
        taken = queue.claim(asking.connection, asking.state, asking.case_id, principal=asking.principal)
        fence = taken["fence"]
    request = DecisionRequest(action=ReviewAction.REQUEST_EVIDENCE, fence=fence, note=wanted.question)
    decide(
        asking.connection,
        asking.state,
        asking.case_id,
        request,
        principal=asking.principal,
        request_id=asking.correlation_id,
        asks=True,
    )


def _values(asking: Asking, wanted: AskRequest) -> Row:
    known = None if wanted.asked_id is None else subjects.newest(asking.connection, "resource", wanted.asked_id)
    address = wanted.address or address_of(asking.connection, wanted.asked_id)
    name = (wanted.asked_name or "").strip() or (known or {}).get("name") or wanted.asked_id or address
    return {
        "request_id": new_id(),
        "case_id": asking.case_id,
        "kind": wanted.kind.value,
        "question": wanted.question.strip(),
        "asked_id": wanted.asked_id,
        "asked_name": name,
        "asked_role": wanted.asked_role,
        "address": address,
        "asked_by": asking.principal.principal_id,
    }


def remind(asking: Asking, request_id: str) -> Asked:
    """Ask again, with a new link; raises ``UnknownRequest`` and ``RequestEnded``."""
    kase, request = find(asking, request_id)
    if not repository.mark_reminded(asking.connection, request_id):
        raise RequestEnded(f"the request to {request['asked_name']} can be answered no more; ask anew")
    _tell(asking, CaseEvent.REMINDED, request, "reminded", kase)
    return _deliver(asking, _found(asking, request_id), reminder=True)


def withdraw(asking: Asking, request_id: str) -> Row:
    """Take a request back; when nobody else is asked, the case is open again."""
    kase, request = find(asking, request_id)
    if not repository.mark_withdrawn(asking.connection, request_id):
        raise RequestEnded(f"the request to {request['asked_name']} is {request['state']} already")
    _tell(asking, CaseEvent.ASK_WITHDRAWN, request, "withdrawn", kase)
    actor = asking.principal.principal_id
    reopen_unless_asked(asking.connection, kase, request, actor=actor, because="request withdrawn")
    return _found(asking, request_id)


def find(asking: Asking, request_id: str) -> tuple[Row, Row]:
    """The case and one of its requests; raises ``UnknownCase`` and ``UnknownRequest``."""
    kase = queue.find(asking.connection, asking.case_id, asking.principal)
    request = repository.get(asking.connection, request_id)
    if request is None or request["case_id"] != asking.case_id:
        raise UnknownRequest(request_id)
    return kase, request


def listed(connection: Connection, case_id: str, principal: Principal) -> list[Row]:
    """The requests of a case that the caller sees, oldest first; raises ``UnknownCase``."""
    queue.find(connection, case_id, principal)
    return repository.of_case(connection, case_id)


def reopen_unless_asked(connection: Connection, kase: Row, request: Row, *, actor: str, because: str) -> bool:
    """waiting -> open, unless somebody else is still asked; says whether it happened."""
    asking = repository.is_asking(connection, kase["case_id"])
    return not asking and reopen_for_asker(connection, kase, request, actor=actor, because=because)


def reopen_for_asker(connection: Connection, kase: Row, request: Row, *, actor: str, because: str) -> bool:
    """waiting -> open: on the list of who asked, or in the queue if they may not decide it; whether it happened."""
    case_id = kase["case_id"]
    if not repository.resume(connection, case_id):
        return False
    asker = request["asked_by"]
    detail = {"note": because} | ({"assigned_to": asker} if give_to(connection, case_id, asker) else {})
    states = (CaseState.WAITING, CaseState.OPEN)
    record_event(connection, case_id, CaseEvent.RESUMED, actor=actor, states=states, detail=detail)
    return True


def _deliver(asking: Asking, request: Row, *, reminder: bool) -> Asked:
    """Send the link by a task, or give it to the asker where nothing is set up to send it."""
    made_for = "reminder" if reminder else "sent"
    if target_of(asking.state.settings, request) is not None:
        arguments = {"request_id": request["request_id"], "made_for": made_for}
        enqueue(asking.connection, Job(SEND_REQUEST, CALLBACKS, arguments, PRIORITY))
        return Asked(request, sent=True, link=None)
    link = new_link(asking.connection, asking.state.settings, request["request_id"], made_for="shown")
    return Asked(request, sent=False, link=link)


def _found(asking: Asking, request_id: str) -> Row:
    request = repository.get(asking.connection, request_id)
    assert request is not None
    return request


def _tell(asking: Asking, event: CaseEvent, request: Row, action: str, kase: Row) -> None:
    detail = {name: request[name] for name in ("request_id", "kind", "question", "asked_id", "asked_name")}
    now = queue.find(asking.connection, asking.case_id, asking.principal)["state"]
    actor = asking.principal.principal_id
    record_event(asking.connection, asking.case_id, event, actor=actor, states=(now, now), detail=detail)
    audit.write(
        asking.connection,
        f"request_{action}",
        actor=actor,
        subject=kase["invoice_id"],
        detail=detail | {"case_id": asking.case_id, "subjects": request["subjects"]},
        request_id=asking.correlation_id,
    )
