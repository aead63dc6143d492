"""Notes who wants to hear of the end of a case or a run, and writes the message when it ends: in the same transaction.

A message is promised exactly when the answer names a case: what is cleared at once is told by the answer itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from serving.callbacks import standing
from serving.callbacks.events import EventType, envelope
from serving.callbacks.wishes import Wish
from serving.contract.types import money_text
from serving.ids import new_id
from serving.sql import Row, change, first, insert, only, rows
from serving.tasks.queue import CALLBACKS, DELIVER, Job, enqueue

# People and engines wait for these: they go before the blocks of a billing run.
PRIORITY: Final = 10


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
    kase = only(connection, _CASE, {"id": case_id})
    decided = kase["state"] == "decided"
    if decided:
        waiting += standing.of_case(connection, standing.Kind.CASE_DECIDED, kase)
    if not waiting:
        return 0
    event_type = EventType.CASE_DECIDED if decided else EventType.CASE_CANCELLED
    facts = {
        "case": _case_facts(kase),
        "route": kase["route"],
        "decision": _final_decision(connection, case_id) if decided else None,
        "cancellation": None if decided else {"note": note},
    }
    for subscription in waiting:
        data = facts | {"score_id": subscription.get("score_id"), "correlation_id": subscription["correlation_id"]}
        about = _About(kase["invoice_id"], kase["closed_at"], case_id=case_id)
        _send(connection, subscription, event_type, about, data)
    return len(waiting)


def tell_of_opened(connection: Connection, case_ids: Sequence[str]) -> int:
    """Write the messages of cases that were opened; how many cases were still waiting to be told."""
    statement = "DELETE FROM callback_opened WHERE case_id = ANY(%(ids)s) RETURNING case_id, opened_at"
    told = rows(connection, statement, {"ids": list(case_ids)})
    for opened in sorted(told, key=lambda row: str(row["case_id"])):
        kase = only(connection, _CASE, {"id": opened["case_id"]})
        # As it was opened, whatever has become of it since; the score and its figures are the newest.
        facts = {"case": _case_facts(kase) | {"state": "open", "closed_at": None}, "route": kase["route"]}
        for subscription in standing.of_case(connection, standing.Kind.CASE_OPENED, kase):
            data = facts | {"score_id": kase["score_id"], "correlation_id": subscription["correlation_id"]}
            about = _About(kase["invoice_id"], opened["opened_at"], case_id=kase["case_id"])
            _send(connection, subscription, EventType.CASE_OPENED, about, data)
    return len(told)


def opened(connection: Connection, *, limit: int) -> list[str]:
    """Cases that were opened and are not told yet, oldest first."""
    query = "SELECT case_id FROM callback_opened ORDER BY opened_at, case_id LIMIT %(limit)s"
    return [row["case_id"] for row in rows(connection, query, {"limit": limit})]


def send_test(connection: Connection, endpoint: Row, *, by: str, at: datetime) -> str:
    """Write a message that says nothing but that it arrived, to an endpoint's own URL; its id."""
    receiver = {"endpoint_id": endpoint["endpoint_id"], "url": endpoint["prefix"], "requested_by": by}
    data = {"endpoint_id": endpoint["endpoint_id"], "name": endpoint["name"]}
    return _send(connection, receiver, EventType.ENDPOINT_TEST, _About(endpoint["endpoint_id"], at), data)


def send_rehearsed(connection: Connection, wish: Wish, ending: dict[str, Any], *, by: str, at: datetime) -> str:
    """Write the message of a decision that the sandbox makes up, to be delivered at a moment; its id."""
    receiver = {"endpoint_id": wish.endpoint_id, "url": wish.url, "requested_by": by}
    case = ending["case"]
    about = _About(case["invoice_id"], at, case_id=case["case_id"])
    return _send(connection, receiver, EventType.CASE_DECIDED, about, ending, later=True)


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
    if event_type is EventType.RUN_FINISHED:
        waiting += standing.of_run(connection, run)
    for subscription in waiting:
        data = {"run": summary, "correlation_id": subscription["correlation_id"]}
        _send(connection, subscription, event_type, _About(run["run_id"], run["ended_at"], run_id=run["run_id"]), data)
    return len(waiting)


@dataclass(frozen=True)
class _About:
    """What a message is about, and when that happened."""

    subject: str
    at: datetime
    case_id: str | None = None
    run_id: str | None = None


def _send(
    connection: Connection,
    receiver: Row,
    event_type: EventType,
    about: _About,
    data: dict[str, Any],
    *,
    later: bool = False,
) -> str:
    """Write a message and its first attempt; its id.

    Args:
        connection: the transaction in which the thing happened.
        receiver: a subscription of a request, a standing one, or an endpoint that is tested.
        event_type: what happened.
        about: to what, and when.
        data: the facts.
        later: the first attempt waits for the moment that the message is about.
    """
    message_id = new_id()
    source = "urn:triage:" + (connection.engine.url.database or "").removeprefix("triage_")
    of_request = receiver.get("subscription_id") is not None
    values = {
        "message_id": message_id,
        "subscription_id": receiver.get("subscription_id"),
        "standing_id": receiver.get("standing_id"),
        "about_case": None if of_request else about.case_id,
        "about_run": None if of_request else about.run_id,
        "told_to": None if of_request else receiver["requested_by"],
        "endpoint_id": receiver["endpoint_id"],
        "url": receiver["url"],
        "event_type": event_type.value,
        "subject": about.subject,
        "body": envelope(event_type, message_id, source=source, subject=about.subject, at=about.at, data=data),
        "next_attempt_at": about.at,
    }
    insert(connection, "callback_message", values)
    enqueue_attempt(connection, message_id, 1, at=about.at if later else None)
    return message_id


def enqueue_attempt(connection: Connection, message_id: str, number: int, *, at: Any = None) -> None:
    """Plan an attempt; a job whose number is not the next one any more does nothing."""
    enqueue(connection, Job(DELIVER, CALLBACKS, {"message_id": message_id, "attempt": number}, PRIORITY, at))
