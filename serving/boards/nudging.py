"""Whom to ask first: people whose pending approvals free the most cash before the period closes.

With a release clock the cash is what their answers are expected to bring forward (``models/nudges.py``). Without one,
drafts are ranked by amount times days waited, and it is said that this is a rule of thumb.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from features.history import load_slice, microseconds
from models.delay import DelayModel
from models.nudges import Holder, Nudge, by_holder, rank_approvals
from serving.sql import Row, rows
from serving.web.reads.names import names_of

TOGETHER: Final = 20  # drafts whose history is read at once
# Invoices not sent yet on which an answer is awaited; an amount without an exchange rate has none in group currency.
_DRAFTS: Final = """
WITH known AS (
    SELECT DISTINCT ON (invoice_id) invoice_id, project_id, amount, currency, status, billable_on
    FROM invoice WHERE known_at < %(now)s ORDER BY invoice_id, known_at DESC, event_at DESC, record_id DESC
), asked AS (
    SELECT DISTINCT ON (approval_id) project_id, subject_id, decided_at
    FROM approval WHERE known_at < %(now)s ORDER BY approval_id, known_at DESC, event_at DESC, record_id DESC
), rates AS (
    SELECT DISTINCT ON (currency) currency, group_currency, rate
    FROM fx_rate WHERE known_at < %(now)s ORDER BY currency, valid_on DESC, known_at DESC, record_id DESC
)
SELECT k.invoice_id, coalesce(g.group_currency, k.currency) AS group_currency,
       CASE WHEN coalesce(g.group_currency, k.currency) = k.currency THEN k.amount ELSE k.amount * r.rate END AS amount
FROM known k LEFT JOIN rates r USING (currency) CROSS JOIN (SELECT max(group_currency) AS group_currency FROM rates) g
WHERE k.status IN ('draft', 'approved') AND k.billable_on IS NOT NULL AND EXISTS (
    SELECT FROM asked a
    WHERE a.decided_at IS NULL AND (a.project_id = k.project_id OR a.subject_id = k.invoice_id)
)
ORDER BY coalesce(abs(k.amount), 0) DESC, k.invoice_id
"""
_WAITING: Final = """
SELECT a.approver_id, min(a.approver_role) AS approver_role,
       array_agg(a.approval_id ORDER BY a.requested_at) AS approvals,
       extract(epoch FROM %(now)s - min(a.requested_at)) / 86400 AS waiting_days, d.invoice_id
FROM unnest(%(ids)s::text[]) AS d (invoice_id)
JOIN LATERAL (
    SELECT project_id FROM invoice i WHERE i.invoice_id = d.invoice_id AND known_at < %(now)s
    ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
) i ON true
JOIN (
    SELECT DISTINCT ON (approval_id) * FROM approval WHERE known_at < %(now)s
    ORDER BY approval_id, known_at DESC, event_at DESC, record_id DESC
) a ON a.decided_at IS NULL AND (a.project_id = i.project_id OR a.subject_id = d.invoice_id)
GROUP BY d.invoice_id, a.approver_id
"""


@dataclass(frozen=True)
class Ranked:
    """People in order of what their answers free.

    Attributes:
        names: of the people, by resource id.
        currency: the group currency; empty when drafts are in several and none is the group's.
        without_rate: drafts that could not be compared.
        modelled: whether gains are expected cash; else they are amount times days, which only orders.
        left_out: drafts beyond the number looked at, the smallest.
    """

    holders: Sequence[Holder]
    names: dict[str, str]
    currency: str
    without_rate: int
    modelled: bool
    left_out: int = 0


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def rank(
    connection: Connection, model: DelayModel | None, now: datetime, close: date, *, most: int | None = None
) -> Ranked:
    """Rank pending requests on drafts, as known before ``now``; at most the ``most`` largest drafts."""
    every: list[Row] = rows(connection, _DRAFTS, {"now": now})
    drafts = {row["invoice_id"]: float(row["amount"]) for row in every if row["amount"] is not None}
    looked_at = dict(list(drafts.items())[:most])
    modelled = model is not None and model.release is not None
    if model is not None and modelled:
        found = _expected(connection, model, looked_at, now, close)
    else:
        found = _by_rule(connection, looked_at, now)
    holders = [holder for holder in by_holder(found) if holder.gain > 0]
    currencies = {row["group_currency"] for row in every}
    return Ranked(
        holders=holders,
        names=names_of(connection, "resource", [holder.approver_id for holder in holders]),
        currency=currencies.pop() if len(currencies) == 1 else "",
        without_rate=len(every) - len(drafts),
        modelled=modelled,
        left_out=len(drafts) - len(looked_at),
    )


def _expected(
    connection: Connection, model: DelayModel, drafts: dict[str, float], now: datetime, close: date
) -> list[Nudge]:
    moment, found = microseconds(now), list[Nudge]()
    ids = list(drafts)
    for some in (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)):
        found += rank_approvals(load_slice(connection, some), {one: drafts[one] for one in some}, moment, close, model)
    return found


def _by_rule(connection: Connection, drafts: dict[str, float], now: datetime) -> list[Nudge]:
    """Amount times days waited, in the place of an expected gain: it orders, and says nothing else."""
    return [
        Nudge(
            approver_id=row["approver_id"],
            approver_role=row["approver_role"],
            invoice_id=row["invoice_id"],
            approvals=tuple(row["approvals"]),
            waiting_days=float(row["waiting_days"]),
            amount=drafts[row["invoice_id"]],
            sent_now=0.0,
            sent_then=float(row["waiting_days"]),
        )
        for row in rows(connection, _WAITING, {"now": now, "ids": list(drafts)})
    ]
