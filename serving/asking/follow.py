"""What follows an answer, and what happens when none comes: score again, open the case, remind, expire."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from serving import audit
from serving.asking import repository
from serving.asking.links import target_of
from serving.asking.service import PRIORITY, reopen_unless_asked
from serving.queue.following import follow_up
from serving.queue.repository import get as get_case
from serving.queue.repository import record_event
from serving.queue.sight import everything
from serving.queue.states import CaseEvent, CaseState
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row, only
from serving.state import ServingState
from serving.tasks.queue import CALLBACKS, SEND_REQUEST, Job, enqueue

_NEXT = timedelta(microseconds=1)


def follow(state: ServingState, request_id: str) -> bool:
    """Score the case again by what was answered and open it; says whether it was done now.

    It is done once, whoever comes first: the process that took the answer, or the task that was enqueued with it.
    """
    with state.engine.begin() as connection:
        request = repository.mark_followed(connection, request_id)
        if request is None:
            return False
        kase = _case(connection, request)
        # Only what was known before the scoring moment counts: with clocks that differ, the answer still must.
        answered = _known_at(connection, request) + _NEXT
        later = replace(state, clock=lambda: max(state.clock(), answered))
        if kase["state"] == CaseState.WAITING:
            _score(connection, later, kase, request)
            _open(connection, kase, request)
        else:
            follow_up(connection, later, kase["case_id"], because=[f"{request['asked_name']} answered"])
        return True


def _score(connection: Connection, state: ServingState, kase: Row, request: Row) -> None:
    previous = score_row(connection, kase["score_id"])
    assert previous is not None
    rescore(connection, state, previous, asker=Asker(_person(request)))


def _known_at(connection: Connection, request: Row) -> datetime:
    """The moment from which the answer's records are known."""
    query = """
        SELECT (detail ->> 'known_at')::timestamptz AS at FROM case_event
        WHERE case_id = %(case)s AND event = 'answered' AND detail ->> 'request_id' = %(request)s
    """
    at: datetime = only(connection, query, {"case": request["case_id"], "request": request["request_id"]})["at"]
    return at


def _open(connection: Connection, kase: Row, request: Row) -> None:
    """A refusal opens the case at once; other answers when the last one asked has answered."""
    actor, because = _person(request), f"{request['asked_name']} answered"
    if request["decision"] != "rejected":
        reopen_unless_asked(connection, kase, actor=actor, because=because)
    elif repository.resume(connection, kase["case_id"]):
        states, detail = (CaseState.WAITING, CaseState.OPEN), {"note": f"{request['asked_name']} rejected"}
        record_event(connection, kase["case_id"], CaseEvent.RESUMED, actor=actor, states=states, detail=detail)


def expire(state: ServingState) -> int:
    """End the requests whose time is over; a case that waits for nobody else is open again. How many ended."""
    with state.engine.begin() as connection:
        over = repository.expire(connection)
        for request in sorted(over, key=lambda one: audit.stream_of(_case(connection, one)["invoice_id"])):
            kase = _case(connection, request)
            _tell(connection, request, kase, CaseEvent.ASK_EXPIRED, "request_expired")
            reopen_unless_asked(connection, kase, actor=audit.SYSTEM, because=f"{request['asked_name']} did not answer")
    return len(over)


def remind(state: ServingState) -> int:
    """Remind, once, people who did not answer for some days, where a link can be sent; how many."""
    with state.engine.begin() as connection:
        found = repository.unanswered(connection, since=state.settings.remind_after)
        reachable = [request for request in found if target_of(state.settings, request) is not None]
        for request in reachable:
            repository.mark_reminded(connection, request["request_id"])
            record = _case(connection, request)
            states, detail = (record["state"], record["state"]), {"request_id": request["request_id"]}
            record_event(
                connection,
                request["case_id"],
                CaseEvent.REMINDED,
                actor=audit.SYSTEM,
                states=states,
                detail=detail | {"asked_name": request["asked_name"]},
            )
            arguments = {"request_id": request["request_id"], "made_for": "reminder"}
            enqueue(connection, Job(SEND_REQUEST, CALLBACKS, arguments, PRIORITY))
    return len(reachable)


def chase(state: ServingState) -> int:
    """What the worker does about requests by the clock: end what is over, remind of the rest; how many."""
    return expire(state) + remind(state)


def _case(connection: Connection, request: Row) -> Row:
    kase = get_case(connection, request["case_id"], everything())
    assert kase is not None
    return kase


def _person(request: Row) -> str:
    return str(request["asked_id"] or request["asked_name"])


def _tell(connection: Connection, request: Row, kase: Row, event: CaseEvent, action: str) -> None:
    detail = {name: request[name] for name in ("request_id", "kind", "asked_id", "asked_name")}
    states = (kase["state"], kase["state"])
    record_event(connection, kase["case_id"], event, actor=audit.SYSTEM, states=states, detail=detail)
    told = detail | {"case_id": kase["case_id"]}
    audit.write(connection, action, actor=audit.SYSTEM, subject=kase["invoice_id"], detail=told)
