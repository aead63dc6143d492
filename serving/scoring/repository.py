"""Scores in the database: the headers they start from, and the one statement that stores a score with its case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Connection

from ledger.database import raw_cursor
from serving.audit import APPEND
from serving.scoring.verdict import Header
from serving.sql import Row, first, rows

# The snapshot is taken before the records are read and limits what is read, so that a replay can read just the same.
_HEADERS = """
SELECT s.snapshot, (SELECT group_currency FROM fx_rate LIMIT 1) AS group_currency, i.record_id, i.invoice_id,
       i.client_id, i.project_id, i.legal_entity_id, i.amount, i.currency, i.prepared_by, i.owner_id
FROM (SELECT pg_current_snapshot()::text AS snapshot) s LEFT JOIN invoice i ON i.invoice_id = ANY(%(ids)s)
"""

_CASE_COLUMNS = (
    "case_id", "invoice_id", "client_id", "project_id", "score_id", "state", "route", "amount", "currency",
    "group_amount", "group_currency", "priority", "priority_parts", "due_at", "separated", "legal_entity_id",
    "control_ids", "causes", "group_key", "group_title", "kind", "origin", "policy_version", "reopens",
)  # fmt: skip
SCORE_COLUMNS = (
    "score_id", "run_id", "invoice_id", "invoice_record_id", "document", "client_id", "as_of", "scored_at", "amount",
    "currency", "group_amount", "group_currency", "features", "catalogue_digest", "model_digests", "control_version",
    "policy_version", "ledger_snapshot", "risks", "reasons", "controls", "degraded", "remedies", "route", "decided_by",
    "because", "sampled", "propensity", "requested_by", "stage", "facts", "disposition", "decision",
    "not_cleared",
)  # fmt: skip
# A new score of an open case replaces its figures, never its state: who holds it keeps holding it.
_REFRESHED = (
    "score_id", "route", "amount", "currency", "group_amount", "group_currency", "priority", "priority_parts",
    "separated", "legal_entity_id", "control_ids", "causes", "group_key", "group_title", "origin", "policy_version",
)  # fmt: skip


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


_OPEN_CASE = sql.SQL(
    "INSERT INTO review_case ({columns}) VALUES ({values}) "
    "ON CONFLICT (invoice_id) WHERE state IN ('open', 'claimed', 'waiting') DO UPDATE SET {refreshed} "
    "RETURNING case_id, state, (xmax = 0) AS opened"
).format(
    columns=_names(_CASE_COLUMNS),
    values=sql.SQL(", ").join(
        sql.Literal("open") if name == "state" else sql.Placeholder(name) for name in _CASE_COLUMNS
    ),
    refreshed=sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in _REFRESHED),
)
_TOUCH_CASE = sql.SQL(
    "UPDATE review_case SET {refreshed} WHERE invoice_id = %(invoice_id)s AND state IN ('open', 'claimed', 'waiting') "
    "RETURNING case_id, state, false AS opened"
).format(
    refreshed=sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in _REFRESHED
    )
)
# A score that touches no case names none, or the one that answers for it.
_LEAVE_CASE = sql.SQL("SELECT %(standing_case)s::text AS case_id, NULL::text AS state, NULL::boolean AS opened")
# One statement, one round trip: the case, the score that names it, and the event that tells of it.
_STORE = """
WITH kase AS ({kase}),
stored AS (
    INSERT INTO score ({columns}, case_id) SELECT {values}, (SELECT case_id FROM kase)
),
told AS (
    INSERT INTO case_event (case_id, event, actor_id, from_state, to_state, detail)
    SELECT case_id,
           CASE WHEN NOT opened THEN 'rescored' WHEN %(reopens)s::text IS NULL THEN 'opened' ELSE 'reopened' END,
           %(requested_by)s, CASE WHEN NOT opened THEN state END, state, jsonb_strip_nulls(jsonb_build_object(
           'score_id', %(score_id)s::text, 'route', %(route)s::text,
           'reopens', CASE WHEN opened THEN %(reopens)s::text END))
    FROM kase WHERE opened IS NOT NULL
)
SELECT %(score_id)s AS score_id, (SELECT case_id FROM kase) AS case_id {told}
"""


def _store(kase: sql.Composable, told: str = "") -> str:
    """The statement as text: rendering it for every score would cost more than running it."""
    types = {"document": "jsonb", "run_id": "text", "invoice_record_id": "bigint", "group_amount": "numeric",
             "as_of": "timestamptz", "scored_at": "timestamptz", "amount": "numeric", "features": "float8[]",
             "model_digests": "jsonb", "risks": "jsonb", "reasons": "jsonb", "controls": "jsonb", "remedies": "jsonb",
             "degraded": "text[]", "sampled": "boolean", "propensity": "float8", "decision": "jsonb",
             "not_cleared": "jsonb"}  # fmt: skip
    values = sql.SQL(", ").join(
        sql.SQL("{}::{}").format(sql.Placeholder(name), sql.SQL(types.get(name, "text"))) for name in SCORE_COLUMNS
    )
    return (
        sql.SQL(_STORE).format(kase=kase, columns=_names(SCORE_COLUMNS), values=values, told=sql.SQL(told)).as_string()
    )


class CaseWork(StrEnum):
    """What a score does to the invoice's case."""

    OPEN = "open"  # opens one, or refreshes the open one
    TOUCH = "touch"  # refreshes the open one, if there is one
    LEAVE = "leave"


