"""The audit log as a file: exported for a period, checked anywhere, without a database or this service.

JSON lines. The first tells what follows, the last how much there was and the SHA-256 of all lines before it; between
them stand the entries, stream by stream in order::

    {"format": "triage-audit-1", "firm": "acme", "from": null, "to": null, "made_at": "...", "heads": [...]}
    {"stream": 3, "position": 17, "previous": "9c...", "digest": "41...", "body": "{...}", "written_at": "..."}
    {"entries": 1, "sha256": "e0..."}

``digest`` is SHA-256(``previous`` + ``body``), hex; ``body`` is kept as the text that was hashed. ``heads`` are the
ends of the sixteen streams when the file was made: whoever keeps them proves later that nothing before was changed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Connection

from ledger.database import raw_cursor
from serving.audit import GENESIS, Break, chained
from serving.sql import Row, rows

FORMAT: Final = "triage-audit-1"
BATCH: Final = 2_000

# A period is one unbroken piece of each stream: clocks may step back, positions never do.
_PIECES = """
SELECT stream, min(position) AS first, max(position) AS last FROM audit_entry
WHERE (%(start)s::timestamptz IS NULL OR written_at >= %(start)s)
  AND (%(end)s::timestamptz IS NULL OR written_at < %(end)s)
GROUP BY stream ORDER BY stream
"""
_ENTRIES = """
SELECT stream, position, previous, digest, body, written_at FROM audit_entry
WHERE stream = %(stream)s AND position BETWEEN %(first)s AND %(last)s ORDER BY position
"""


@dataclass(frozen=True)
class Period:
    """From ``start`` (inclusive) to ``end`` (exclusive), both UTC; ``None``: open on that side."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """What a check of a file found.

    Attributes:
        header: the file's first line.
        breaks: places where the chain does not hold; ``stream`` is -1 where the file itself is damaged.
    """

    header: dict[str, Any]
    entries: int
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        """Whether the file is whole and every entry as it was written."""
        return not self.breaks


def export(connection: Connection, period: Period, *, firm: str) -> Iterator[bytes]:
    """The lines of a file, read as they are asked for; nothing is held in memory."""
    whole, count = hashlib.sha256(), 0
    for line in _lines(connection, period, firm):
        whole.update(line)
        count += 1
        yield line
    yield _line({"entries": count - 1, "sha256": whole.hexdigest()})


def _lines(connection: Connection, period: Period, firm: str) -> Iterator[bytes]:
    heads = rows(connection, "SELECT stream, position, digest FROM audit_head ORDER BY stream")
    yield _line({"format": FORMAT, "firm": firm, "from": period.start, "to": period.end, "made_at": datetime.now(UTC),
                 "heads": heads})  # fmt: skip
    for piece in rows(connection, _PIECES, {"start": period.start, "end": period.end}):
        yield from map(_line, _read(connection, piece))


def _read(connection: Connection, piece: Row) -> Iterator[Row]:
    cursor = raw_cursor(connection).connection.cursor(f"audit_{piece['stream']}", row_factory=dict_row)
    with cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(sql.SQL(_ENTRIES), piece)


def _line(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def check(lines: Iterable[bytes], *, kept: dict[int, tuple[int, str]] | None = None) -> Checked:
    """Recompute a file's digests and its own.

    Args:
        lines: the file, line by line.
        kept: stream → position and digest of its head, noted down at an earlier time: entries at these places must
            still have these digests.

    Raises ``ValueError`` for what is no such file.
    """
    header, rest = _header(lines)
    checking, whole = _Checking(kept or {}), hashlib.sha256(_line(header))
    end: dict[str, Any] | None = None
    for raw in rest:
        content = _parsed(raw)
        if end is not None:
            checking.damaged("there are lines after the end")
        elif "entries" in content:
            end = content
        else:
            whole.update(raw if raw.endswith(b"\n") else raw + b"\n")
            checking.entry(content)
    checking.finish(end, whole.hexdigest())
    return Checked(header, checking.count, tuple(checking.breaks))


def _header(lines: Iterable[bytes]) -> tuple[dict[str, Any], Iterator[bytes]]:
    rest = iter(lines)
    header = _parsed(next(rest, b"null"))
    if header.get("format") != FORMAT:
        raise ValueError(f"this is no audit file: its first line does not say {FORMAT!r}")
    return header, rest


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"a line of the file is no JSON: {error}") from error
    return content if isinstance(content, dict) else {}


class _Checking:
    """One pass over the entries."""

    def __init__(self, kept: dict[int, tuple[int, str]]) -> None:
        self.kept = kept
        self.count = 0
        self.breaks: list[Break] = []
        self._last: dict[int, tuple[int, str]] = {}

    def damaged(self, reason: str) -> None:
        self.breaks.append(Break(-1, self.count, reason))

    def entry(self, content: dict[str, Any]) -> None:
        self.count += 1
        try:
            place = (int(content["stream"]), int(content["position"]))
            previous, digest, body = (str(content[name]) for name in ("previous", "digest", "body"))
        except (KeyError, TypeError, ValueError):
            self.damaged("a line is no entry")
            return
        reasons = self._reasons(place, previous, digest, body)
        self.breaks.extend(Break(*place, reason) for reason in reasons)
        self._last[place[0]] = (place[1], digest)

    def _reasons(self, place: tuple[int, int], previous: str, digest: str, body: str) -> Iterator[str]:
        stream, position = place
        before = self._last.get(stream)
        if before is not None and before != (position - 1, previous):
            yield "an entry before it is missing or was changed"
        if before is None and position == 1 and previous != GENESIS:
            yield "it does not begin where every stream begins"
        if digest != chained(previous, body):
            yield "its content is not what was written"
        if self.kept.get(stream) is not None and self.kept[stream][0] == position and self.kept[stream][1] != digest:
            yield "it is not what was noted down earlier"

    def finish(self, end: dict[str, Any] | None, digest: str) -> None:
        if end is None:
            self.damaged("its end is missing: the file was cut")
        elif end != {"entries": self.count, "sha256": digest}:
            self.damaged("its end speaks of other lines: the file was changed")


def heads_of(header: dict[str, Any]) -> dict[int, tuple[int, str]]:
    """Stream → position and digest of the ends that a file's first line notes."""
    return {int(head["stream"]): (int(head["position"]), str(head["digest"])) for head in header["heads"]}
