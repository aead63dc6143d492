"""What follows a draft: approval and sending, payment, and the paths of a dispute."""

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.records import Payment
from ledger.records.billing import Cause, InvoiceStatus
from simulator.approving import write_approval
from simulator.behaviour import Sending, draw_dispute, expected_days_late, final_hazards, pay_day, send
from simulator.bill import Bill, columns_of, end_of, write_draft, write_version
from simulator.desk import ERP, money
from simulator.disputes import Quarrel, quarrel
from simulator.truth import InvoiceTruth
from simulator.world import World


@dataclass(frozen=True)
class End:
    """How an invoice ended; ``rebill`` asks for a corrected invoice drafted on that day."""

    disputed: bool = False
    cause: Cause | None = None
    issued_on: date | None = None
    days_late: int | None = None
    rebill_on: date | None = None


def follow(world: World, bill: Bill) -> End:
    """Write a draft and everything that comes after it, and remember the truth."""
    write_draft(world, bill)
    hazards = final_hazards(bill)
    sending = send(world, bill)
    _write_sending(world, bill, sending)
    end = End() if sending.issued_on is None else _after_issue(world, bill, sending.issued_on, hazards)
    provisional = bill.drafted_at.date() + timedelta(days=bill.job.client.terms)
    world.truth.add(
        InvoiceTruth(
            invoice_id=bill.invoice_id,
            draft_known_at=bill.drafted_at.isoformat(),
            hazards=hazards,
            visible=tuple(bill.visible),
            cancel_probability=bill.cancel_probability,
            expected_days_late=expected_days_late(world, bill, hazards, provisional),
            anomalies=tuple(bill.anomalies),
            disputed=end.disputed,
            cause=end.cause,
            issued_on=end.issued_on,
            days_late=end.days_late,
            document=bill.document,
        )
    )
    return end


def _write_sending(world: World, bill: Bill, sending: Sending) -> None:
    write_approval(
        world,
        "invoice",
        bill.invoice_id,
        asked_at=sending.asked_at,
        decided_at=sending.approved_at,
        rejected=sending.issued_on is None,
        invoice_id=bill.invoice_id,
        project_id=bill.job.project_id,
        client_id=bill.client_id,
        approver_id=bill.job.owner.person_id,
        approver_role="finance",
    )
    if sending.issued_on is None:
        write_version(world, bill, InvoiceStatus.CANCELLED, sending.approved_at)
        return
    write_version(world, bill, InvoiceStatus.APPROVED, sending.approved_at)
    sent_at = max(end_of(sending.issued_on), sending.approved_at + timedelta(minutes=20))
    write_version(world, bill, InvoiceStatus.ISSUED, sent_at, issued_on=sending.issued_on)


def _after_issue(world: World, bill: Bill, issued_on: date, hazards: dict[Cause, float]) -> End:
    due = issued_on + timedelta(days=30 if bill.intercompany else bill.job.client.terms)
    cause = draw_dispute(world, hazards)
    paid_on = pay_day(world, bill, issued_on=issued_on, due=due, disputed=cause is not None)
    late = (paid_on - due).days
    if cause is not None:
        outcome = quarrel(world, bill, cause, issued_on, paid_on)
        return _close_quarrel(world, bill, outcome, issued_on, due)
    if world.draws.chance(world.parameters.payments.unpaid_share) and not bill.intercompany:
        given_up = due + timedelta(days=world.draws.whole(120, 240))
        write_version(world, bill, InvoiceStatus.WRITTEN_OFF, end_of(given_up), issued_on=issued_on)
        return End(issued_on=issued_on)
    _pay(world, bill, issued_on, paid_on, float(bill.amount))
    return End(issued_on=issued_on, days_late=late)


def _close_quarrel(world: World, bill: Bill, outcome: Quarrel, issued_on: date, due: date) -> End:
    disputed, cause, closed = True, outcome.cause, end_of(outcome.resolved_on) + timedelta(minutes=5)
    if outcome.path in ("withdrawn", "partly_credited"):
        _pay(world, bill, issued_on, outcome.paid_on, outcome.left_to_pay)
        return End(disputed, cause, issued_on, (outcome.paid_on - due).days)
    if outcome.path == "credited_and_rebilled":
        write_version(world, bill, InvoiceStatus.CREDITED, closed, issued_on=issued_on)
        return End(disputed, cause, issued_on, rebill_on=outcome.resolved_on + timedelta(days=1))
    write_version(world, bill, InvoiceStatus.WRITTEN_OFF, closed, issued_on=issued_on)
    return End(disputed, cause, issued_on)


def _pay(world: World, bill: Bill, issued_on: date, paid_on: date, amount: float) -> None:
    """Settle, in one payment or two; the bank's day is known to the ledger some days later."""
    draws = world.draws
    parts = [(paid_on, amount)]
    if amount > 0 and draws.chance(world.parameters.payments.partial_share):
        first = round(amount * draws.between(0.2, 0.8), 2)
        earlier = max(issued_on + timedelta(days=1), paid_on - timedelta(days=draws.whole(3, 20)))
        parts = [(earlier, first), (paid_on, amount - first)]
    for number, (day, part) in enumerate(parts, start=1):
        known = end_of(day) + timedelta(days=draws.whole(0, 3))
        world.desk.add(
            Payment,
            ERP,
            event_at=end_of(day),
            known_at=known,
            payment_id=f"PAY-{bill.invoice_id[4:]}-{number}",
            amount=money(part),
            currency=bill.currency,
            paid_on=day,
            **columns_of(bill),
        )
    settled = known + timedelta(minutes=1)
    write_version(world, bill, InvoiceStatus.SETTLED, settled, issued_on=issued_on, settled_on=paid_on)
