"""Looks at messages and their attempts, and sends one again when somebody asks."""

from dataclasses import dataclass

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection

from serving import audit
from serving.callbacks.endpoints import find as find_endpoint
from serving.callbacks.outbox import enqueue_attempt
from serving.problems import Conflict, NotFound
from serving.sql import Row, change, first, only, rows

MOST_ROWS = 200


class UnknownMessage(NotFound):
    """No such message."""

    slug = "unknown-callback"
    title = "Unknown callback"

    def __init__(self, message_id: str) -> None:
        super().__init__(f"there is no callback {message_id!r}")


class NotRedeliverable(Conflict):
    """The message cannot be sent again now."""

    slug = "not-redeliverable"
    title = "The callback cannot be sent again now"


@dataclass(frozen=True)
class Counts:
    """How messages stand: for metrics, so only what partial indexes answer at once."""

    pending: int
    dead: int
    oldest_pending_seconds: float


def counts(connection: Connection) -> Counts:
    """How many messages wait or are dead, and since when the oldest one waits."""
    query = """
        SELECT count(*) AS pending,
               coalesce(EXTRACT(EPOCH FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest,
               (SELECT count(*) FROM callback_message WHERE state = 'dead') AS dead
        FROM callback_message WHERE state = 'pending'
    """
    row = only(connection, query)
    return Counts(pending=row["pending"], dead=row["dead"], oldest_pending_seconds=row["oldest"])


_MESSAGES = """
SELECT m.*, e.name AS endpoint_name, e.active AS endpoint_active, s.score_id,
       coalesce(s.case_id, m.about_case) AS case_id, coalesce(s.run_id, m.about_run) AS run_id,
       coalesce(s.correlation_id, st.correlation_id) AS correlation_id,
       coalesce(s.requested_by, m.told_to) AS requested_by,       a.status AS last_status, a.error AS last_error
FROM callback_message m
JOIN callback_endpoint e USING (endpoint_id)
LEFT JOIN callback_subscription s USING (subscription_id)
LEFT JOIN callback_standing st USING (standing_id)
LEFT JOIN callback_attempt a ON a.message_id = m.message_id AND a.number = m.attempts
"""


@dataclass(frozen=True)
class Chosen:
    """Which messages.

    Attributes:
        state: only those that stand so.
        undelivered: only those that are pending or dead.
        asked_by: only those that this key or account asked for; ``None``: everybody's.
        cursor: the last message id of the page before.
    """

    state: str | None = None
    undelivered: bool = False
    asked_by: str | None = None
    cursor: str | None = None


_LISTED = """
WHERE (%(state)s::text IS NULL OR m.state = %(state)s)
  AND (NOT %(undelivered)s OR m.state <> 'delivered')
  AND (%(asked_by)s::text IS NULL OR coalesce(s.requested_by, m.told_to) = %(asked_by)s)
  AND (%(cursor)s::text IS NULL OR m.message_id < %(cursor)s)
ORDER BY m.message_id DESC LIMIT %(limit)s
"""


def listed(connection: Connection, chosen: Chosen | None = None, *, limit: int = 50) -> list[Row]:
    """Messages, newest first, from below the cursor."""
    return rows(connection, _MESSAGES + _LISTED, vars(chosen or Chosen()) | {"limit": limit})


def dead_at_active(connection: Connection) -> list[str]:
    """Ids of dead messages whose endpoint is active: all that can be sent again at once. Oldest first."""
    query = """
        SELECT m.message_id FROM callback_message m JOIN callback_endpoint e USING (endpoint_id)
        WHERE m.state = 'dead' AND e.active ORDER BY m.message_id
    """
    return [row["message_id"] for row in rows(connection, query)]


_ONE = """
WHERE m.message_id = %(id)s AND (%(by)s::text IS NULL OR coalesce(s.requested_by, m.told_to) = %(by)s)
"""


def find(connection: Connection, message_id: str, *, asked_by: str | None = None) -> Row:
    """A message, of one who asked for it or of anybody; raises ``UnknownMessage``."""
    query = (
        _MESSAGES
        + " WHERE m.message_id = %(id)s AND (%(by)s::text IS NULL OR coalesce(s.requested_by, m.told_to) = %(by)s)"
    )
    found = first(connection, query, {"id": message_id, "by": asked_by})
    if found is None:
        raise UnknownMessage(message_id)
    return found


def attempts_of(connection: Connection, message_id: str) -> list[Row]:
    """Every attempt of a message, oldest first."""
    query = "SELECT * FROM callback_attempt WHERE message_id = %(id)s ORDER BY number"
    return rows(connection, query, {"id": message_id})


_AGAIN = """
UPDATE callback_message SET state = 'pending', series_start = attempts, next_attempt_at = clock_timestamp(),
       settled_at = NULL, because = NULL
WHERE message_id = %(id)s
"""


def redeliver(connection: Connection, message_id: str, *, actor: str, asked_by: str | None = None) -> Row:
    """Send a message again now, with a whole new series of attempts behind it; the id stays the same.

    Raises ``UnknownMessage``, and ``NotRedeliverable`` while it is on its way or its endpoint is disabled.
    """
    message = find(connection, message_id, asked_by=asked_by)
    if not find_endpoint(connection, message["endpoint_id"])["active"]:
        raise NotRedeliverable("its endpoint is disabled; enable it first")
    made = _locked_attempts(connection, message_id)
    change(connection, _AGAIN, {"id": message_id})
    enqueue_attempt(connection, message_id, made + 1)
    audit.write(connection, "callback_redelivered", actor=actor, subject=message_id, detail={"url": message["url"]})
    return find(connection, message_id)


def _locked_attempts(connection: Connection, message_id: str) -> int:
    try:
        query = "SELECT attempts FROM callback_message WHERE message_id = %(id)s FOR UPDATE NOWAIT"
        return int(only(connection, query, {"id": message_id})["attempts"])
    except LockNotAvailable as error:
        raise NotRedeliverable("it is on its way at this moment; look at its attempts in a few seconds") from error
