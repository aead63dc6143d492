"""A dispute from its opening to its end: first guess and true cause, credit notes, notes that tell too much."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ledger.records import CreditNote, Dispute
from ledger.records.billing import Cause, DisputeStatus, LinkKind
from simulator.bill import Bill, columns_of, end_of
from simulator.desk import CRM, ERP, money
from simulator.evidence import link
from simulator.notes import after_dispute
from simulator.world import World


@dataclass(frozen=True)
class Quarrel:
    """How a dispute ended."""

    cause: Cause
    path: str  # withdrawn, partly_credited, credited_and_rebilled, written_off
    resolved_on: date
    paid_on: date
    left_to_pay: float


def quarrel(world: World, bill: Bill, cause: Cause, issued_on: date, paid_on: date) -> Quarrel:
    """Write a dispute (or a straight credit) and say how it ended."""
    draws, habits = world.draws, world.parameters.disputes
    opened = issued_on + timedelta(days=max(1, round(draws.lognormal(habits.median_days_to_open, habits.spread))))
    resolved = max(opened + timedelta(days=draws.whole(3, 12)), paid_on - timedelta(days=5))
    straight = draws.chance(habits.straight_credit_share)
    path = "credited_and_rebilled" if straight else _path(world)
    share = draws.between(0.1, 0.6) if path == "partly_credited" else 1.0
    amount = float(bill.amount)
    if not straight:
        _write_dispute(world, bill, cause, (opened, resolved), withdrawn=path == "withdrawn")
        after_dispute(world, bill, cause, end_of(opened))
    credited = 0.0
    if path in ("partly_credited", "credited_and_rebilled"):
        credited = round(amount * share, 2)
        _write_credit(world, bill, cause, resolved, credited)
    return Quarrel(cause, path, resolved, max(paid_on, resolved + timedelta(days=1)), amount - credited)


def _path(world: World) -> str:
    habits = world.parameters.disputes
    written_off = 1.0 - habits.withdrawn - habits.partly_credited - habits.credited_and_rebilled
    return world.draws.weighted(
        {
            "withdrawn": habits.withdrawn,
            "partly_credited": habits.partly_credited,
            "credited_and_rebilled": habits.credited_and_rebilled,
            "written_off": written_off,
        }
    )


def _write_dispute(world: World, bill: Bill, cause: Cause, span: tuple[date, date], *, withdrawn: bool) -> None:
    opened, resolved = span
    draws = world.draws
    right = draws.chance(world.parameters.disputes.first_cause_right)
    guess = cause if right else draws.pick((Cause.OTHER, Cause.OTHER, Cause.SCOPE_QUALITY, Cause.AMOUNT_CURRENCY))
    columns: dict[str, Any] = {
        "dispute_id": f"D{bill.invoice_id[3:]}",
        "amount": money(abs(float(bill.amount)) * draws.between(0.3, 1.0)),
        "currency": bill.currency,
        "opened_on": opened,
        **columns_of(bill),
    }
    known = _heard(world, opened)
    world.desk.add(
        Dispute, CRM, event_at=end_of(opened), known_at=known, cause=guess, status=DisputeStatus.OPEN, **columns
    )
    status = DisputeStatus.WITHDRAWN if withdrawn else DisputeStatus.RESOLVED
    closed = max(end_of(resolved), known + timedelta(hours=1))
    world.desk.add(Dispute, CRM, 2, known_at=closed, cause=cause, status=status, resolved_on=resolved, **columns)


def _heard(world: World, day: date) -> datetime:
    return end_of(day) + timedelta(days=world.draws.pick((0, 0, 0, 1, 2, 5)))


def _write_credit(world: World, bill: Bill, cause: Cause, day: date, amount: float) -> None:
    credit_note_id, known_at = f"CN{bill.invoice_id[3:]}", end_of(day)
    world.desk.add(
        CreditNote,
        ERP,
        known_at=known_at,
        credit_note_id=credit_note_id,
        amount=money(abs(amount)),
        currency=bill.currency,
        cause=cause,
        issued_on=day,
        **columns_of(bill),
    )
    pointing, target = ("credit_note", credit_note_id), ("invoice", bill.invoice_id)
    link(world, LinkKind.CREDITS, pointing, target, bill.client_id, known_at)
