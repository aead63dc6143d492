"""Delivers a message: one attempt, its record and what follows from it, under the message's row lock.

The lock is held while the request is on its way. Two workers therefore never send the same message at the same moment;
the second one waits and finds that its attempt was made. If the first one is killed, the lock goes with its connection
and the attempt is made again: at least once, with the same id.
"""

from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import Connection
from standardwebhooks import Webhook

from serving.audit import SYSTEM
from serving.callbacks import endpoints
from serving.callbacks.events import CONTENT_TYPE
from serving.callbacks.outbox import enqueue_attempt
from serving.callbacks.post import Outcome, PostRules, post
from serving.callbacks.schedule import Schedule
from serving.callbacks.urls import parse_url
from serving.callbacks.vault import Vault
from serving.settings import ServingSettings
from serving.sql import Row, change, first, insert
from serving.state import ServingState

log = structlog.get_logger(__name__)

DISABLED: Final = "the endpoint is disabled"
USED_UP: Final = "every attempt of the schedule failed"
GONE: Final = 410

_NEXT = """
SELECT * FROM callback_message
WHERE message_id = %(id)s AND state = 'pending' AND attempts = %(made)s FOR UPDATE
"""


def deliver_message(state: ServingState, message_id: str, number: int) -> None:
    """Make attempt ``number`` (from 1) of a message, unless it was made already or is not wanted any more."""
    with state.engine.begin() as connection:
        message = first(connection, _NEXT, {"id": message_id, "made": number - 1})
        if message is None:
            return
        if not endpoints.find(connection, message["endpoint_id"])["active"]:
            _settle(connection, message, "dead", attempts=number - 1, because=DISABLED)
            return
        _attempt(connection, state, message, number)


def _attempt(connection: Connection, state: ServingState, message: Row, number: int) -> None:
    started = datetime.now(UTC)
    outcome = post(
        parse_url(message["url"], plain_http=True),
        message["body"],
        signed_headers(connection, state.settings, message, at=started),
        rules_of(state.settings),
    )
    _record(connection, message, number, started, outcome)
    log.info("callback sent", message_id=message["message_id"], attempt=number, status=outcome.status)
    if outcome.status is not None and 200 <= outcome.status < 300:
        _settle(connection, message, "delivered", attempts=number, because=None)
    elif outcome.status == GONE:
        _settle(connection, message, "dead", attempts=number, because=endpoints.GONE)
        endpoints.disable(connection, message["endpoint_id"], actor=SYSTEM, because=endpoints.GONE)
    else:
        _plan_next(connection, state.settings, message, number)


def signed_headers(connection: Connection, settings: ServingSettings, message: Row, *, at: datetime) -> dict[str, str]:
    """Standard Webhooks headers: the message's id, this attempt's time, and a signature by every live secret."""
    secrets = endpoints.live_secrets(connection, message["endpoint_id"], Vault.of(settings))
    moment = at.replace(microsecond=0)
    signatures = [Webhook(secret).sign(message["message_id"], moment, message["body"]) for secret in secrets]
    return {
        "content-type": CONTENT_TYPE,
        "webhook-id": message["message_id"],
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def rules_of(settings: ServingSettings) -> PostRules:
    """How this installation sends messages."""
    return PostRules(settings.callback_timeout_seconds, settings.callback_private, settings.callback_certificates)


def _record(connection: Connection, message: Row, number: int, started: datetime, outcome: Outcome) -> None:
    values = {
        "message_id": message["message_id"],
        "number": number,
        "started_at": started,
        "latency_ms": outcome.latency_ms,
        "address": outcome.address,
        "status": outcome.status,
        "answer": outcome.answer,
        "error": outcome.error,
    }
    insert(connection, "callback_attempt", values)


def _plan_next(connection: Connection, settings: ServingSettings, message: Row, number: int) -> None:
    schedule = Schedule(settings.callback_first_wait, settings.callback_attempts)
    wait = schedule.wait_after(number - message["series_start"], message["message_id"])
    if wait is None:
        _settle(connection, message, "dead", attempts=number, because=USED_UP)
        return
    at = datetime.now(UTC) + wait
    statement = "UPDATE callback_message SET attempts = %(made)s, next_attempt_at = %(at)s WHERE message_id = %(id)s"
    change(connection, statement, {"id": message["message_id"], "made": number, "at": at})
    enqueue_attempt(connection, message["message_id"], number + 1, at=at)


def _settle(connection: Connection, message: Row, state: str, *, attempts: int, because: str | None) -> None:
    statement = """
        UPDATE callback_message SET state = %(state)s, attempts = %(attempts)s, because = %(because)s,
               next_attempt_at = NULL, settled_at = clock_timestamp()
        WHERE message_id = %(id)s
    """
    parameters = {"id": message["message_id"], "state": state, "attempts": attempts, "because": because}
    change(connection, statement, parameters)
