"""The audit log: append-only, hash-chained in sixteen streams, verifiable offline.

One chain for everything would make every transaction wait for the one before it until its commit is on disk. Sixteen
chains, chosen by the subject's id, keep all that concerns one invoice, case or account in one order and let unrelated
work go on in parallel. Each stream's head is stored apart, so that a cut tail shows as well as a changed entry.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from ledger.database import raw_cursor
from serving.sql import change, rows

STREAMS = 16
GENESIS = "0" * 64
SYSTEM = "system"
APPEND = "audit_append(%(audit_stream)s::integer, %(audit_body)s)"


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    stream: int
    position: int
    reason: str


@dataclass(frozen=True)
class Verification:
    """What a verification found; ``heads`` may be kept elsewhere, as proof that nothing before them changed since."""

    entries: int
    breaks: tuple[Break, ...]
    heads: dict[int, str]

    @property
    def holds(self) -> bool:
        """Whether every entry is as it was written."""
        return not self.breaks


def write(
    connection: Connection,
    action: str,
    *,
    actor: str,
    subject: str,
    detail: dict[str, Any],
    request_id: str | None = None,
) -> None:
    """Add an entry in the caller's transaction; it exists if and only if what it tells was committed.

    The subject's stream stays locked until the transaction ends, so write it late. A transaction that writes about
    several subjects should write in the order of ``stream_of``, so that two of them cannot wait for each other.
    """
    append(connection, entry(action, actor=actor, subject=subject, detail=detail, request_id=request_id))


def entry(
    action: str, *, actor: str, subject: str, detail: dict[str, Any], request_id: str | None = None
) -> dict[str, Any]:
    """The parameters of ``audit_append``, for a statement that calls it beside other things."""
    body = body_of(action, actor, subject, detail, request_id)
    return {"audit_stream": stream_of(subject), "audit_body": body}


def append(connection: Connection, parameters: dict[str, Any]) -> None:
    """Add an entry made by ``entry``."""
    change(connection, f"SELECT {APPEND}", parameters)


def stream_of(subject: str) -> int:
    """The stream that carries a subject's entries."""
    return zlib.crc32(subject.encode()) % STREAMS


def body_of(action: str, actor: str, subject: str, detail: dict[str, Any], request_id: str | None) -> str:
    """The canonical JSON of an entry: sorted keys, no spaces, UTC."""
    entry = {
        "action": action,
        "actor": actor,
        "subject": subject,
        "detail": detail,
        "request_id": request_id,
        "at": datetime.now(UTC),
    }
    return orjson.dumps(entry, default=str, option=orjson.OPT_SORT_KEYS).decode()


Told = Callable[[int], None]


def nobody(_: int) -> None:
    """Nobody wants to know how far it is."""


def verify(connection: Connection, *, told: Told = nobody, every: int = 5_000) -> Verification:
    """Recompute every digest of every stream and compare the ends with the stored heads.

    ``told`` hears how many entries are done, each time after ``every`` of them.
    """
    change(connection, "SET LOCAL statement_timeout = 0")  # it reads everything
    entries, breaks, heads = 0, list[Break](), dict(_stored_heads(connection))
    for stream in range(STREAMS):
        count, end, found = _verify_stream(connection, stream, _now_and_then(told, every, before=entries))
        entries += count
        breaks.extend(found)
        if heads.get(stream) != (count, end):
            breaks.append(Break(stream, count, "the stored head names another entry: the end was cut or added to"))
    return Verification(entries, tuple(breaks), {stream: digest for stream, (_, digest) in heads.items()})


def _now_and_then(told: Told, every: int, *, before: int) -> Told:
    """Tells how many entries of all streams are done, of a stream's count."""

    def heard(count: int) -> None:
        if (before + count) % every == 0:
            told(before + count)

    return heard


def _stored_heads(connection: Connection) -> Iterator[tuple[int, tuple[int, str]]]:
    for row in rows(connection, "SELECT stream, position, digest FROM audit_head"):
        yield row["stream"], (row["position"], row["digest"])


def _verify_stream(connection: Connection, stream: int, heard: Told) -> tuple[int, str, list[Break]]:
    previous, count, breaks = GENESIS, 0, list[Break]()
    cursor = raw_cursor(connection)
    cursor.execute(
        "SELECT position, body, previous, digest FROM audit_entry WHERE stream = %s ORDER BY position", [stream]
    )
    for position, body, stored_previous, digest in cursor:
        count += 1
        if position != count or stored_previous != previous:
            breaks.append(Break(stream, position, "an entry before it is missing or was changed"))
        if digest != chained(stored_previous, body):
            breaks.append(Break(stream, position, "its content is not what was written"))
        previous = digest
        heard(count)
    return count, previous, breaks


def chained(previous: str, body: str) -> str:
    """SHA-256 (hex) of the previous digest followed by the body."""
    return hashlib.sha256((previous + body).encode()).hexdigest()
