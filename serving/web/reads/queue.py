"""What the queue page reads beside the cases themselves."""

from collections.abc import Iterable

from psycopg import sql
from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.queue.listing import MOST_COUNTED
from serving.queue.sight import SEEN, seen_by
from serving.sql import Row, only, rows


def why_of(connection: Connection, score_ids: Iterable[str]) -> dict[str, Row]:
    """Score id → ``because``, ``reasons`` and ``controls`` of the scores."""
    query = "SELECT score_id, because, reasons, controls FROM score WHERE score_id = ANY(%(ids)s)"
    return {row["score_id"]: row for row in rows(connection, query, {"ids": list(score_ids)})}


def done_today(connection: Connection, principal: Principal) -> Row:
    """What was decided since midnight (UTC): ``cases``, ``cash`` in group currency, ``mine``."""
    query = sql.SQL("""
        SELECT count(*) FILTER (WHERE c.closed_at >= today) AS cases,
               coalesce(sum(abs(c.group_amount)) FILTER (WHERE c.closed_at >= today), 0) AS cash,
               count(*) FILTER (WHERE c.closed_at >= today AND d.reviewer_id = %(viewer)s) AS mine
        FROM (SELECT date_trunc('day', clock_timestamp(), 'UTC') AS today) t
        LEFT JOIN review_case c ON c.closed_at >= today AND c.state = 'decided' AND {seen}
        LEFT JOIN LATERAL (
            SELECT reviewer_id FROM case_decision WHERE case_id = c.case_id ORDER BY decided_at DESC LIMIT 1
        ) d ON true
    """).format(seen=sql.SQL(SEEN))
    return only(connection, query, seen_by(principal))


def group_currency(connection: Connection) -> str:
    """The currency in which cash is added up; empty when nothing says so yet."""
    query = """
        SELECT coalesce((SELECT group_currency FROM fx_rate LIMIT 1),
                        (SELECT group_currency FROM review_case WHERE group_currency IS NOT NULL LIMIT 1), '') AS code
    """
    return str(only(connection, query)["code"])


def elsewhere(connection: Connection, principal: Principal) -> Row:
    """Where else work may be: open cases ``waiting``, ``claimed``, ``overdue`` and ``asleep``, up to ten thousand."""
    query = sql.SQL("""
        SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
               count(*) FILTER (WHERE state = 'claimed') AS claimed,
               count(*) FILTER (WHERE due_at <= clock_timestamp()) AS overdue,
               count(*) FILTER (WHERE snoozed_until > clock_timestamp()) AS asleep
        FROM (SELECT c.state, c.due_at, c.snoozed_until FROM review_case c
              WHERE c.state IN ('open', 'claimed', 'waiting') AND {seen} LIMIT %(most)s) found
    """).format(seen=sql.SQL(SEEN))
    return only(connection, query, seen_by(principal) | {"most": MOST_COUNTED})


_PLACES = {"region": "project", "service_line": "project"}


def places(connection: Connection, column: str) -> list[Row]:
    """The values of a project's ``region`` or ``service_line``: ``id``, ``name``; found by hops along an index."""
    query = sql.SQL("""
        WITH RECURSIVE hop AS (
            (SELECT {column} AS id FROM {table} WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 1)
            UNION ALL
            SELECT (SELECT {column} FROM {table} WHERE {column} > hop.id ORDER BY {column} LIMIT 1)
            FROM hop WHERE hop.id IS NOT NULL
        ) SELECT id, id AS name FROM hop WHERE id IS NOT NULL LIMIT 100
    """).format(column=sql.Identifier(column), table=sql.Identifier(_PLACES[column]))
    return rows(connection, query)
