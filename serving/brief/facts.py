"""What a brief tells, as numbers: the week's figures beside the week before, and what is stuck."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from serving.boards.compare import Change, change
from serving.boards.known import know
from serving.boards.measure import Measure, overall
from serving.boards.registry import KPIS
from serving.boards.scope import Scope, of_week
from serving.problems import Invalid
from serving.queue.sight import SEEN
from serving.sql import Row, only, rows

TOLD: Final = (
    *("exception-volume", "exception-rate", "decisions", "stop-reasons", "queue-time", "sla-met", "cash-at-risk"),
    *("cash-protected", "disputes-opened", "disputed-cash", "credit-notes", "write-offs", "dso", "unbilled-time"),
    "approvals-pending",
)
MOST: Final = 5
# Sums over all cases; what is listed by name is only what the reader may see.
_OPEN: Final = """
SELECT count(*) AS cases, count(*) FILTER (WHERE k.due_at < %(as_of)s) AS overdue, min(k.opened_at) AS oldest
FROM board_case k WHERE k.closed_at IS NULL
"""
_WHY: Final = """
SELECT hit ->> 'title' AS why, count(DISTINCT k.case_id) AS cases, sum(k.part * f.rate) AS cash
FROM board_case k JOIN review_case c USING (case_id) JOIN score s ON s.score_id = c.score_id
CROSS JOIN LATERAL jsonb_array_elements(s.controls) AS hit LEFT JOIN board_rate f ON f.currency = k.currency
WHERE k.closed_at IS NULL AND hit ->> 'severity' IN ('hard_stop', 'review')
GROUP BY 1 ORDER BY 2 DESC, 3 DESC NULLS LAST, 1 LIMIT {most}
"""
_LARGEST: Final = f"""
SELECT k.case_id, k.invoice_id, coalesce(b.name, k.client_id) AS client, k.part * f.rate AS cash, k.opened_at,
       k.due_at < %(as_of)s AS overdue
FROM board_case k JOIN review_case c USING (case_id) LEFT JOIN board_client b ON b.client_id = k.client_id
JOIN board_rate f ON f.currency = k.currency
WHERE k.closed_at IS NULL AND {SEEN} ORDER BY 4 DESC, k.case_id LIMIT {MOST}
"""  # noqa: S608 - constants of ours
_WAITED_FOR: Final = """
SELECT a.approver_id, coalesce(r.name, a.approver_id) AS name, count(*) AS requests, min(a.requested_at) AS oldest
FROM board_approval a LEFT JOIN LATERAL (
    SELECT name FROM resource WHERE resource_id = a.approver_id AND known_at < %(as_of)s
    ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
) r ON true
WHERE a.decided_at IS NULL GROUP BY 1, 2 ORDER BY 3 DESC, 4, 1 LIMIT {most}
"""


@dataclass(frozen=True)
class Facts:
    """Everything that a brief may say.

    Attributes:
        scope: the week, and the moment by which it was known.
        week, before: figure → its measure in this week and the one before, each as known when it ended.
        open: open cases ``cases``, ``overdue``, ``oldest``.
        why: controls behind open cases ``why``, ``cases``, ``cash``.
        largest: open cases ``case_id``, ``invoice_id``, ``client``, ``cash``, ``opened_at``, ``overdue``.
        waited_for: people ``approver_id``, ``name``, ``requests``, ``oldest``.
    """

    scope: Scope
    currency: str
    week: dict[str, Measure]
    before: dict[str, Measure]
    days: tuple[int, int]
    open: Row
    why: list[Row]
    largest: list[Row]
    waited_for: list[Row]

    def change(self, kpi_id: str) -> Change:
        """A figure this week against the week before."""
        return change(KPIS[kpi_id], (self.before[kpi_id], self.week[kpi_id]), self.days)


def facts_of(connection: Connection, day: date, now: datetime, seen: dict[str, Any]) -> Facts:
    """The facts of the week of a day; ``seen`` as ``sight.seen_by`` gives it. Raises ``Invalid`` for a week ahead."""
    scope = of_week(day, now)
    if scope.since > now.date():
        raise Invalid.at("/query/week", "has not begun yet")
    earlier = of_week(scope.since - timedelta(days=1), now)
    told = [KPIS[kpi_id] for kpi_id in TOLD]
    know(connection, earlier, told)
    before = {kpi.id: overall(connection, kpi, earlier) for kpi in told}
    currency = know(connection, scope, told)
    parameters = scope.parameters() | seen
    return Facts(
        scope=scope,
        currency=currency,
        week={kpi.id: overall(connection, kpi, scope) for kpi in told},
        before=before,
        days=(earlier.days, scope.days),
        open=only(connection, _OPEN, parameters),
        why=rows(connection, _WHY.format(most=MOST), parameters),
        largest=rows(connection, _LARGEST, parameters),
        waited_for=rows(connection, _WAITED_FOR.format(most=MOST), parameters),
    )


def week_named(text: str) -> date:
    """The Monday of ``2026-W46``. Raises ``Invalid``."""
    try:
        return datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Invalid.at("/query/week", "write a week as 2026-W46") from error


def week_name(day: date) -> str:
    """``2026-W46``."""
    return f"{day:%G-W%V}"
