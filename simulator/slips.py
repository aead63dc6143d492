"""Slips of the pen: wrong rates, missing purchase orders, wrong companies, taxes and currencies, odd amounts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ledger.records import Project
from ledger.records.billing import Cause, LineKind
from ledger.records.parties import BillingMethod, ProjectStatus
from simulator.bill import Bill
from simulator.desk import PSA
from simulator.projects import Job
from simulator.world import ENTITIES, World

_TIME_ANOMALIES = {"hours_80": 0.3, "weekend_spike": 0.25, "role_mix": 0.25, "amount_x10": 0.2}
_FLAT_ANOMALIES = {"amount_x10": 0.35, "cadence": 0.65}


def choose_anomaly(world: World, job: Job) -> str | None:
    """The billing anomaly of a billing event: ``None`` nearly always."""
    if not world.draws.chance(world.parameters.defects.anomaly):
        return None
    time = job.method is BillingMethod.TIME_AND_MATERIALS
    return world.draws.weighted(_TIME_ANOMALIES if time else _FLAT_ANOMALIES)


def slip(world: World, job: Job, bill: Bill, anomaly: str | None) -> None:
    """Everything that may go wrong while a draft is typed."""
    _rate(world, bill)
    _purchase_order(world, job, bill)
    _header(world, bill)
    _closed_project(world, job, bill)
    if anomaly is not None:
        _odd(world, bill, anomaly)


def _rate(world: World, bill: Bill) -> None:
    draws, defects = world.draws, world.parameters.defects
    places = [place for place, line in enumerate(bill.lines) if line.kind is LineKind.TIME]
    if not places or not draws.chance(defects.rate_off_card):
        return
    place, low = draws.pick(places), draws.chance(defects.rate_below_card)
    factor = draws.between(0.8, 0.95) if low else draws.between(1.05, 1.4)
    line = bill.lines[place]
    bill.lines[place] = replace(line, rate=(line.rate * Decimal(f"{factor:.3f}")).quantize(Decimal(1)))
    if not low:
        # A larger step catches the eye more easily; an eighth above the card weighs one.
        bill.blame(Cause.RATE, world.parameters.hazards.rate_off_card * min(1.5, (factor - 1.0) / 0.125))


def _purchase_order(world: World, job: Job, bill: Bill) -> None:
    draws, defects, hazards = world.draws, world.parameters.defects, world.parameters.hazards
    if bill.po_number is None:
        return
    if draws.chance(defects.po_missing):
        bill.po_number = None
        bill.blame(Cause.PO_REFERENCE, hazards.po_missing * job.client.strictness)
    elif draws.chance(defects.po_wrong):
        bill.po_number = f"45{draws.whole(10_000_000, 99_999_999)}"
        bill.blame(Cause.PO_REFERENCE, hazards.po_wrong * job.client.strictness)


def _header(world: World, bill: Bill) -> None:
    draws, defects, hazards = world.draws, world.parameters.defects, world.parameters.hazards
    if draws.chance(defects.wrong_entity):
        bill.entity_id = draws.pick([one.entity_id for one in ENTITIES if one.entity_id != bill.entity_id])
        bill.blame(Cause.TAX_ENTITY, hazards.wrong_entity)
    if draws.chance(defects.wrong_tax):
        bill.tax_code = draws.pick([one.tax_code for one in ENTITIES if one.tax_code != bill.tax_code])
        bill.blame(Cause.TAX_ENTITY, hazards.wrong_tax)
    if draws.chance(defects.wrong_currency):
        bill.currency = "USD" if bill.currency != "USD" else "EUR"
        bill.blame(Cause.AMOUNT_CURRENCY, hazards.wrong_currency)


def _closed_project(world: World, job: Job, bill: Bill) -> None:
    if not world.draws.chance(world.parameters.defects.closed_project):
        return
    closed_at = bill.drafted_at - timedelta(days=world.draws.whole(1, 20))
    # Closed by mistake and opened again afterwards: later drafts of the project are fine.
    number = 2 * (1 + job.periods.index(next(one for one in job.periods if one.start == bill.start)))
    add = world.desk.add
    add(Project, PSA, number, known_at=closed_at, status=ProjectStatus.CLOSED, **job.records["project"])
    reopened_at = bill.drafted_at + timedelta(days=world.draws.whole(1, 5))
    add(Project, PSA, number + 1, known_at=reopened_at, status=ProjectStatus.OPEN, **job.records["project"])
    bill.blame(Cause.OTHER, world.parameters.hazards.closed_project)


def _odd(world: World, bill: Bill, anomaly: str) -> None:
    hazards = world.parameters.hazards
    bill.anomalies.append(anomaly)
    if anomaly in ("amount_x10", "cadence"):
        factor = Decimal(10) if anomaly == "amount_x10" else Decimal(f"{world.draws.between(1.8, 3.5):.2f}")
        line = bill.lines[0]
        if line.unit == "hour":
            bill.lines[0] = replace(line, quantity=line.quantity * factor)
        else:
            bill.lines[0] = replace(line, rate=line.rate * factor)
        bill.blame(Cause.AMOUNT_CURRENCY, hazards.amount_anomaly)
    else:
        bill.blame(Cause.SCOPE_QUALITY, hazards.hours_anomaly)
