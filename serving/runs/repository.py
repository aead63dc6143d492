"""Billing runs in the database: blocks are claimed, ended and counted by guarded statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from serving.scoring.runs import Counted
from serving.sql import Row, change, first, insert, json_value, only, rows

OPEN = "('queued', 'running')"

# A client's invoices come together: their block reads that client's history once.
_ADD_BLOCKS = """
INSERT INTO billing_run_block (run_id, number, size, invoice_ids)
SELECT %(run)s, (place - 1) / %(block)s, count(*), array_agg(invoice_id ORDER BY place)
FROM (
    SELECT invoice_id, row_number() OVER (ORDER BY client_id, position) AS place FROM (
        SELECT asked.invoice_id, asked.position,
               (SELECT i.client_id FROM invoice i WHERE i.invoice_id = asked.invoice_id LIMIT 1) AS client_id
        FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS asked (invoice_id, position)
    ) known
) placed
GROUP BY (place - 1) / %(block)s
"""


def add(connection: Connection, values: Row, invoice_ids: Sequence[str], *, block: int) -> None:
    """Write a run with its blocks; the ids are each other's different."""
    insert(connection, "billing_run", values)
    parameters = {"run": values["run_id"], "ids": list(invoice_ids), "block": block}
    change(connection, _ADD_BLOCKS, parameters)


def start(connection: Connection, run_id: str) -> bool:
    """queued -> running; says whether it happened."""
    statement = """
        UPDATE billing_run SET state = 'running', started_at = clock_timestamp()
        WHERE run_id = %(id)s AND state = 'queued'
    """
    return change(connection, statement, {"id": run_id}) == 1


_CLAIM = f"""
SELECT b.number, b.invoice_ids, r.as_of, r.requested_by, r.request_id, r.purpose
FROM billing_run_block b JOIN billing_run r USING (run_id)
WHERE b.run_id = %(id)s AND b.ended_at IS NULL AND r.state IN {OPEN}
ORDER BY b.number LIMIT 1 FOR UPDATE OF b SKIP LOCKED
"""  # noqa: S608 - our own words


def claim_block(connection: Connection, run_id: str) -> Row | None:
    """The next block that nobody has in hand, locked until the transaction ends; ``None`` when there is none."""
    return first(connection, _CLAIM, {"id": run_id})


def end_block(connection: Connection, run_id: str, number: int, counted: Counted) -> None:
    """A block is scored: its counts, in the transaction of its scores."""
    statement = """
        UPDATE billing_run_block SET ended_at = clock_timestamp(), routes = %(routes)s, unknown = %(unknown)s,
               faulty = %(faulty)s
        WHERE run_id = %(id)s AND number = %(number)s
    """
    counts = {"routes": json_value(dict(counted.routes)), "unknown": counted.unknown}
    change(connection, statement, counts | {"id": run_id, "number": number, "faulty": json_value(counted.faulty)})


def p_values(connection: Connection, run_id: str) -> list[float]:
    """The anomaly p-values of the run, of those invoices that have one."""
    query = """
        SELECT p FROM (SELECT (risks -> 'anomaly' ->> 'p_value')::float8 AS p FROM score WHERE run_id = %(id)s) found
        WHERE p IS NOT NULL
    """
    return [row["p"] for row in rows(connection, query, {"id": run_id})]


_FINISH = """
UPDATE billing_run SET state = 'finished', ended_at = clock_timestamp(), anomaly_threshold = %(threshold)s,
       anomalies = %(anomalies)s
WHERE run_id = %(id)s AND state = 'running'
  AND NOT EXISTS (SELECT FROM billing_run_block b WHERE b.run_id = %(id)s AND b.ended_at IS NULL)
"""


def finish(connection: Connection, run_id: str, *, threshold: float | None, anomalies: int) -> bool:
    """running -> finished, when every block is ended; says whether it happened here."""
    return change(connection, _FINISH, {"id": run_id, "threshold": threshold, "anomalies": anomalies}) == 1


def is_through(connection: Connection, run_id: str) -> bool:
    """Whether a running run has no open block left."""
    query = """
        SELECT state = 'running' AND NOT EXISTS (
            SELECT FROM billing_run_block b WHERE b.run_id = r.run_id AND b.ended_at IS NULL
        ) AS through FROM billing_run r WHERE run_id = %(id)s
    """
    return bool(only(connection, query, {"id": run_id})["through"])


def stop(connection: Connection, run_id: str, state: str, *, because: str | None = None) -> bool:
    """queued or running -> cancelled or failed; says whether it happened."""
    statement = f"""
        UPDATE billing_run SET state = %(state)s, because = %(because)s, ended_at = clock_timestamp()
        WHERE run_id = %(id)s AND state IN {OPEN}
    """  # noqa: S608 - our own words
    return change(connection, statement, {"id": run_id, "state": state, "because": because}) == 1


