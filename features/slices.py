"""The one-row path's way to the ledger: a fixed number of round trips, and no cost that grows with it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from features.endings import ENDING, endings_query, gathered_endings, to_endings
from features.packed import packed, unpacked
from features.reach import KEY_SETS, NAMED, REACH, Reach, read_columns_of
from ledger.database import raw_cursor
from ledger.read import Columns
from ledger.records import Record

KeySets = dict[str, list[str]]
Span = tuple[datetime, datetime]

# Before anything was known: what is asked for without a single known invoice.
_NEVER = datetime(1, 1, 1, tzinfo=UTC)

# One statement finds every key; the second round trip then asks all kinds at once.
_KEYS = """
WITH target AS MATERIALIZED (
    SELECT invoice_id, client_id, project_id, contract_id, legal_entity_id, currency, known_at
    FROM invoice WHERE invoice_id = ANY(%(invoices)s)
), line AS MATERIALIZED (
    SELECT resource_id, milestone_id, expense_id, change_order_id
    FROM invoice_line WHERE invoice_id = ANY(%(invoices)s)
), place AS MATERIALIZED (
    SELECT project_id FROM target WHERE project_id IS NOT NULL UNION SELECT unnest(%(projects)s::text[])
), work AS MATERIALIZED (
    SELECT contract_id, manager_id FROM project WHERE project_id IN (SELECT project_id FROM place)
), agreed AS MATERIALIZED (
    SELECT contract_id FROM target UNION SELECT contract_id FROM work UNION SELECT unnest(%(contracts)s::text[])
)
SELECT
    array(SELECT client_id FROM target UNION SELECT unnest(%(clients)s::text[])) AS clients,
    array(SELECT project_id FROM place) AS projects,
    array(SELECT contract_id FROM agreed WHERE contract_id IS NOT NULL) AS contracts,
    array(SELECT legal_entity_id FROM target WHERE legal_entity_id IS NOT NULL
          UNION SELECT legal_entity_id FROM contract
          WHERE contract_id IN (SELECT contract_id FROM agreed) AND legal_entity_id IS NOT NULL
          UNION SELECT unnest(%(legal_entities)s::text[])) AS legal_entities,
    array(SELECT milestone_id FROM line WHERE milestone_id IS NOT NULL
          UNION SELECT unnest(%(milestones)s::text[])) AS milestones,
    array(SELECT expense_id FROM line WHERE expense_id IS NOT NULL
          UNION SELECT unnest(%(expenses)s::text[])) AS expenses,
    array(SELECT change_order_id FROM line WHERE change_order_id IS NOT NULL
          UNION SELECT unnest(%(change_orders)s::text[])) AS change_orders,
    array(SELECT rate_card_id FROM contract
          WHERE contract_id IN (SELECT contract_id FROM agreed) AND rate_card_id IS NOT NULL
          UNION SELECT unnest(%(rate_cards)s::text[])) AS rate_cards,
    {people}
    array(SELECT currency FROM target
          UNION SELECT currency FROM contract WHERE contract_id IN (SELECT contract_id FROM agreed)
          UNION SELECT unnest(%(currencies)s::text[])) AS currencies,
    (SELECT min(known_at) FROM target) AS earliest,
    (SELECT max(known_at) FROM (SELECT min(known_at) AS known_at FROM target GROUP BY invoice_id) AS first) AS latest,
    set_config('plan_cache_mode', 'force_generic_plan', true) AS planning
