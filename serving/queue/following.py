"""New facts: a case is scored again when records about its invoice come, and goes on by itself if it was at rest.

A worker looks every few seconds at what was written since it last looked, and at nothing else. What concerns an invoice
is what names it, and what its project or contract says beside it: time and expenses of the billed period, milestones,
change orders, their approvals, notes, and the master data of its client. What a client pays, or other projects do, does
not wake it.

A case in somebody's hands stays as that person sees it; it is followed as soon as it is out of them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection

from serving import audit
from serving.asking.repository import newest_asker
from serving.problems import Conflict
from serving.queue import repository
from serving.queue.holding import give_to, make_way
from serving.queue.reopening import open_again
from serving.queue.resting import wake
from serving.queue.states import CaseEvent, CaseState
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row, change, first, only, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

MOST_AT_ONCE: Final = 200
REOPENED_FOR: Final = timedelta(days=180)

# Kind → what of a new record says which invoices it concerns: its invoice, project, contract, client, and its day.
_NEWS_OF = {
    "invoice": "invoice_id, NULL, NULL, NULL, NULL::date",
    "invoice_line": "invoice_id, NULL, NULL, NULL, NULL",
    "dispute": "invoice_id, NULL, NULL, NULL, NULL",
    "credit_note": "invoice_id, NULL, NULL, NULL, NULL",
    "sync_event": "object_id, NULL, NULL, NULL, NULL",
    "note": "invoice_id, CASE WHEN invoice_id IS NULL THEN project_id END, NULL, NULL, NULL",
    "milestone": "NULL, project_id, NULL, NULL, NULL",
    "change_order": "NULL, project_id, contract_id, NULL, NULL",
    "project": "NULL, project_id, NULL, NULL, NULL",
    "contract": "NULL, NULL, contract_id, NULL, NULL",
    "client": "NULL, NULL, NULL, client_id, NULL",
    "expense": "NULL, project_id, NULL, NULL, incurred_on",
    "time_entry": "NULL, project_id, NULL, NULL, worked_on",
    "approval": """CASE WHEN subject_kind = 'invoice' THEN subject_id ELSE invoice_id END,
        CASE WHEN subject_kind <> 'invoice' AND invoice_id IS NULL THEN project_id END, NULL, NULL,
        CASE WHEN subject_kind = 'time_entry' THEN (
            SELECT max(t.worked_on) FROM time_entry t WHERE t.time_entry_id = subject_id) END""",
}
_NEWS = " UNION ALL ".join(
    f"SELECT '{kind}', recorded_tx, {columns} FROM {kind} "  # noqa: S608 - constants
    "WHERE recorded_tx >= pg_snapshot_xmin(%(since)s::pg_snapshot) "
    "AND NOT pg_visible_in_snapshot(recorded_tx, %(since)s::pg_snapshot)"
    for kind, columns in _NEWS_OF.items()
)
# Cases that may be followed: open ones, and the last case of an unsent invoice that was held or sent back.
_FOLLOWED = """(c.state IN ('open', 'claimed', 'waiting') OR (
    c.state = 'decided' AND c.closed_at > clock_timestamp() - %(reopened_for)s::interval
    AND NOT EXISTS (SELECT FROM review_case newer WHERE newer.invoice_id = c.invoice_id AND newer.case_id > c.case_id)
    AND (SELECT d.action FROM case_decision d WHERE d.case_id = c.case_id AND d.final
         ORDER BY d.decided_at DESC LIMIT 1) IN ('hold', 'correct')))"""
_FIND = """
WITH news (kind, tx, invoice_id, project_id, contract_id, client_id, day) AS MATERIALIZED ({news}),
near AS (
    SELECT c.case_id, n.kind, n.tx, n.day FROM news n JOIN review_case c ON c.invoice_id = n.invoice_id
    UNION SELECT c.case_id, n.kind, n.tx, n.day FROM news n JOIN review_case c ON c.project_id = n.project_id
    UNION SELECT c.case_id, n.kind, n.tx, n.day FROM news n JOIN review_case c ON c.client_id = n.client_id
    UNION SELECT c.case_id, n.kind, n.tx, n.day FROM news n
        JOIN invoice i ON i.contract_id = n.contract_id JOIN review_case c ON c.invoice_id = i.invoice_id
)
SELECT c.case_id, array_agg(DISTINCT n.kind ORDER BY n.kind) AS kinds
FROM near n JOIN review_case c USING (case_id) JOIN score s ON s.score_id = c.score_id
LEFT JOIN LATERAL (
    SELECT i.period_start, i.period_end, i.status FROM invoice i WHERE i.invoice_id = c.invoice_id
    ORDER BY i.known_at DESC, i.event_at DESC, i.record_id DESC LIMIT 1
) i ON true
WHERE {followed} AND NOT pg_visible_in_snapshot(n.tx, s.ledger_snapshot::pg_snapshot)
  AND (c.state <> 'decided' OR i.status IN ('draft', 'approved'))
  AND (n.day IS NULL OR i.period_start IS NULL OR i.period_end IS NULL
       OR n.day BETWEEN i.period_start AND i.period_end)
GROUP BY c.case_id ORDER BY c.case_id
"""
_FIND_NEWS = sql.SQL(_FIND).format(news=sql.SQL(_NEWS), followed=sql.SQL(_FOLLOWED))
_LEFT_OVER = sql.SQL("""
SELECT c.case_id, c.news AS kinds FROM review_case c
WHERE cardinality(c.news) > 0 AND NOT (c.state = 'claimed' AND c.lease_expires_at > clock_timestamp())
  AND {followed} AND {free}
