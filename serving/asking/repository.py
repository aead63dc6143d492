"""Requests in the database: every transition is one guarded UPDATE; of a link only the digest is kept."""

from datetime import timedelta
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.sql import Row, change, first, insert, rows
from serving.tasks.set_aside import Sweep, free

_ADD: Final = """
INSERT INTO case_request (request_id, case_id, kind, question, subjects, asked_id, asked_name, asked_role, address,
                          asked_by, expires_at)
VALUES (%(request_id)s, %(case_id)s, %(kind)s, %(question)s, %(subjects)s, %(asked_id)s, %(asked_name)s,
        %(asked_role)s, %(address)s, %(asked_by)s, clock_timestamp() + %(length)s)
"""
_LIVE: Final = sql.SQL("request_id = %(id)s AND state = 'asked' AND expires_at > clock_timestamp()")
_OPENED: Final = sql.SQL(
    "UPDATE case_request SET opened_at = clock_timestamp() WHERE {live} AND opened_at IS NULL"
).format(live=_LIVE)
_ANSWERED: Final = sql.SQL("""
UPDATE case_request SET state = 'answered', ended_at = clock_timestamp(), decision = %(decision)s, answer = %(answer)s
WHERE {live}
""").format(live=_LIVE)
_REMINDED: Final = sql.SQL("UPDATE case_request SET reminded_at = clock_timestamp() WHERE {live}").format(live=_LIVE)
_WITHDRAWN: Final = """
UPDATE case_request SET state = 'withdrawn', ended_at = clock_timestamp() WHERE request_id = %(id)s AND state = 'asked'
"""


def add(connection: Connection, values: Row, *, length: timedelta) -> None:
    """Write a new request."""
    change(connection, _ADD, values | {"length": length})


def get(connection: Connection, request_id: str) -> Row | None:
    """A request."""
    return first(connection, "SELECT * FROM case_request WHERE request_id = %(id)s", {"id": request_id})


def of_case(connection: Connection, case_id: str) -> list[Row]:
    """The requests of a case, oldest first."""
    return rows(connection, "SELECT * FROM case_request WHERE case_id = %(id)s ORDER BY request_id", {"id": case_id})


def add_link(connection: Connection, request_id: str, digest: str, *, made_for: str) -> None:
    """Let one more token lead to a request."""
    insert(connection, "case_request_link", {"token_digest": digest, "request_id": request_id, "made_for": made_for})


def behind(connection: Connection, digest: str) -> Row | None:
    """The request that a token leads to, whatever became of it."""
    query = """
        SELECT r.*, r.state = 'asked' AND r.expires_at > clock_timestamp() AS live
        FROM case_request_link l JOIN case_request r USING (request_id) WHERE l.token_digest = %(digest)s
    """
    return first(connection, query, {"digest": digest})


def mark_opened(connection: Connection, request_id: str) -> bool:
    """Note the first opening; says whether this was it."""
    return change(connection, _OPENED, {"id": request_id}) == 1


def mark_answered(connection: Connection, request_id: str, *, decision: str | None, answer: str | None) -> bool:
    """asked -> answered, once; says whether it happened."""
    return change(connection, _ANSWERED, {"id": request_id, "decision": decision, "answer": answer}) == 1


def mark_withdrawn(connection: Connection, request_id: str) -> bool:
    """asked -> withdrawn; says whether it happened."""
    return change(connection, _WITHDRAWN, {"id": request_id}) == 1


def mark_reminded(connection: Connection, request_id: str) -> bool:
    """Note a reminder; says whether the request can still be answered."""
    return change(connection, _REMINDED, {"id": request_id}) == 1


def mark_followed(connection: Connection, request_id: str) -> Row | None:
    """Note that what follows an answer is done now; ``None`` when somebody else does or did it."""
    query = """
        UPDATE case_request SET followed_at = clock_timestamp()
        WHERE request_id = %(id)s AND state = 'answered' AND followed_at IS NULL RETURNING *
    """
    return first(connection, query, {"id": request_id})


def overdue(connection: Connection) -> list[str]:
    """Requests whose time is over, oldest first."""
    query = f"""
        SELECT request_id FROM case_request WHERE state = 'asked' AND expires_at <= clock_timestamp()
          AND {free(Sweep.EXPIRY, "request_id")}
        ORDER BY request_id LIMIT 200
    """  # noqa: S608 - our own words
    return [row["request_id"] for row in rows(connection, query)]


def mark_expired(connection: Connection, request_id: str) -> Row | None:
    """asked -> expired, when its time is over; the request if it happened."""
    query = """
        UPDATE case_request SET state = 'expired', ended_at = clock_timestamp()
        WHERE request_id = %(id)s AND state = 'asked' AND expires_at <= clock_timestamp() RETURNING *
    """
    return first(connection, query, {"id": request_id})


def unfollowed(connection: Connection, *, since: timedelta) -> list[str]:
    """Requests that were answered so long ago and whose case did not hear of it, oldest first."""
    query = f"""
        SELECT request_id FROM case_request
        WHERE state = 'answered' AND followed_at IS NULL AND ended_at <= clock_timestamp() - %(since)s
          AND {free(Sweep.ANSWERS, "request_id")}
        ORDER BY request_id LIMIT 200
    """  # noqa: S608 - our own words
    return [row["request_id"] for row in rows(connection, query, {"since": since})]


def unanswered(connection: Connection, *, since: timedelta) -> list[Row]:
    """Requests that nobody answered for so long and nobody was reminded of, oldest first."""
    query = f"""
        SELECT * FROM case_request
        WHERE state = 'asked' AND reminded_at IS NULL AND expires_at > clock_timestamp()
          AND asked_at <= clock_timestamp() - %(since)s AND {free(Sweep.REMINDERS, "request_id")}
        ORDER BY request_id LIMIT 200
    """  # noqa: S608 - our own words
    return rows(connection, query, {"since": since})


def is_asking(connection: Connection, case_id: str) -> bool:
    """Whether an answer is still awaited on a case."""
    query = "SELECT 1 AS one FROM case_request WHERE case_id = %(id)s AND state = 'asked' LIMIT 1"
    return first(connection, query, {"id": case_id}) is not None


def newest_asker(connection: Connection, case_id: str) -> str | None:
    """Who asked last on a case."""
    query = "SELECT asked_by FROM case_request WHERE case_id = %(id)s ORDER BY request_id DESC LIMIT 1"
    found = first(connection, query, {"id": case_id})
    return None if found is None else str(found["asked_by"])


def resume(connection: Connection, case_id: str) -> bool:
    """waiting -> open; says whether it happened."""
    query = "UPDATE review_case SET state = 'open' WHERE case_id = %(id)s AND state = 'waiting'"
    return change(connection, query, {"id": case_id}) == 1
