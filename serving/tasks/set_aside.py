"""Items that a sweep of the worker could not carry out: why, how often it was tried, and when it is tried again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.ids import new_id
from serving.problems import NotFound
from serving.sql import Row, change, first, only, rows

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
TRIED_AT_ONCE: Final = 50
MOST_ROWS: Final = 500
_REASON_LENGTH: Final = 500


class Sweep(StrEnum):
    """What a worker does again and again over many items."""

    READY = "ready"
    REMEDIES = "remedies"
    NOTES = "notes"
    EXPLANATIONS = "explanations"
    LIKENESS = "likeness"
    SHADOW = "shadow"
    NEWS = "news"
    REFRESH = "refresh"
    DECISIONS = "decisions"
    ASSIGNMENT = "assignment"
    SERVICE_LEVELS = "service_levels"
    LENDING = "lending"
    ANSWERS = "answers"
    EXPIRY = "expiry"
    REMINDERS = "reminders"
    OPENED = "opened"


# What an item of a sweep is the id of.
ITEMS: Final[dict[Sweep, str]] = {
    Sweep.READY: "invoice",
    Sweep.REMEDIES: "invoice",
    Sweep.NOTES: "text",
    Sweep.EXPLANATIONS: "score",
    Sweep.LIKENESS: "case",
    Sweep.SHADOW: "score",
    Sweep.NEWS: "case",
    Sweep.REFRESH: "case",
    Sweep.DECISIONS: "case",
    Sweep.ASSIGNMENT: "case",
    Sweep.SERVICE_LEVELS: "case",
    Sweep.LENDING: "case",
    Sweep.ANSWERS: "request",
    Sweep.EXPIRY: "request",
    Sweep.REMINDERS: "request",
    Sweep.OPENED: "case",
}


@dataclass(frozen=True)
class Item:
    """One thing that a sweep works on.

    Attributes:
        key: its id.
        news: what it is to be told; two lists of the same item are put together.
    """

    key: str
    news: tuple[str, ...] = ()


class NotSetAside(NotFound):
    """Nothing is set aside under this id, or it was carried out meanwhile."""

    slug = "not-set-aside"
    title = "Not set aside"

    def __init__(self, set_aside_id: str) -> None:
        super().__init__(f"nothing is set aside under {set_aside_id!r}; it may have been carried out meanwhile")


def free(sweep: Sweep, item: str) -> str:
    """SQL condition: the item (a column) is not set aside. Those that are have their own time."""
    return f"NOT EXISTS (SELECT FROM set_aside aside WHERE aside.sweep = '{sweep.value}' AND aside.item = {item})"


_KNOWN: Final = "SELECT item, news FROM set_aside WHERE sweep = %(sweep)s AND item = ANY(%(items)s)"
_DUE: Final = """
SELECT item, news FROM set_aside WHERE sweep = %(sweep)s AND next_try_at <= clock_timestamp()
ORDER BY next_try_at, set_aside_id LIMIT %(most)s
"""


def known(connection: Connection, sweep: Sweep, keys: Collection[str]) -> dict[str, Item]:
    """Those of some items that are set aside."""
    return _by_key(rows(connection, _KNOWN, {"sweep": sweep.value, "items": list(keys)}))


def due(connection: Connection, sweep: Sweep) -> dict[str, Item]:
    """Items whose next try has come, those that have waited longest first."""
    return _by_key(rows(connection, _DUE, {"sweep": sweep.value, "most": TRIED_AT_ONCE}))


def _by_key(found: list[Row]) -> dict[str, Item]:
    return {row["item"]: Item(row["item"], tuple(row["news"])) for row in found}


# Twice as long after each failure, at most an hour: what was put right comes back by itself.
_PUT: Final = """
INSERT INTO set_aside AS aside (set_aside_id, sweep, item, news, reason, next_try_at)
VALUES (%(id)s, %(sweep)s, %(item)s, %(news)s, %(reason)s, clock_timestamp() + %(wait)s::interval)
ON CONFLICT (sweep, item) DO UPDATE SET
    news = ARRAY(SELECT DISTINCT unnest(aside.news || EXCLUDED.news) ORDER BY 1), reason = EXCLUDED.reason,
    attempts = aside.attempts + 1, last_failed_at = clock_timestamp(),
    next_try_at = clock_timestamp() + least(%(wait)s::interval * power(2, least(aside.attempts, 20)),
                                            %(longest)s::interval)
RETURNING attempts, next_try_at
"""
_COUNT: Final = """
INSERT INTO sweep_fault (sweep, faults) VALUES (%(sweep)s, 1)
ON CONFLICT (sweep) DO UPDATE SET faults = sweep_fault.faults + 1
"""


def put(connection: Connection, sweep: Sweep, item: Item, reason: str) -> Row:
    """Set an item aside, or a further time: its ``attempts`` so far and ``next_try_at``."""
    values = {
        "id": new_id(),
        "sweep": sweep.value,
        "item": item.key,
        "news": list(item.news),
        "reason": _storable(reason),
        "wait": FIRST_WAIT,
        "longest": LONGEST_WAIT,
    }
    made = only(connection, _PUT, values)
    change(connection, _COUNT, values)
    return made


def _storable(reason: str) -> str:
    """The first line, without what PostgreSQL cannot keep as text: a fault must not hide behind its own words."""
    line = next(iter(reason.splitlines()), "").replace("\x00", "")
    return line.encode("utf-8", "replace").decode("utf-8")[:_REASON_LENGTH] or "no reason was given"


def clear(connection: Connection, sweep: Sweep, key: str) -> None:
    """Take an item off the list: it was carried out, or nothing is left to do."""
    change(
        connection, "DELETE FROM set_aside WHERE sweep = %(sweep)s AND item = %(item)s", {"sweep": sweep, "item": key}
    )


_LISTED: Final = """
SELECT * FROM set_aside
WHERE (%(sweep)s::text IS NULL OR sweep = %(sweep)s) AND (%(cursor)s::text IS NULL OR set_aside_id < %(cursor)s)
ORDER BY set_aside_id DESC LIMIT %(limit)s
"""


def listed(connection: Connection, *, sweep: str | None = None, cursor: str | None = None, limit: int) -> list[Row]:
    """What is set aside, the newest first."""
    return rows(connection, _LISTED, {"sweep": sweep, "cursor": cursor, "limit": limit})


def try_now(connection: Connection, set_aside_id: str, *, actor: str, request_id: str | None = None) -> Row:
    """Let the worker try an item again with its next round; raises ``NotSetAside``."""
    statement = "UPDATE set_aside SET next_try_at = clock_timestamp() WHERE set_aside_id = %(id)s RETURNING *"
    row = first(connection, statement, {"id": set_aside_id})
    if row is None:
        raise NotSetAside(set_aside_id)
    detail = {name: row[name] for name in ("sweep", "item", "reason", "attempts")}
    audit.write(connection, "set_aside_tried", actor=actor, subject=row["item"], detail=detail, request_id=request_id)
    return row


def counts(connection: Connection) -> list[Row]:
    """Every sweep: ``waiting`` items set aside now, and ``faults`` so far."""
    query = """
        SELECT s.sweep, (SELECT count(*) FROM set_aside a WHERE a.sweep = s.sweep) AS waiting,
               coalesce((SELECT faults FROM sweep_fault f WHERE f.sweep = s.sweep), 0) AS faults
        FROM unnest(%(sweeps)s::text[]) AS s (sweep)
    """
    return rows(connection, query, {"sweeps": list(Sweep)})
