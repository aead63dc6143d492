"""Documents that come of other documents: rebills, duplicates, intercompany mirrors, parts of a whole."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ledger.records.billing import Cause, LinkKind
from ledger.records.parties import BillingMethod
from simulator.aftermath import follow
from simulator.bill import Bill, Line
from simulator.evidence import link
from simulator.parties import intercompany_client
from simulator.workdays import at
from simulator.world import World


def finish(world: World, bill: Bill) -> None:
    """Follow a draft to its end, and everything that it brings with it."""
    end = follow(world, bill)
    if end.rebill_on is not None:
        _rebill(world, bill, end.rebill_on)
    if world.draws.chance(world.parameters.defects.duplicate):
        _duplicate(world, bill)
    if bill.job.delivering is not bill.job.entity:
        _mirror(world, bill)
    if bill.job.method is BillingMethod.FIXED_FEE:
        target = ("contract", bill.job.contract_id)
        link(world, LinkKind.PARTIAL_OF, ("invoice", bill.invoice_id), target, bill.client_id, bill.drafted_at)


def _rebill(world: World, bill: Bill, day: date) -> None:
    """The corrected invoice: right company, currency, tax and order, at the client's ordinary chance of a quarrel."""
    job, entity = bill.job, bill.job.entity
    moment = at(world.calendar(entity.country).shift(day, world.draws.whole(0, 5)), world.draws.between(8.0, 17.0))
    again = replace(
        bill,
        invoice_id=world.desk.next_id("INV"),
        entity_id=entity.entity_id,
        currency=job.currency,
        tax_code=entity.tax_code,
        po_number=job.po_number,
        drafted_at=moment,
        lines=[_corrected(line, Decimal(f"{world.draws.between(0.75, 1.0):.2f}")) for line in bill.lines],
        document="rebill",
        hazards=dict(world.parameters.hazards.base),
        visible=[],
        anomalies=[],
        waits_approval=None,
        waits_acceptance=None,
    )
    follow(world, again)
    link(world, LinkKind.REBILLS, ("invoice", again.invoice_id), ("invoice", bill.invoice_id), bill.client_id, moment)


def _corrected(line: Line, factor: Decimal) -> Line:
    return replace(line, quantity=(line.quantity * factor).quantize(Decimal("0.01")))


def _duplicate(world: World, bill: Bill) -> None:
    """The same work drafted a second time; some of these are caught in house."""
    days = world.draws.whole(2, 14)
    twice = replace(
        bill,
        invoice_id=world.desk.next_id("INV"),
        drafted_at=bill.drafted_at + timedelta(days=days, minutes=17),
        document="duplicate",
        hazards=dict(bill.hazards),
        visible=list(bill.visible),
        cancel_probability=world.parameters.release.duplicate_caught,
    )
    twice.blame(Cause.DUPLICATE, world.parameters.hazards.duplicate)
    follow(world, twice)


def _mirror(world: World, bill: Bill) -> None:
    """What the delivering company charges the contracting one, at cost and a margin."""
    moment = bill.drafted_at + timedelta(days=world.draws.whole(0, 4), hours=1)
    mirror = replace(
        bill,
        invoice_id=world.desk.next_id("INV"),
        client_id=intercompany_client(bill.job.entity),
        entity_id=bill.job.delivering.entity_id,
        tax_code="ZERO",
        drafted_at=moment,
        lines=[replace(line, rate=(line.rate * Decimal("0.85")).quantize(Decimal("0.01"))) for line in bill.lines],
        po_number=None,
        document="intercompany",
        hazards={},
        visible=[],
        anomalies=[],
    )
    follow(world, mirror)
    pointing, target = ("invoice", mirror.invoice_id), ("invoice", bill.invoice_id)
    link(world, LinkKind.INTERCOMPANY_MIRROR_OF, pointing, target, mirror.client_id, moment)