"""
_PEOPLE = """array(SELECT approver_id FROM approval WHERE project_id = ANY(ARRAY(SELECT project_id FROM place))
          UNION SELECT approver_id FROM approval WHERE subject_id = ANY(%(invoices)s)
          UNION SELECT manager_id FROM work WHERE manager_id IS NOT NULL
          UNION SELECT unnest(%(approvers)s::text[])) AS approvers,
    array(SELECT resource_id FROM line WHERE resource_id IS NOT NULL
          UNION SELECT resource_id FROM time_entry WHERE project_id = ANY(ARRAY(SELECT project_id FROM place))
          UNION SELECT unnest(%(resources)s::text[])) AS resources,"""
KEYS = _KEYS.replace("{people}", _PEOPLE)
# Nobody's other work is looked at.
_NAMED_KEYS = _KEYS.replace("{people}", "'{}'::text[] AS approvers, '{}'::text[] AS resources,")

# Columns of inline records that name something a feature looks up.
_INLINE_KEYS = {
    "invoice_id": "invoices", "client_id": "clients", "project_id": "projects", "contract_id": "contracts",
    "legal_entity_id": "legal_entities", "milestone_id": "milestones", "expense_id": "expenses",
    "change_order_id": "change_orders", "rate_card_id": "rate_cards", "approver_id": "approvers",
    "manager_id": "approvers", "resource_id": "resources", "currency": "currencies",
}  # fmt: skip


def read_slice(
    connection: Connection,
    invoice_ids: Sequence[str],
    records: Sequence[Record],
    *,
    snapshot: str | None = None,
    named: bool = False,
) -> dict[str, Columns]:
    """Every record that features of these invoices can look at.

    Args:
        connection: an open connection.
        invoice_ids: invoices to score.
        records: records not in the ledger whose keys count as well.
        snapshot: text of a ``pg_snapshot``; only rows it can see are read (for replays).
        named: only what the invoices name themselves (``features.reach.NAMED``): not enough for features.
    """
    keys, span = _find_keys(connection, invoice_ids, records, query=_NAMED_KEYS if named else KEYS)
    first, last = span or (_NEVER, _NEVER)
    parameters: dict[str, Any] = {**keys, "first": first, "last": last, "snapshot": snapshot}
    for days in {reach.recent_days for reach in REACH.values() if reach.recent}:
        parameters[f"since_{days}"] = first - timedelta(days=days) if span else _NEVER
    cursor = raw_cursor(connection, binary=True)
    query = _slice_query(snapshot=snapshot is not None, named=named)
    row = cursor.execute(query, parameters, prepare=True).fetchone()
    assert row is not None
    columns, place = {}, 0
    for kind in NAMED if named else REACH:
        names = read_columns_of(kind)
        columns[kind] = unpacked(kind, names, row[place : place + len(names)])
        place += len(names)
    if not named:
        columns[ENDING] = to_endings(row[place:-1])
    return {kind: found for kind, found in columns.items() if kind == ENDING or len(found["record_id"])}


def _find_keys(
    connection: Connection, invoice_ids: Sequence[str], records: Sequence[Record], *, query: str
) -> tuple[KeySets, Span | None]:
    """All key sets of the invoices and inline records, and the span in which these became known first."""
    extra: dict[str, list[str]] = {name: [] for name in KEY_SETS}
    extra["invoices"] = list(invoice_ids)
    for record in records:
        for column, name in _INLINE_KEYS.items():
            value = getattr(record, column, None)
            if value is not None:
                extra[name].append(value)
    row = raw_cursor(connection, binary=True).execute(query, extra, prepare=True).fetchone()
    assert row is not None
    keys = {"invoices": extra["invoices"]} | dict(zip(KEY_SETS[1:], row[:-3], strict=True))
    moments = [record.known_at for record in records if record.kind == "invoice"]
    moments += filter(None, row[-3:-1])
    return keys, (min(moments), max(moments)) if moments else None


@cache
def _slice_query(*, snapshot: bool, named: bool) -> bytes:
    """One statement for all kinds; rendered once per process."""
    reaches = NAMED if named else REACH
    queries = [
        sql.SQL("({}) AS {}").format(_kind_query(kind, reach, snapshot=snapshot), sql.Identifier(f"of_{kind}"))
        for kind, reach in reaches.items()
    ]
    if not named:
        firm, found = sql.SQL(gathered_endings()), sql.SQL(endings_query(snapshot=snapshot))
        queries.append(sql.SQL("(SELECT {} FROM ({}) AS ending) AS of_firm").format(firm, found))
    # Planning twenty lookups takes longer than running them: the statement before asks for one plan for all invoices.
    return (
        sql.SQL("SELECT *, set_config('plan_cache_mode', 'auto', true) FROM ") + sql.SQL(", ").join(queries)
    ).as_bytes()


def _kind_query(kind: str, reach: Reach, *, snapshot: bool) -> sql.Composable:
    """Every version of the things of which any version matches."""
    ways: list[sql.Composable] = [
        sql.SQL("{} = ANY({})").format(sql.Identifier(column), sql.Placeholder(name)) for column, name in reach.ways
    ]
    for column, name in reach.recent:
        since = sql.Placeholder(f"since_{reach.recent_days}")
        recent = sql.SQL("({} = ANY({}) AND known_at >= {})")
        ways.append(recent.format(sql.Identifier(column), sql.Placeholder(name), since))
    matches: sql.Composable = sql.SQL(" OR ").join(ways)
    if [(column,) for column, _ in reach.ways] != [reach.entity]:
        matches = _all_versions(kind, reach, matches)
    visible = sql.SQL(" AND pg_visible_in_snapshot(recorded_tx, %(snapshot)s::pg_snapshot)" if snapshot else "")
    names = read_columns_of(kind)
    template = sql.SQL("SELECT {} FROM {} WHERE ({}){}")
    return template.format(packed(kind, names), sql.Identifier(kind), matches, visible)


def _all_versions(kind: str, reach: Reach, matches: sql.Composable) -> sql.Composable:
    """Every version of what matches; an array (unlike a join) makes the planner look the few up by index."""
    if len(reach.entity) == 1:
        form = "{0} = ANY(ARRAY(SELECT DISTINCT {0} FROM {1} WHERE {2}))"
    else:
        form = "({0}) IN (SELECT {0} FROM {1} WHERE {2})"
    entity = sql.SQL(", ").join(map(sql.Identifier, reach.entity))
    return sql.SQL(form).format(entity, sql.Identifier(kind), matches)


_SIMILARITIES = """
SELECT digest, similarities FROM note_embedding WHERE digest = ANY(%(digests)s) AND anchors = %(anchors)s
"""
# An embedding written after a score was made is no part of it; one of now is a replay's only when it was then.
_SIMILARITIES_THEN = f"{_SIMILARITIES} AND pg_visible_in_snapshot(recorded_tx, %(snapshot)s::pg_snapshot)"


def read_similarities(
    connection: Connection, digests: Sequence[str] | None, anchors: str, *, snapshot: str | None = None
) -> list[tuple[str, Any]]:
    """(digest, similarities) of embedded notes: those asked for, as a snapshot could see them, or all (``None``)."""
    cursor = raw_cursor(connection, binary=True)
    if digests is None:
        query = "SELECT digest, similarities FROM note_embedding WHERE anchors = %s"
        return cursor.execute(query, [anchors]).fetchall()
    if not digests:
        return []
    asked = {"digests": list(digests), "anchors": anchors, "snapshot": snapshot}
    return cursor.execute(_SIMILARITIES if snapshot is None else _SIMILARITIES_THEN, asked).fetchall()
