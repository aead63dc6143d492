"""What follows an answer, and what happens when none comes: score again, open the case, remind, expire."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.asking import repository
from serving.asking.links import target_of
from serving.asking.service import PRIORITY, reopen_for_asker, reopen_unless_asked
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
from serving.tasks.set_aside import Item, Sweep
from serving.tasks.sweep import sweep_over

_NEXT = timedelta(microseconds=1)
# By then the task that was enqueued with an answer has followed it, or fails.
LATE: Final = timedelta(minutes=5)


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
        reopen_unless_asked(connection, kase, request, actor=actor, because=because)
    else:
        because = f"{request['asked_name']} rejected"
        reopen_for_asker(connection, kase, request, actor=actor, because=because)


def expire(state: ServingState) -> int:
    """End the requests whose time is over; a case that waits for nobody else is open again. How many ended."""
    with state.engine.connect() as connection:
        over = [Item(request_id) for request_id in repository.overdue(connection)]
    return sweep_over(state, Sweep.EXPIRY, over, lambda items: _expire(state, items[0].key)).done


def _expire(state: ServingState, request_id: str) -> bool:
    with state.engine.begin() as connection:
        request = repository.mark_expired(connection, request_id)
        if request is not None:
            kase = _case(connection, request)
            _tell(connection, request, kase, CaseEvent.ASK_EXPIRED, "request_expired")
            because = f"{request['asked_name']} did not answer"
            reopen_unless_asked(connection, kase, request, actor=audit.SYSTEM, because=because)
    return request is not None


def remind(state: ServingState) -> int:
    """Remind, once, people who did not answer for some days, where a link can be sent; how many."""
    with state.engine.connect() as connection:
        found = repository.unanswered(connection, since=state.settings.remind_after)
    reachable = [Item(request["request_id"]) for request in found if target_of(state.settings, request) is not None]
    return sweep_over(state, Sweep.REMINDERS, reachable, lambda items: _remind(state, items[0].key)).done


def _remind(state: ServingState, request_id: str) -> bool:
    with state.engine.begin() as connection:
        request = repository.get(connection, request_id)
        assert request is not None
        if request["reminded_at"] is not None or not repository.mark_reminded(connection, request_id):
            return False
        kase = _case(connection, request)
        states, detail = (kase["state"], kase["state"]), {"request_id": request_id, "asked_name": request["asked_name"]}
        event, actor = CaseEvent.REMINDED, audit.SYSTEM
        record_event(connection, request["case_id"], event, actor=actor, states=states, detail=detail)
        arguments: dict[str, str | int] = {"request_id": request_id, "made_for": "reminder"}
        enqueue(connection, Job(SEND_REQUEST, CALLBACKS, arguments, PRIORITY))
    return True


def follow_late(state: ServingState) -> int:
    """Follow answers whose own task gave up, so that no case waits for what has come; how many."""
    with state.engine.connect() as connection:
        late = [Item(request_id) for request_id in repository.unfollowed(connection, since=LATE)]
    return sweep_over(state, Sweep.ANSWERS, late, lambda items: follow(state, items[0].key)).done


def chase(state: ServingState) -> int:
    """What the worker does about requests by the clock: follow late answers, end what is over, remind of the rest."""
    return follow_late(state) + expire(state) + remind(state)


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