ORDER BY c.case_id LIMIT %(most)s
""").format(followed=sql.SQL(_FOLLOWED), free=sql.SQL(free(Sweep.NEWS, "c.case_id")))


def follow_news(state: ServingState) -> int:
    """Follow what came since the last look; how many cases were scored again.

    A worker that dies in between leaves the rest to the next one: the moment up to which was followed moves last. It
    moves past a case that cannot be followed: that one is set aside with its news.
    """
    with state.engine.begin() as connection:
        change(connection, "SET LOCAL statement_timeout = 0")  # a large import is looked through at once
        since = str(only(connection, "SELECT snapshot::text AS since FROM followed")["since"])
        seen = str(only(connection, "SELECT pg_current_snapshot()::text AS seen")["seen"])
        found = rows(connection, _FIND_NEWS, {"since": since, "reopened_for": REOPENED_FOR})
        found += rows(connection, _LEFT_OVER, {"most": MOST_AT_ONCE, "reopened_for": REOPENED_FOR})
    news: dict[str, set[str]] = {}
    for row in found:
        news.setdefault(row["case_id"], set()).update(row["kinds"])
    items = [Item(case_id, tuple(sorted(kinds))) for case_id, kinds in news.items()]
    swept = sweep_over(state, Sweep.NEWS, items, lambda chosen: _followed(state, chosen[0]))
    with state.engine.begin() as connection:
        moved = "UPDATE followed SET snapshot = %(seen)s::pg_snapshot WHERE snapshot::text = %(since)s"
        change(connection, moved, {"seen": seen, "since": since})
    return swept.done


def _followed(state: ServingState, item: Item) -> bool:
    with state.engine.begin() as connection:
        return follow_up(connection, state, item.key, because=list(item.news)) is not None


_LOCK = sql.SQL("""
SELECT c.*, c.state = 'claimed' AND c.lease_expires_at > clock_timestamp() AS held
FROM review_case c WHERE c.case_id = %(case_id)s AND {followed} FOR UPDATE SKIP LOCKED
""").format(followed=sql.SQL(_FOLLOWED))
_THERE = sql.SQL("SELECT c.case_id FROM review_case c WHERE c.case_id = %(case_id)s AND {followed}").format(
    followed=sql.SQL(_FOLLOWED)
)


class InUse(Conflict):
    """Another transaction has the case just now; what came is followed when it has ended."""

    slug = "case-in-use"
    title = "The case is being worked on"


def follow_up(connection: Connection, state: ServingState, case_id: str, *, because: list[str]) -> Row | None:
    """Score a case again now and let it go on; the row of the new score, ``None`` when there was nothing to do.

    waiting -> open, a snooze ends, a decided hold or correction becomes a new open case; all in the caller's
    transaction. The records must have been committed before it began: a score names the snapshot that it was read in,
    and a transaction's own records are in nobody's snapshot. A case that somebody holds is followed later.

    Raises ``InUse`` for one that another transaction has locked: what came must not be lost with it.

    Args:
        connection: an open transaction.
        state: clock, rules and models.
        case_id: the case.
        because: what came, as the event tells it: kinds of records, or a few words.
    """
    asked = {"case_id": case_id, "reopened_for": REOPENED_FOR}
    kase = first(connection, _LOCK, asked)
    if kase is None:
        if first(connection, _THERE, asked) is not None:
            raise InUse(f"case {case_id} is being worked on at this moment")
        return None
    if kase["held"]:
        _remember(connection, case_id, because)
        return None
    return _follow(_Following(connection, state, kase, because))


def _remember(connection: Connection, case_id: str, because: list[str]) -> None:
    statement = """
        UPDATE review_case SET news = ARRAY(SELECT DISTINCT unnest(news || %(news)s::text[]) ORDER BY 1)
        WHERE case_id = %(case_id)s
    """
    change(connection, statement, {"case_id": case_id, "news": because})


@dataclass(frozen=True)
class _Following:
    """One case on its way."""

    connection: Connection
    state: ServingState
    kase: Row
    because: list[str]

    def tell(self, case_id: str, event: CaseEvent, before: str, detail: dict[str, Any]) -> None:
        """Write an event whose case is open afterwards."""
        told = {"because": self.because, **detail}
        states = (before, CaseState.OPEN)
        repository.record_event(self.connection, case_id, event, actor=audit.SYSTEM, states=states, detail=told)


def _follow(following: _Following) -> Row | None:
    connection, kase = following.connection, following.kase
    case_id, before = kase["case_id"], kase["state"]
    if before == CaseState.DECIDED and not _reopen(following):
        return None
    previous = score_row(connection, kase["score_id"])
    assert previous is not None
    scored = rescore(connection, following.state, previous, asker=Asker(audit.SYSTEM))
    change(connection, "UPDATE review_case SET news = '{}' WHERE case_id = %(id)s", {"id": case_id})
    if before == CaseState.WAITING and repository.resume(connection, case_id):
        asker = newest_asker(connection, case_id)
        back = asker is not None and give_to(connection, case_id, asker)
        detail = {"score_id": scored["score_id"]} | ({"assigned_to": asker} if back else {})
        following.tell(case_id, CaseEvent.RESUMED, before, detail)
    if before == CaseState.OPEN and kase["snoozed_until"] is not None:
        wake(connection, case_id, actor=audit.SYSTEM, because=", ".join(following.because))
    make_way(connection, case_id)
    return scored


def _reopen(following: _Following) -> bool:
    because = {"because": following.because}
    made = open_again(following.connection, following.state, following.kase, actor=audit.SYSTEM, because=because)
    return made is not None