_WORK: dict[CaseWork, sql.Composable] = {
    CaseWork.OPEN: _OPEN_CASE,
    CaseWork.TOUCH: _TOUCH_CASE,
    CaseWork.LEAVE: _LEAVE_CASE,
}
# What it does to the case → the statement; the second writes the audit entry as well.
STORE = {work: _store(kase) for work, kase in _WORK.items()}
STORE_AND_TELL = {work: _store(kase, f", {APPEND}") for work, kase in _WORK.items()}
# The trigger that refuses a case which does not name the one before it: somebody decided meanwhile.
OVERTAKEN = "ck_review_case_reopens"


@dataclass(frozen=True)
class Headers:
    """All versions of the headers asked for, and the state of the database that they were read in."""

    by_record: dict[int, Header]
    snapshot: str
    group_currency: str | None


def read_headers(connection: Connection, invoice_ids: Sequence[str]) -> Headers:
    """Every version of the invoices' headers, with exact amounts."""
    found = rows(connection, _HEADERS, {"ids": list(invoice_ids)})
    people: dict[str, set[str]] = {}
    for row in found:
        people.setdefault(row["invoice_id"], set()).update(filter(None, (row["prepared_by"], row["owner_id"])))
    headers = {row["record_id"]: _header(row, people) for row in found if row["record_id"] is not None}
    return Headers(headers, found[0]["snapshot"], found[0]["group_currency"])


def _header(row: Row, people: Mapping[str, set[str]]) -> Header:
    return Header(
        invoice_id=row["invoice_id"],
        record_id=row["record_id"],
        client_id=row["client_id"],
        project_id=row["project_id"],
        legal_entity_id=row["legal_entity_id"],
        amount=row["amount"],
        currency=row["currency"],
        people=tuple(sorted(people[row["invoice_id"]])),
    )


def store(connection: Connection, query: str, parameters: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """Store scores with their cases; score id → case id. Many rows travel in one pipeline."""
    cursor: Cursor[Any] = raw_cursor(connection)
    statement = query.encode()
    if len(parameters) == 1:
        row = cursor.execute(statement, parameters[0]).fetchone()
        return {} if row is None else {row[0]: row[1]}
    cases: dict[str, str | None] = {}
    cursor.executemany(statement, parameters, returning=True)
    for _ in parameters:
        row = cursor.fetchone()
        cases |= {} if row is None else {row[0]: row[1]}
        cursor.nextset()
    return cases


def score_row(connection: Connection, score_id: str) -> Row | None:
    """A stored score."""
    return first(connection, "SELECT * FROM score WHERE score_id = %(id)s", {"id": score_id})


def scored_in_run(connection: Connection, run_id: str) -> set[str]:
    """Invoices that a run has scored already."""
    found = rows(connection, "SELECT invoice_id FROM score WHERE run_id = %(run)s", {"run": run_id})
    return {row["invoice_id"] for row in found}


def unscored_drafts(connection: Connection, as_of: datetime) -> list[str]:
    """Invoices whose newest version known before a moment is not issued yet and was never scored, oldest first."""
    query = """
        SELECT i.invoice_id FROM (
            SELECT DISTINCT ON (invoice_id) invoice_id, status, record_id FROM invoice WHERE known_at < %(as_of)s
            ORDER BY invoice_id, known_at DESC, event_at DESC, record_id DESC
        ) i
        WHERE i.status IN ('draft', 'approved')
          AND NOT EXISTS (SELECT FROM score s WHERE s.invoice_record_id = i.record_id
                          AND coalesce(s.disposition, '') NOT IN ('historical', 'dry_run'))
        ORDER BY i.record_id
    """
    return [row["invoice_id"] for row in rows(connection, query, {"as_of": as_of})]
