"""Notes who wants to hear of the end of a case or a run, and writes the message when it ends: in the same transaction.

A message is promised exactly when the answer names a case: what is cleared at once is told by the answer itself.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from serving.callbacks.endpoints import allowing, checked_url
from serving.callbacks.events import EventType, envelope
from serving.contract.types import money_text
from serving.ids import new_id
from serving.problems import Invalid
from serving.sql import Row, change, first, insert, only, rows
from serving.state import ServingState
from serving.tasks.queue import CALLBACKS, DELIVER, Job, enqueue

POINTER: Final = "/callback_url"
# People and engines wait for these: they go before the blocks of a billing run.
PRIORITY: Final = 10


@dataclass(frozen=True)
class Wish:
    """A wish to be called back, checked against the allow-list."""

    url: str
    endpoint_id: str
    correlation_id: str | None


def wish_of(connection: Connection, state: ServingState, url: str | None, correlation_id: str | None) -> Wish | None:
    """The wish of a request, or ``None``; raises ``Invalid`` at ``/callback_url`` for a URL that is not allowed."""
    if url is None:
        return None
    asked = checked_url(url, state.settings, pointer=POINTER)
    endpoint = allowing(connection, asked)
    if endpoint is None:
        raise Invalid.at(POINTER, "is not on the list of callback endpoints; an administrator can add it")
    return Wish(str(asked), endpoint["endpoint_id"], correlation_id)


_SUBSCRIBE_TO_CASE = """
INSERT INTO callback_subscription
    (subscription_id, endpoint_id, case_id, score_id, url, correlation_id, requested_by)
VALUES (%(id)s, %(endpoint)s, %(case)s, %(score)s, %(url)s, %(correlation)s, %(by)s)
ON CONFLICT (case_id, url, (coalesce(correlation_id, ''))) WHERE case_id IS NOT NULL DO NOTHING
"""


def subscribe_to_case(connection: Connection, wish: Wish | None, score: Row, *, by: str) -> None:
    """Promise a message at the end of the score's open case; nothing when there is no wish or no such case."""
    if wish is None or score["case_id"] is None or score["disposition"] not in ("queued", "cleared"):
        return
    parameters = {
        "id": new_id(),
        "endpoint": wish.endpoint_id,
        "case": score["case_id"],
        "score": score["score_id"],
        "url": wish.url,
        "correlation": wish.correlation_id,
        "by": by,
    }
    change(connection, _SUBSCRIBE_TO_CASE, parameters)


def subscribe_to_run(connection: Connection, wish: Wish | None, run_id: str, *, by: str) -> None:
    """Promise a message at the end of a run."""
    if wish is None:
        return
    values = {
        "subscription_id": new_id(),
        "endpoint_id": wish.endpoint_id,
        "run_id": run_id,
        "url": wish.url,
        "correlation_id": wish.correlation_id,
        "requested_by": by,
    }
    insert(connection, "callback_subscription", values)


# A document that was sent along is no version of the ledger.
_CASE: Final = """
SELECT c.*, (SELECT i.version FROM score s JOIN invoice i ON i.record_id = s.invoice_record_id
             WHERE s.score_id = c.score_id) AS invoice_version
FROM review_case c WHERE c.case_id = %(id)s
"""
_TOLD: Final = ("case_id", "invoice_id", "client_id", "invoice_version", "currency", "state", "opened_at", "closed_at")


def _case_facts(kase: Row) -> Row:
    return {name: kase[name] for name in _TOLD} | {"amount": money_text(kase["amount"], kase["currency"])}


def tell_of_case(connection: Connection, case_id: str, *, note: str | None = None) -> int:
    """Write the messages of a case that was decided or cancelled just now; how many. ``note`` is a cancellation's."""
    waiting = rows(connection, "SELECT * FROM callback_subscription WHERE case_id = %(id)s", {"id": case_id})
    if not waiting:
        return 0
    kase = only(connection, _CASE, {"id": case_id})
    decided = kase["state"] == "decided"
    event_type = EventType.CASE_DECIDED if decided else EventType.CASE_CANCELLED
    facts = {
        "case": _case_facts(kase),
        "route": kase["route"],
        "decision": _final_decision(connection, case_id) if decided else None,
        "cancellation": None if decided else {"note": note},
    }
    for subscription in waiting:
        data = facts | {"score_id": subscription["score_id"], "correlation_id": subscription["correlation_id"]}
        _send(connection, subscription, event_type, subject=kase["invoice_id"], at=kase["closed_at"], data=data)
    return len(waiting)


def _final_decision(connection: Connection, case_id: str) -> Row | None:
    query = """
        SELECT decision_id, action, reason_code, note, decided_at FROM case_decision
        WHERE case_id = %(id)s AND final ORDER BY decided_at DESC LIMIT 1
    """
    return first(connection, query, {"id": case_id})


def tell_of_run(connection: Connection, run: Row, *, summary: dict[str, Any]) -> int:
    """Write the message of a run that ended just now; how many."""
    waiting = rows(connection, "SELECT * FROM callback_subscription WHERE run_id = %(id)s", {"id": run["run_id"]})
    event_type = EventType(f"triage.run.{run['state']}.v1")
    for subscription in waiting:
        data = {"run": summary, "correlation_id": subscription["correlation_id"]}
        _send(connection, subscription, event_type, subject=run["run_id"], at=run["ended_at"], data=data)
    return len(waiting)


def _send(
    connection: Connection, subscription: Row, event_type: EventType, *, subject: str, at: Any, data: dict[str, Any]
) -> None:
    message_id = new_id()
    source = "urn:triage:" + (connection.engine.url.database or "").removeprefix("triage_")
    insert(
        connection,
        "callback_message",
        {
            "message_id": message_id,
            "subscription_id": subscription["subscription_id"],
            "endpoint_id": subscription["endpoint_id"],
            "url": subscription["url"],
            "event_type": event_type.value,
            "subject": subject,
            "body": envelope(event_type, message_id, source=source, subject=subject, at=at, data=data),
            "next_attempt_at": at,
        },
    )
    enqueue_attempt(connection, message_id, 1)


def enqueue_attempt(connection: Connection, message_id: str, number: int, *, at: Any = None) -> None:
    """Plan an attempt; a job whose number is not the next one any more does nothing."""
    enqueue(connection, Job(DELIVER, CALLBACKS, {"message_id": message_id, "attempt": number}, PRIORITY, at))
