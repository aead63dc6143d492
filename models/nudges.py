"""Which pending approvals, by whom, keep the most cash from going out before the period closes.

Counterfactual: for every draft and person, the chance that it is sent by the close with that person's requests granted,
less the chance as things stand, times its amount. Both chances come from the release clock on features computed by
the same code, once on the ledger and once on the ledger with the answers in it. They are what the clock has learned
from past approvals, not an experiment: a granted request of a project that is slow for other reasons gains little.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.asof import DAY_US
from features.build import build_features
from features.recordset import History
from models.curves import at_day
from models.delay import DelayModel
from models.hazards import RELEASE_EDGES
from models.hypotheses import with_levers
from models.levers.lever import Change, Lever, Owner
from models.levers.view import InvoiceView, counted
from models.outlook import narrowed
from models.release import ReleaseClock

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_ANSWER_MINUTES = 5
# What a subject's record says once the request about it is granted.
_GRANTED: Mapping[str, str] = {
    "time_entry": "approved", "expense": "approved", "milestone": "accepted", "change_order": "approved",
}  # fmt: skip


@dataclass(frozen=True)
class Nudge:
    """One person's pending requests on one draft, and what granting them is expected to bring.

    Attributes:
        approver_id: whose answer is pending.
        approver_role: as the requests name it; ``None`` where they do not.
        invoice_id: the draft that waits.
        approvals: ids of the requests, the oldest first.
        waiting_days: age of the oldest, in days.
        amount: the draft's amount, in group currency.
        sent_now, sent_then: P(sent by the close) as things stand, and with the requests granted.
    """

    approver_id: str
    approver_role: str | None
    invoice_id: str
    approvals: tuple[str, ...]
    waiting_days: float
    amount: float
    sent_now: float
    sent_then: float

    @property
    def gain(self) -> float:
        """Amount expected to go out by the close because of the answers, in group currency; none below zero."""
        return max(0.0, self.sent_then - self.sent_now) * max(0.0, self.amount)

    @property
    def sentence(self) -> str:
        """What to ask whom, in the words of finance."""
        what = counted(len(self.approvals), "request")
        return f"Ask {self.approver_id} to answer {what} on {self.invoice_id}, open for {self.waiting_days:.0f} days"


@dataclass(frozen=True)
class Holder:
    """Everything that waits for one person.

    Attributes:
        approver_id: the person.
        gain: sum over the drafts, in group currency. Gains of two people on one draft overlap: do not add them.
        nudges: per draft, the largest gain first.
    """

    approver_id: str
    gain: float
    nudges: tuple[Nudge, ...]


def rank_approvals(
    history: History, drafts: Mapping[str, float], as_of: int, close_on: date, model: DelayModel
) -> tuple[Nudge, ...]:
    """Pending requests on drafts by the amount that granting them frees before the close, the largest first.

    Args:
        history: records that cover the drafts: their slice, or a whole ledger.
        drafts: invoice → amount in group currency; invoices that have gone out, or have no billable day, are skipped.
        as_of: the moment in microseconds since 1970 UTC.
        close_on: last day of the period.
        model: the delay model; without a release clock there is nothing to rank.
    """
    if model.release is None:
        return ()
    nudges = [
        nudge
        for invoice_id, amount in drafts.items()
        for nudge in _on_draft(
            InvoiceView(narrowed(history, invoice_id, as_of), invoice_id, as_of), amount, close_on, model.release
        )
    ]
    return tuple(sorted(nudges, key=lambda nudge: (-nudge.gain, nudge.invoice_id, nudge.approver_id)))


def by_holder(nudges: Iterable[Nudge]) -> tuple[Holder, ...]:
    """The nudges gathered per person, the largest gain first."""
    mine: dict[str, list[Nudge]] = {}
    for nudge in sorted(nudges, key=lambda one: (-one.gain, one.invoice_id)):
        mine.setdefault(nudge.approver_id, []).append(nudge)
    holders = (Holder(person, sum(nudge.gain for nudge in found), tuple(found)) for person, found in mine.items())
    return tuple(sorted(holders, key=lambda holder: (-holder.gain, holder.approver_id)))


def _on_draft(view: InvoiceView, amount: float, close_on: date, clock: ReleaseClock) -> Iterable[Nudge]:
    if not view.unsent or view.header("billable_on") is None:
        return
    waiting = _pending(view)
    if not waiting:
        return
    now = _sent_by(view, view.history, close_on, clock)
    for person, requests in sorted(waiting.items()):
        changes = tuple(change for request in requests for change in _grant(view, request))
        answers = Lever("answer_requests", person, Owner.APPROVER, _ANSWER_MINUTES * len(requests), changes)
        then = _sent_by(view, with_levers(view.history, (answers,), view.as_of), close_on, clock)
        asked = [view.get("approval", request, "requested_at") for request in requests]
        yield Nudge(
            approver_id=person,
            approver_role=view.get("approval", requests[0], "approver_role"),
            invoice_id=view.invoice_id,
            approvals=tuple(str(view.get("approval", request, "approval_id")) for request in requests),
            waiting_days=(view.as_of - min(asked)) / DAY_US,
            amount=amount,
            sent_now=now,
            sent_then=then,
        )


def _pending(view: InvoiceView) -> dict[str, list[int]]:
    """Unanswered requests on the invoice and its project by person, the oldest first."""
    on_project = view.rows("approval", "project_id", view.header("project_id"))
    open_yet = [row for row in on_project if view.get("approval", row, "decided_at") is None]
    rows = dict.fromkeys([*open_yet, *view.requests(view.invoice_id)])
    waiting: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: (view.get("approval", row, "requested_at"), row)):
        waiting.setdefault(str(view.get("approval", row, "approver_id")), []).append(row)
    return waiting


def _grant(view: InvoiceView, request: int) -> list[Change]:
    """The answer yes, and what it makes of the record that was asked about."""
    kind, subject = (str(view.get("approval", request, name)) for name in ("subject_kind", "subject_id"))
    row = view.newest(kind, subject) if kind in _GRANTED else None
    changes = [view.granted(request)]
    return changes if row is None else [*changes, view.change(kind, row, status=_GRANTED[kind])]


def _sent_by(view: InvoiceView, history: History, close_on: date, clock: ReleaseClock) -> float:
    """P(sent on or before a day), in [0, 1]."""
    row = build_features(history, np.array([view.invoice_id], dtype=object), np.array([view.as_of], dtype=np.int64))
    billable = view.header("billable_on")
    # The day of the moment itself is still to come.
    curve = clock.curve(row.values, np.array([float(view.today - billable - 1)]))
    left = close_on.toordinal() - _EPOCH_ORDINAL - billable
    return 0.0 if left < 0 else 1.0 - float(at_day(curve, float(left), RELEASE_EDGES)[0])