_RUN = """
SELECT r.*, coalesce(b.done, 0) AS done, coalesce(b.unknown, 0) AS unknown, coalesce(c.routes, '{}') AS routes,
       EXTRACT(EPOCH FROM coalesce(r.ended_at, clock_timestamp()) - r.started_at)::float8 AS seconds,
       ARRAY(
           SELECT u FROM billing_run_block x, unnest(x.unknown) AS u WHERE x.run_id = r.run_id
           ORDER BY x.number, u LIMIT 100
       ) AS first_unknown,
       coalesce(b.faulty, 0) AS faulty,
       ARRAY(
           SELECT f FROM billing_run_block x, jsonb_object_keys(x.faulty) AS f WHERE x.run_id = r.run_id
           ORDER BY x.number, f LIMIT 100
       ) AS first_faulty
FROM billing_run r
LEFT JOIN LATERAL (
    SELECT sum(size)::int AS done, sum(cardinality(unknown))::int AS unknown,
           sum((SELECT count(*) FROM jsonb_object_keys(faulty)))::int AS faulty
    FROM billing_run_block
    WHERE run_id = r.run_id AND ended_at IS NOT NULL
) b ON true
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(route, n) AS routes FROM (
        SELECT route, sum(n::int) AS n FROM billing_run_block, jsonb_each_text(routes) AS counted (route, n)
        WHERE run_id = r.run_id AND ended_at IS NOT NULL GROUP BY route
    ) by_route
) c ON true
"""


def get(connection: Connection, run_id: str) -> Row | None:
    """A run with its progress: ``done, routes, unknown, faulty, seconds``."""
    return first(connection, _RUN + "WHERE r.run_id = %(id)s", {"id": run_id})


_OWN = """
WHERE r.requested_by = %(by)s AND (%(state)s::text IS NULL OR r.state = %(state)s)
  AND (%(cursor)s::text IS NULL OR r.run_id < %(cursor)s)
ORDER BY r.run_id DESC LIMIT %(limit)s
"""


def own(connection: Connection, requested_by: str, *, state: str | None, cursor: str | None, limit: int) -> list[Row]:
    """Runs that a caller asked for, newest first, from below the cursor; as ``get`` gives them."""
    asked = {"by": requested_by, "state": state, "cursor": cursor, "limit": limit}
    return rows(connection, _RUN + _OWN, asked)


_RESULTS = """
SELECT s.invoice_id, s.score_id, s.client_id, s.amount, s.currency, s.answer AS route, s.decided_by, s.because,
       s.case_id, s.stage, s.disposition, s.decision, {may_send} AS may_send,
       p.late AS probability_late, p.dispute AS probability_dispute, p.anomaly AS anomaly_p_value,
       CASE WHEN r.state = 'finished' THEN coalesce(p.anomaly <= r.anomaly_threshold, false) END AS anomaly_flagged
FROM score s
JOIN billing_run r USING (run_id)
CROSS JOIN LATERAL (
    SELECT (s.risks -> 'delay' ->> 'probability_late')::float8 AS late,
           (s.risks -> 'dispute' ->> 'probability')::float8 AS dispute,
           (s.risks -> 'anomaly' ->> 'p_value')::float8 AS anomaly
) p
WHERE s.run_id = %(id)s AND (%(cursor)s::text IS NULL OR s.invoice_id > %(cursor)s)
  AND (%(route)s::text IS NULL OR s.answer = %(route)s)
  AND (%(may_send)s::boolean IS NULL OR {may_send} = %(may_send)s)
ORDER BY s.invoice_id LIMIT %(limit)s
"""
# As serving.scoring.dispositions.may_send; a score made before dispositions were kept was live.
_MAY_SEND = """(s.answer IN ('auto_clear', 'released')
    AND coalesce(s.disposition, '') NOT IN ('historical', 'dry_run'))"""
_RESULTS = _RESULTS.replace("{may_send}", _MAY_SEND)


def results(
    connection: Connection, run_id: str, *, route: Any, may_send: bool | None, cursor: str | None, limit: int
) -> list[Row]:
    """Scores of a run by invoice id, from above the cursor; ``may_send``: only what may, or may not, be sent now."""
    asked = {"id": run_id, "route": route, "may_send": may_send, "cursor": cursor, "limit": limit}
    return rows(connection, _RESULTS, asked)


def unsent(connection: Connection, as_of: datetime) -> list[str]:
    """Invoices whose newest version known before a moment is not issued yet."""
    query = """
        SELECT invoice_id FROM (
            SELECT DISTINCT ON (invoice_id) invoice_id, status FROM invoice WHERE known_at < %(as_of)s
            ORDER BY invoice_id, known_at DESC, event_at DESC, record_id DESC
        ) newest WHERE status IN ('draft', 'approved')
    """
    return [row["invoice_id"] for row in rows(connection, query, {"as_of": as_of})]
