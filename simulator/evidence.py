"""Milestones with the client's acceptance, and change orders with the client's approval."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.records import ChangeOrder, DocumentLink, Milestone
from ledger.records.billing import LinkKind
from ledger.records.work import ChangeOrderStatus, MilestoneStatus
from simulator.approving import pressure, write_approval
from simulator.desk import CRM, ERP, PSA, money
from simulator.projects import Job, Period
from simulator.workdays import at
from simulator.world import World

_DELIVERABLES = ("Design report", "Prototype", "Data migration", "Test completion", "Go-live", "Training", "Handover")
_CHANGES = (
    "Additional workshop days requested by the client",
    "Second country added to the rollout",
    "Interface to the warehouse system",
    "Extended hypercare after go-live",
)


@dataclass(frozen=True)
class Delivered:
    """A milestone as billing sees it."""

    milestone_id: str
    name: str
    amount: Decimal
    accepted_at: datetime
    evidence: bool


@dataclass(frozen=True)
class Change:
    """A change order as billing sees it."""

    change_order_id: str
    amount: Decimal
    requested_at: datetime
    decided_at: datetime
    rejected: bool


def deliver(world: World, job: Job, period: Period) -> Delivered:
    """Plan, deliver and (in time or not) have accepted one milestone; the ERP's schedule stays behind the PSA."""
    draws, habits = world.draws, world.parameters.approvals
    milestone_id, name = world.desk.next_id("M"), draws.pick(_DELIVERABLES)
    handed = min(period.end - timedelta(days=draws.whole(2, 18)), period.drafted_at.date() - timedelta(days=1))
    handed_at = at(max(handed, period.start), draws.between(9.0, 17.0))
    wait = draws.lognormal(habits.acceptance_median_days, 0.9) * pressure(world, handed_at.date()) ** 0.5
    accepted_at = handed_at + timedelta(days=wait)
    evidence = not draws.chance(habits.evidence_missing_share)
    columns: dict[str, Any] = {
        "milestone_id": milestone_id,
        "project_id": job.project_id,
        "client_id": job.client.client_id,
        "contract_id": job.contract_id,
        "name": name,
        "amount": money(job.fee * draws.lognormal(1.0, 0.35)),
        "currency": job.currency,
        "due_on": period.end,
    }
    planned = at(job.periods[0].start - timedelta(days=20), 9.0)
    add = world.desk.add
    add(Milestone, ERP, known_at=planned, status=MilestoneStatus.PLANNED, **columns)
    add(Milestone, PSA, known_at=planned + timedelta(days=1), status=MilestoneStatus.PLANNED, **columns)
    add(Milestone, PSA, 2, known_at=handed_at, status=MilestoneStatus.DELIVERED, **columns)
    columns |= {"status": MilestoneStatus.ACCEPTED, "accepted_on": accepted_at.date()}
    reference = f"ACC-{milestone_id[2:]}"
    add(Milestone, PSA, 3, known_at=accepted_at, evidence_ref=reference if evidence else None, **columns)
    if not evidence:
        filed = accepted_at + timedelta(days=draws.between(4, 40))
        add(Milestone, PSA, 4, event_at=accepted_at, known_at=filed, evidence_ref=reference, **columns)
    _ask_client(world, job, "milestone", milestone_id, handed_at, accepted_at)
    return Delivered(milestone_id, name, columns["amount"], accepted_at, evidence)


def _ask_client(
    world: World, job: Job, kind: str, subject_id: str, asked_at: datetime, decided_at: datetime, **columns: Any
) -> None:
    write_approval(
        world,
        kind,
        subject_id,
        asked_at=asked_at,
        decided_at=decided_at,
        project_id=job.project_id,
        client_id=job.client.client_id,
        approver_id=f"{job.client.client_id}-contact",
        approver_role="client",
        **columns,
    )


def change_scope(world: World, job: Job, period: Period) -> None:
    """Now and then the client asks for more: a change order is requested, and decided some time later."""
    draws, work = world.draws, world.parameters.work
    if not draws.chance(work.change_order_rate):
        return
    asked = at(period.start + timedelta(days=draws.whole(0, 22)), draws.between(9.0, 17.0))
    decided = asked + timedelta(days=draws.lognormal(work.change_order_latency_days, 0.9))
    amount = money(job.fee * draws.between(0.15, 0.8))
    change = Change(world.desk.next_id("CO"), amount, asked, decided, draws.chance(work.change_order_rejected))
    job.open_changes.append(change)
    write_change(world, job, change)


def write_change(world: World, job: Job, change: Change) -> None:
    """A change order pending and decided, its approval, and the contract that it amends."""
    columns: dict[str, Any] = {
        "change_order_id": change.change_order_id,
        "contract_id": job.contract_id,
        "project_id": job.project_id,
        "client_id": job.client.client_id,
        "amount": change.amount,
        "currency": job.currency,
        "requested_on": change.requested_at.date(),
        "description": world.draws.pick(_CHANGES),
    }
    add = world.desk.add
    add(ChangeOrder, PSA, known_at=change.requested_at, status=ChangeOrderStatus.PENDING, **columns)
    status = ChangeOrderStatus.REJECTED if change.rejected else ChangeOrderStatus.APPROVED
    approved_on = None if change.rejected else change.decided_at.date()
    add(ChangeOrder, PSA, 2, known_at=change.decided_at, status=status, approved_on=approved_on, **columns)
    args = (change.change_order_id, change.requested_at, change.decided_at)
    _ask_client(world, job, "change_order", *args, rejected=change.rejected)
    if not change.rejected:
        link(
            world,
            LinkKind.AMENDS,
            ("change_order", change.change_order_id),
            ("contract", job.contract_id),
            job.client.client_id,
            change.decided_at,
        )


def link(
    world: World, kind: LinkKind, pointing: tuple[str, str], target: tuple[str, str], client_id: str, known_at: datetime
) -> None:
    """Write that one document refers to another; both are given as (kind, id)."""
    world.desk.add(
        DocumentLink,
        ERP if pointing[0] != "change_order" else CRM,
        known_at=known_at,
        link_id=f"L-{pointing[1]}-{target[1]}-{kind.value}",
        link=kind,
        client_id=client_id,
        from_kind=pointing[0],
        from_id=pointing[1],
        to_kind=target[0],
        to_id=target[1],
    )
