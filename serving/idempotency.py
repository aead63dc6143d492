"""The same request sent twice is carried out once: keys, body digests and kept answers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from serving.problems import Conflict
from serving.sql import change, only

_RESERVE = """
INSERT INTO idempotency_key (principal_id, key, body_digest) VALUES (%(principal)s, %(key)s, %(digest)s)
ON CONFLICT (principal_id, key) DO NOTHING
"""
_KEEP = "UPDATE idempotency_key SET response = %(response)s WHERE principal_id = %(principal)s AND key = %(key)s"
_FIND = "SELECT body_digest, response FROM idempotency_key WHERE principal_id = %(principal)s AND key = %(key)s"


class KeyReused(Conflict):
    """The idempotency key was used for another body before."""

    slug = "idempotency-key-reused"
    title = "Idempotency key used before"


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, and whether they were made by an earlier request."""

    content: bytes
    replayed: bool


def body_digest(route: str, body: Any) -> str:
    """SHA-256 (hex) of a route and a request body in canonical JSON."""
    content = orjson.dumps([route, body], default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def once(
    connection: Connection, principal_id: str, key: str | None, *, digest: str, make: Callable[[], bytes]
) -> Answer:
    """Make the answer, or give the one that was made before under the same key.

    The key is reserved in the caller's transaction: a concurrent duplicate waits for it and then finds the answer; if
    this transaction fails, the key is free again. Raises ``KeyReused`` for another body.
    """
    if key is None:
        return Answer(make(), replayed=False)
    parameters = {"principal": principal_id, "key": key, "digest": digest}
    if change(connection, _RESERVE, parameters) == 1:
        content = make()
        change(connection, _KEEP, {"principal": principal_id, "key": key, "response": content})
        return Answer(content, replayed=False)
    kept = only(connection, _FIND, {"principal": principal_id, "key": key})
    if kept["body_digest"] != digest:
        raise KeyReused("this Idempotency-Key was sent before with another body; use a new key for a new request")
    return Answer(bytes(kept["response"]), replayed=True)
