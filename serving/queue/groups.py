"""Cases of one upstream cause: seen as one, and claimed together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.auth.principal import Forbidden, Principal
from serving.problems import Conflict, NotFound
from serving.queue import service
from serving.queue.sight import SEEN, seen_by
from serving.queue.turns import AWAKE
from serving.sql import Row, rows
from serving.state import ServingState

MOST_TOGETHER: Final = 200
MOST_NAMED: Final = 12
# Fewer are read sooner one by one than unfolded.
FEWEST: Final = 5


@dataclass(frozen=True)
class NotTaken:
    """A case that the caller could not claim with the others, and why."""

    case_id: str
    invoice_id: str
    because: str


@dataclass(frozen=True)
class Taken:
    """What came of claiming several cases: those the caller holds now, and the others."""

    claimed: list[Row]
    refused: list[NotTaken]


def claim_many(connection: Connection, state: ServingState, case_ids: Sequence[str], *, principal: Principal) -> Taken:
    """Claim several cases in one transaction: those that the caller may have now; the rest is named with its reason.

    Cases that the caller holds already count as claimed. Raises ``UnknownCase`` for one that the caller does not see.
    """
    claimed: list[Row] = []
    refused: list[NotTaken] = []
    # In one order, so that two people who claim the same cases never wait for each other in a circle.
    for case_id in sorted(dict.fromkeys(case_ids))[:MOST_TOGETHER]:
        kase = service.find(connection, case_id, principal)
        if kase["claimed_by"] == principal.principal_id and not kase["lease_expired"]:
            claimed.append(kase)
            continue
        try:
            claimed.append(service.claim(connection, state, case_id, principal=principal))
        except (Conflict, Forbidden) as problem:
            refused.append(NotTaken(case_id, kase["invoice_id"], problem.detail))
    return Taken(claimed, refused)


def claim_group(connection: Connection, state: ServingState, group_key: str, *, principal: Principal) -> Taken:
    """Claim every open case of one upstream cause; raises ``NotFound`` when the caller sees none."""
    query = f"""
        SELECT c.case_id FROM review_case c
        WHERE c.group_key = %(key)s AND c.state IN ('open', 'claimed', 'waiting') AND {SEEN} AND {AWAKE}
        ORDER BY c.priority DESC, c.case_id DESC LIMIT %(most)s
    """  # noqa: S608 - constants
    found = rows(connection, query, {"key": group_key, "most": MOST_TOGETHER, **seen_by(principal)})
    if not found:
        raise NotFound(f"no open case has the cause {group_key!r}")
    return claim_many(connection, state, [row["case_id"] for row in found], principal=principal)


_GROUPS = """
SELECT g.group_key, g.title, g.cases, g.cash, g.members, manager.name AS manager FROM (
    SELECT c.group_key, min(c.group_title) AS title, count(*) AS cases, coalesce(sum(abs(c.group_amount)), 0) AS cash,
           (array_agg(json_build_object('case_id', c.case_id, 'invoice_id', c.invoice_id)
                      ORDER BY c.priority DESC, c.case_id DESC))[1:%(named)s] AS members,
           min(c.project_id) FILTER (WHERE c.group_key LIKE '%%:project:%%') AS project_id
    FROM review_case c
    WHERE c.group_key = ANY(%(keys)s) AND c.state IN ('open', 'claimed', 'waiting') AND {seen} AND {awake}
    GROUP BY c.group_key HAVING count(*) >= %(fewest)s
) g LEFT JOIN LATERAL (
    SELECT r.name FROM project p JOIN resource r ON r.resource_id = p.manager_id WHERE p.project_id = g.project_id
    ORDER BY p.known_at DESC, p.record_id DESC, r.known_at DESC, r.record_id DESC LIMIT 1
) manager ON true
"""


def groups_of(connection: Connection, keys: Sequence[str], principal: Principal) -> dict[str, Row]:
    """Group key → title, cases, cash, the first members, the project's manager; small groups are left out."""
    query = sql.SQL(_GROUPS).format(seen=sql.SQL(SEEN), awake=sql.SQL(AWAKE))
    asked = {"keys": sorted(set(keys)), "named": MOST_NAMED, "fewest": FEWEST, **seen_by(principal)}
    return {row["group_key"]: row for row in rows(connection, query, asked)} if asked["keys"] else {}
