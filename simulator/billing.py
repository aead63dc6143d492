"""From work to draft: which hours, milestones and changes are billed, and which slips happen on the way."""

from collections import defaultdict
from decimal import Decimal

from ledger.records.billing import Cause, LineKind
from ledger.records.parties import BillingMethod
from simulator.bill import Bill, Line
from simulator.desk import money
from simulator.evidence import Change, Delivered, write_change
from simulator.projects import Job, Period
from simulator.slips import slip
from simulator.work import Sheet, Spent
from simulator.world import Person, World

_FLAT = {
    BillingMethod.FIXED_FEE: (LineKind.FIXED_FEE, "Instalment of the fixed fee"),
    BillingMethod.RETAINER: (LineKind.RETAINER, "Monthly retainer"),
    BillingMethod.RECURRING: (LineKind.RECURRING, "Managed service subscription"),
}


def new_bill(world: World, job: Job, period: Period) -> Bill:
    """An empty draft with the correct header; every client has its ordinary chance of a quarrel."""
    return Bill(
        invoice_id=world.desk.next_id("INV"),
        job=job,
        client_id=job.client.client_id,
        entity_id=job.entity.entity_id,
        currency=job.currency,
        tax_code=job.entity.tax_code,
        start=period.start,
        end=period.end,
        billable_on=period.billable_on,
        drafted_at=period.drafted_at,
        lines=[],
        po_number=job.po_number,
        hazards=dict(world.parameters.hazards.base),
        cancel_probability=world.parameters.release.cancelled,
    )


def bill_time(world: World, job: Job, bill: Bill) -> None:
    """Bill the hours handed in before the draft; a careful manager leaves out what nobody has approved."""
    ready = [sheet for sheet in job.carried if sheet.submitted_at < bill.drafted_at]
    if not job.bills_unapproved:
        ready = [sheet for sheet in ready if sheet.approved_at < bill.drafted_at]
    if not ready:
        bill.lines.append(Line(LineKind.ADJUSTMENT, "Minimum monthly fee", Decimal(1), "piece", money(job.fee * 0.2)))
        return
    taken = set(map(id, ready))
    job.carried = [sheet for sheet in job.carried if id(sheet) not in taken]
    for (person, role, rate), hours in _grouped(ready).items():
        refers = {"resource_id": person.person_id, "role": role}
        bill.lines.append(Line(LineKind.TIME, f"{role}, hours of the period", hours, "hour", rate, refers))
    _blame_unapproved(world, bill, ready)


def _grouped(sheets: list[Sheet]) -> dict[tuple[Person, str, Decimal], Decimal]:
    hours: dict[tuple[Person, str, Decimal], Decimal] = defaultdict(Decimal)
    for sheet in sheets:
        hours[sheet.person, sheet.role, sheet.rate] += sheet.hours
    return hours


def _blame_unapproved(world: World, bill: Bill, sheets: list[Sheet]) -> None:
    pending = [sheet for sheet in sheets if sheet.approved_at >= bill.drafted_at]
    if not pending:
        return
    share = float(sum(sheet.hours for sheet in pending) / sum(sheet.hours for sheet in sheets))
    hazard = world.parameters.hazards.unapproved_hours * share**1.5 * bill.job.client.strictness
    bill.blame(Cause.HOURS_NOT_APPROVED, hazard)
    bill.waits_approval = max(sheet.approved_at for sheet in pending)


def bill_milestone(world: World, bill: Bill, milestone: Delivered) -> None:
    """Bill a milestone, accepted or not: the billing schedule does not wait."""
    hazards, strictness = world.parameters.hazards, bill.job.client.strictness
    refers = {"milestone_id": milestone.milestone_id}
    bill.lines.append(Line(LineKind.MILESTONE, milestone.name, Decimal(1), "piece", milestone.amount, refers))
    if milestone.accepted_at >= bill.drafted_at:
        bill.blame(Cause.MILESTONE_NOT_ACCEPTED, hazards.milestone_not_accepted * strictness)
        bill.waits_acceptance = milestone.accepted_at
    elif not milestone.evidence:
        bill.blame(Cause.MILESTONE_NOT_ACCEPTED, hazards.milestone_without_evidence * strictness)


def bill_flat(world: World, job: Job, bill: Bill) -> None:
    """Bill an instalment, a retainer or a subscription: the same amount each time, give or take usage."""
    kind, text = _FLAT[job.method]
    usage = world.draws.lognormal(1.0, 0.04) if job.method is BillingMethod.RECURRING else 1.0
    bill.lines.append(Line(kind, text, Decimal(1), "piece", money(job.fee * usage)))


def bill_changes(world: World, job: Job, bill: Bill) -> None:
    """Bill approved change orders, and some that the client has not approved yet."""
    left: list[Change] = []
    for change in job.open_changes:
        pending = change.decided_at >= bill.drafted_at
        if change.requested_at >= bill.drafted_at or (
            pending and not world.draws.chance(world.parameters.work.billed_while_pending)
        ):
            left.append(change)
        elif pending or not change.rejected:
            refers = {"change_order_id": change.change_order_id}
            bill.lines.append(Line(LineKind.CHANGE_ORDER, "Change order", Decimal(1), "piece", change.amount, refers))
            if pending:
                bill.blame(Cause.CHANGE_ORDER, world.parameters.hazards.change_order_pending)
    job.open_changes = left


def bill_expenses(world: World, bill: Bill, spent: list[Spent]) -> None:
    """Bill expenses handed in before the draft; receipts may be missing."""
    known = [expense for expense in spent if expense.submitted_at < bill.drafted_at]
    for expense in known:
        refers = {"expense_id": expense.expense_id}
        bill.lines.append(Line(LineKind.EXPENSE, "Expenses at cost", Decimal(1), "piece", expense.amount, refers))
    if any(not expense.receipt for expense in known):
        bill.blame(Cause.OTHER, world.parameters.hazards.missing_receipts * bill.job.client.strictness)


def watch_cap(world: World, job: Job, bill: Bill) -> None:
    """Above the contract's cap either an agreed change order has raised it, or the client will object."""
    job.billed += float(bill.amount)
    if job.cap is None or job.billed <= job.cap:
        return
    if world.draws.chance(world.parameters.defects.cap_change_agreed):
        raised = job.billed * 1.3 - job.cap
        asked = max(bill.drafted_at.timestamp() - 86_400 * world.draws.between(5, 25), world.opening.timestamp())
        moment = type(bill.drafted_at).fromtimestamp(int(asked), tz=bill.drafted_at.tzinfo)
        agreed = moment + (bill.drafted_at - moment) / 2
        write_change(world, job, Change(world.desk.next_id("CO"), money(raised), moment, agreed, rejected=False))
        job.cap += raised
    else:
        bill.blame(Cause.AMOUNT_CURRENCY, world.parameters.hazards.cap_exceeded)


def make_draft(
    world: World, job: Job, period: Period, *, spent: list[Spent], milestone: Delivered | None, anomaly: str | None
) -> Bill:
    """The draft of a billing event, slips included."""
    bill = new_bill(world, job, period)
    if milestone is not None:
        bill_milestone(world, bill, milestone)
    elif job.method is BillingMethod.TIME_AND_MATERIALS:
        bill_time(world, job, bill)
    else:
        bill_flat(world, job, bill)
    bill_changes(world, job, bill)
    bill_expenses(world, bill, spent)
    if job.in_trouble(period):
        bill.blame(Cause.SCOPE_QUALITY, world.parameters.hazards.trouble)
    slip(world, job, bill, anomaly)
    watch_cap(world, job, bill)
    return bill
