"""The same write sent twice is carried out once: keys, body digests and kept answers."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from serving.problems import Conflict, Problem
from serving.sql import change, first

_RESERVE = """
INSERT INTO idempotency_key (principal_id, key, body_digest) VALUES (%(principal)s, %(key)s, %(digest)s)
ON CONFLICT (principal_id, key) DO NOTHING
"""
_KEEP = """
UPDATE idempotency_key SET status = %(status)s, response = %(response)s
WHERE principal_id = %(principal)s AND key = %(key)s
"""
_FREE = "DELETE FROM idempotency_key WHERE principal_id = %(principal)s AND key = %(key)s"
_FIND = """
SELECT body_digest, status, response FROM idempotency_key WHERE principal_id = %(principal)s AND key = %(key)s
"""


class KeyReused(Conflict):
    """The idempotency key was used for another request before."""

    slug = "idempotency-key-reused"
    title = "Idempotency key used before"


@dataclass(frozen=True)
class Attempt:
    """A request that may be a repetition.

    Attributes:
        key: what the caller sent; ``None`` when every request stands for itself.
        digest: SHA-256 (hex) of what is asked, see ``request_digest``.
    """

    principal_id: str
    key: str | None
    digest: str


@dataclass(frozen=True)
class Answer:
    """The status and bytes of an answer, and whether they were made by an earlier request."""

    status: int
    content: bytes
    replayed: bool = False


def request_digest(method: str, path: str, body: Any) -> str:
    """SHA-256 (hex) of method, path with its query, and body, in canonical JSON: sorted keys, no spaces."""
    return hashlib.sha256(_canonical([method, path, body])).hexdigest()


def _canonical(content: Any) -> bytes:
    try:
        return orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Whole numbers beyond 64 bits and lone surrogates: sent in records, and kept in quarantine as they came.
        return json.dumps(content, default=str, sort_keys=True, separators=(",", ":")).encode()


def once(connection: Connection, attempt: Attempt, make: Callable[[], Answer]) -> Answer:
    """Make the answer, or give the one that was made before under the same key.

    The key is reserved in the caller's transaction: a concurrent duplicate waits for it and then finds the answer; if
    this transaction fails, the key is free again. Raises ``KeyReused`` for another method, path or body.
    """
    kept = reserve(connection, attempt)
    if kept is not None:
        return kept
    try:
        answer = make()
    except Problem as refused:
        if refused.kept:
            give_up(connection, attempt)  # everything else of it is rolled back, and the key with it
        raise
    keep(connection, attempt, answer)
    return answer


def reserve(connection: Connection, attempt: Attempt) -> Answer | None:
    """The answer that is kept under the key; ``None`` when the caller has the key now and must make one.

    Raises ``KeyReused``.
    """
    if attempt.key is None:
        return None
    place = _place(attempt)
    while change(connection, _RESERVE, {**place, "digest": attempt.digest}) == 0:
        kept = first(connection, _FIND, place)
        if kept is None:
            continue  # it was forgotten between the two statements
        if kept["body_digest"] != attempt.digest:
            raise KeyReused("this Idempotency-Key was sent before with another body; use a new key for a new request")
        return Answer(kept["status"], bytes(kept["response"]), replayed=True)
    return None


def keep(connection: Connection, attempt: Attempt, answer: Answer) -> None:
    """Keep the answer under its reserved key."""
    if attempt.key is not None:
        change(connection, _KEEP, {**_place(attempt), "status": answer.status, "response": answer.content})


def give_up(connection: Connection, attempt: Attempt) -> None:
    """Free a reserved key whose request failed in a transaction that goes on."""
    if attempt.key is not None:
        change(connection, _FREE, _place(attempt))


def _place(attempt: Attempt) -> dict[str, Any]:
    return {"principal": attempt.principal_id, "key": attempt.key}


def forget_old(connection: Connection, before: datetime) -> int:
    """Drop the answers that were kept before a moment, and with them the promise to repeat them; how many."""
    return change(connection, "DELETE FROM idempotency_key WHERE created_at < %(before)s", {"before": before})
