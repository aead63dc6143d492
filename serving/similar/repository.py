"""Decided cases by likeness: learning what they were like, and finding the nearest that a person may see."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from psycopg import sql
from sqlalchemy import Connection

from features.matrix import FloatArray
from serving.auth.principal import Principal
from serving.queue.sight import SEEN, seen_by
from serving.similar.likeness import RECIPE, likeness, traits_of
from serving.sql import Row, change, only, rows
from serving.tasks.set_aside import Sweep, free

AT_ONCE: Final = 200
# Notes of the invoice and its project that were known when it was scored, the invoice's own first.
_WORDS = """
SELECT asked.score_id, array_agg(e.vector ORDER BY n.own DESC, n.known_at DESC) AS words
FROM unnest(%(scores)s::text[], %(invoices)s::text[], %(projects)s::text[], %(moments)s::timestamptz[])
     AS asked (score_id, invoice_id, project_id, as_of)
CROSS JOIN LATERAL (
    SELECT text, known_at, invoice_id = asked.invoice_id AS own FROM note
    WHERE (invoice_id = asked.invoice_id OR project_id = asked.project_id) AND known_at < asked.as_of
    ORDER BY (invoice_id = asked.invoice_id) DESC NULLS LAST, known_at DESC LIMIT 8
) AS n
JOIN note_embedding AS e ON e.digest = encode(sha256(convert_to(n.text, 'UTF8')), 'hex')
GROUP BY asked.score_id
"""
_METHODS = """
SELECT DISTINCT ON (invoice_id) invoice_id, billing_method FROM invoice WHERE invoice_id = ANY(%(invoices)s)
ORDER BY invoice_id, known_at DESC, event_at DESC, record_id DESC
"""
_UNLEARNT = f"""
SELECT c.case_id, c.client_id, c.project_id, c.closed_at, s.score_id, s.invoice_id, s.as_of, s.controls, s.reasons,
       s.risks, s.group_amount
FROM review_case c JOIN score s ON s.score_id = c.score_id
WHERE c.state = 'decided' AND NOT EXISTS (
    SELECT FROM case_likeness l WHERE l.case_id = c.case_id AND l.closed_at = c.closed_at AND l.recipe = %(recipe)s)
  AND CASE WHEN %(cases)s::text[] IS NULL THEN {free(Sweep.LIKENESS, "c.case_id")} ELSE c.case_id = ANY(%(cases)s) END
ORDER BY c.closed_at DESC LIMIT %(limit)s
"""  # noqa: S608 - our own words
_LEARN = """
INSERT INTO case_likeness (case_id, closed_at, recipe, client_id, likeness)
VALUES (%(case_id)s, %(closed_at)s, %(recipe)s, %(client_id)s, %(likeness)s)
ON CONFLICT (case_id) DO UPDATE
SET closed_at = EXCLUDED.closed_at, recipe = EXCLUDED.recipe, likeness = EXCLUDED.likeness
"""
# The index gives neighbours one after the other until enough of them may be seen.
_NEAREST = sql.SQL("""
SELECT l.case_id, 1 - (l.likeness::vector(512) <=> %(wanted)s::real[]::vector(512)) AS alike
FROM case_likeness l JOIN review_case c USING (case_id)
WHERE l.recipe = %(recipe)s AND c.state = 'decided' AND c.case_id <> %(case_id)s AND {seen}
ORDER BY l.likeness::vector(512) <=> %(wanted)s::real[]::vector(512) LIMIT %(limit)s
""").format(seen=sql.SQL(SEEN))
_NEWEST = sql.SQL("""
SELECT l.case_id, l.likeness FROM case_likeness l JOIN review_case c USING (case_id)
WHERE l.recipe = %(recipe)s AND c.state = 'decided' AND c.case_id <> %(case_id)s AND {seen}
ORDER BY l.closed_at DESC LIMIT %(newest)s
""").format(seen=sql.SQL(SEEN))
# Without an index, this many are compared.
NEWEST: Final = 2_000


def unlearnt(connection: Connection, *, limit: int = AT_ONCE) -> list[str]:
    """Newly decided cases of which it is not kept what they were like, without those set aside; the newest first."""
    found = rows(connection, _UNLEARNT, {"recipe": RECIPE, "limit": limit, "cases": None})
    return [row["case_id"] for row in found]


def learn(connection: Connection, *, limit: int = AT_ONCE, cases: Sequence[str] | None = None) -> int:
    """Work out what newly decided cases were like, all of them or some; how many."""
    chosen = None if cases is None else list(cases)
    found = rows(connection, _UNLEARNT, {"recipe": RECIPE, "limit": limit, "cases": chosen})
    if not found:
        return 0
    numbers = likenesses(connection, found)
    for row in found:
        kept = {"likeness": numbers[row["score_id"]].tolist(), "recipe": RECIPE}
        change(connection, _LEARN, {name: row[name] for name in ("case_id", "closed_at", "client_id")} | kept)
    return len(found)


def likenesses(connection: Connection, scores: list[Row]) -> dict[str, FloatArray]:
    """Score id → likeness, of rows of ``score`` with the ``project_id`` of their case."""
    asked = {
        "scores": [row["score_id"] for row in scores],
        "invoices": [row["invoice_id"] for row in scores],
        "projects": [row["project_id"] for row in scores],
        "moments": [row["as_of"] for row in scores],
    }
    words = {row["score_id"]: row["words"] for row in rows(connection, _WORDS, asked)}
    methods = {row["invoice_id"]: row["billing_method"] for row in rows(connection, _METHODS, asked)}
    return {row["score_id"]: likeness(_traits(row, methods, words)) for row in scores}


def _traits(row: Row, methods: Mapping[str, str], words: Mapping[str, Any]) -> Any:
    return traits_of(row, method=methods.get(row["invoice_id"]), words=words.get(row["score_id"], ()))


def nearest(
    connection: Connection, wanted: FloatArray, *, case_id: str, principal: Principal, limit: int
) -> dict[str, float]:
    """Decided cases that the caller may see → how alike (cosine), the most alike first; never ``case_id`` itself."""
    asked: dict[str, Any] = {"wanted": wanted.tolist(), "case_id": case_id, "recipe": RECIPE, "limit": limit}
    asked |= seen_by(principal) | {"newest": NEWEST}
    if not has_vectors(connection):
        return _compared(rows(connection, _NEWEST, asked), wanted, limit)
    change(connection, "SET LOCAL hnsw.iterative_scan = 'strict_order'")
    return {row["case_id"]: row["alike"] for row in rows(connection, _NEAREST, asked)}


def _compared(found: list[Row], wanted: FloatArray, limit: int) -> dict[str, float]:
    if not found:
        return {}
    alike = np.array([row["likeness"] for row in found]) @ wanted
    order = np.argsort(-alike, kind="stable")[:limit]
    return {found[place]["case_id"]: float(alike[place]) for place in order}


def has_vectors(connection: Connection) -> bool:
    """Whether the database has pgvector."""
    return bool(only(connection, "SELECT to_regtype('vector') IS NOT NULL AS found")["found"])
