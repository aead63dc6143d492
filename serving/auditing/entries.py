"""Entries of the audit log by subject, actor, action and time, newest first, page by page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

import orjson
from sqlalchemy import Connection

from serving.problems import Invalid
from serving.spreadsheet import csv_line
from serving.sql import Row, only, rows

_ENTRIES = """
SELECT written_at, action, actor_id, subject_id, body::jsonb -> 'detail' AS detail,
       body::jsonb ->> 'request_id' AS request_id, stream, position, digest
FROM audit_entry
WHERE (%(subject)s::text IS NULL OR subject_id = %(subject)s)
  AND (%(actor)s::text IS NULL OR actor_id = %(actor)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(start)s::timestamptz IS NULL OR written_at >= %(start)s)
  AND (%(end)s::timestamptz IS NULL OR written_at < %(end)s)
  AND (%(before)s::timestamptz IS NULL OR (written_at, stream, position) < (%(before)s, %(stream)s, %(position)s))
ORDER BY written_at DESC, stream DESC, position DESC LIMIT %(limit)s
"""
_COLUMNS: Final = ("written_at", "action", "actor_id", "actor", "subject_id", "request_id", "detail", "stream",
                   "position", "digest")  # fmt: skip


@dataclass(frozen=True)
class Sought:
    """Which entries; ``None`` does not narrow. ``start`` inclusive, ``end`` exclusive."""

    subject: str | None = None
    actor: str | None = None
    action: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a page ended: the next one goes on below it."""

    before: datetime
    stream: int
    position: int

    def text(self) -> str:
        """For an address."""
        return f"{self.before.isoformat()}_{self.stream}_{self.position}"

    @classmethod
    def of(cls, text: str) -> "Place":
        """Read back; raises ``ValueError`` or ``OverflowError`` for what is none."""
        moment, stream, position = text.split("_")
        before = datetime.fromisoformat(moment)
        if before.tzinfo is None:
            raise ValueError("a moment needs its offset")
        return cls(before.astimezone(UTC), int(stream), int(position))


def place_of(cursor: str | None, pointer: str) -> Place | None:
    """The place that a cursor names; raises ``Invalid`` at the pointer for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        return Place.of(cursor)
    except (ValueError, OverflowError) as error:
        raise Invalid.at(pointer, "is not a cursor of this service; start without one") from error


def entries(connection: Connection, sought: Sought, *, after: Place | None = None, limit: int = 100) -> list[Row]:
    """``written_at, action, actor_id, subject_id, detail, request_id, stream, position, digest``, newest first."""
    place = {"before": None, "stream": None, "position": None} if after is None else asdict(after)
    return rows(connection, _ENTRIES, asdict(sought) | place | {"limit": limit})


def place_after(found: list[Row], limit: int) -> Place | None:
    """Where the next page begins; ``None`` when this one was the last."""
    if len(found) < limit:
        return None
    last = found[-1]
    return Place(last["written_at"], last["stream"], last["position"])


def known_actions(connection: Connection) -> list[str]:
    """Every action that the log holds, by name, found by skipping from one to the next."""
    query = """
        WITH RECURSIVE found AS (
            SELECT min(action) AS action FROM audit_entry
            UNION ALL SELECT (SELECT min(action) FROM audit_entry e WHERE e.action > found.action) FROM found
            WHERE found.action IS NOT NULL
        ) SELECT action FROM found WHERE action IS NOT NULL
    """
    return [str(row["action"]) for row in rows(connection, query)]


def entry_count(connection: Connection) -> int:
    """How many entries there are, from the heads of the streams."""
    return int(only(connection, "SELECT coalesce(sum(position), 0) AS n FROM audit_head")["n"])


def csv_lines(found: Iterable[Row], names: Mapping[str, str]) -> Iterator[str]:
    """A heading and a line per entry, for a spreadsheet; ``names`` are names by account or key id."""
    yield csv_line(_COLUMNS)
    for row in found:
        detail = orjson.dumps(row["detail"]).decode()
        told = row | {"actor": names.get(row["actor_id"], ""), "detail": detail, "written_at": _moment(row)}
        yield csv_line(told[name] for name in _COLUMNS)


def _moment(row: Row) -> str:
    moment: datetime = row["written_at"]
    return moment.astimezone(UTC).isoformat()
