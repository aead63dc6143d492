"""How long people take to approve: habits, month-end queues, leave."""

from datetime import date, datetime, timedelta
from typing import Any

from ledger.records import Approval
from ledger.records.work import ApprovalDecision
from simulator.desk import PSA
from simulator.workdays import Workdays, at, leave_season, near_month_end, near_quarter_end
from simulator.world import Approver, World

_FRIDAY = 4


def pressure(world: World, day: date) -> float:
    """How much longer than usual an answer takes when asked on a day."""
    habits = world.parameters.approvals
    factor = 1.0
    if near_quarter_end(day):
        factor = habits.quarter_end_factor
    elif near_month_end(day):
        factor = habits.month_end_factor
    return factor * (habits.leave_factor if leave_season(day) else 1.0)


def decide(world: World, approver: Approver, asked_at: datetime, calendar: Workdays) -> datetime:
    """When the approver answers a request: always later than it."""
    day = asked_at.date()
    spread = world.parameters.approvals.within_person
    wait = world.draws.lognormal(approver.median_days, spread) * pressure(world, day)
    answer = calendar.shift(day, int(wait))
    if approver.fridays_only:
        answer = calendar.shift(answer + timedelta(days=(_FRIDAY - answer.weekday()) % 7))
    moment = at(answer, world.draws.between(8.0, 17.5))
    return moment if moment > asked_at else asked_at + timedelta(minutes=world.draws.whole(10, 300))


def write_approval(
    world: World, kind: str, subject_id: str, *, asked_at: datetime, decided_at: datetime, **columns: Any
) -> None:
    """The request and, as a second version, its answer (``rejected=True`` says no)."""
    rejected = columns.pop("rejected", False)
    base: dict[str, Any] = {
        "approval_id": f"A-{subject_id}" if kind != "time_entry" else f"AT-{subject_id}",
        "subject_kind": kind,
        "subject_id": subject_id,
        "requested_at": asked_at,
        **columns,
    }
    world.desk.add(Approval, PSA, 1, event_at=asked_at, known_at=asked_at, **base)
    decision = ApprovalDecision.REJECTED if rejected else ApprovalDecision.APPROVED
    world.desk.add(
        Approval, PSA, 2, event_at=decided_at, known_at=decided_at, decided_at=decided_at, decision=decision, **base
    )
