"""Contracts and projects, and the months in which they bill."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.records import Contract, Project
from ledger.records.parties import BillingMethod
from simulator.desk import CRM, PSA, money
from simulator.parties import ROLES, ClientProfile, price, raised, write_rates
from simulator.workdays import Workdays, at, month_end, month_start
from simulator.world import ENTITIES, Approver, Entity, Person, World

IN_ADVANCE = (BillingMethod.RETAINER, BillingMethod.RECURRING)
SERVICE_LINES = ("Strategy", "Implementation", "Managed Services", "Data & Analytics", "Audit Support")
_MONTHS = {
    BillingMethod.TIME_AND_MATERIALS: (3, 14),
    BillingMethod.FIXED_FEE: (3, 9),
    BillingMethod.MILESTONE: (4, 12),
    BillingMethod.RETAINER: (9, 24),
    BillingMethod.RECURRING: (12, 24),
}
_STEPS = {BillingMethod.FIXED_FEE: (1, 1, 2, 3), BillingMethod.MILESTONE: (1, 1, 2)}


@dataclass(frozen=True)
class Period:
    """One billing event: what it covers and when the ledger gets the draft.

    ``failed_at``: when an integration failed to bring it, some hours before; ``None`` when it came at once.
    """

    start: date
    end: date
    billable_on: date
    drafted_at: datetime
    failed_at: datetime | None = None


@dataclass
class Job:
    """A project with its contract, and what happens to them on the way."""

    project_id: str
    contract_id: str
    client: ClientProfile
    delivering: Entity
    method: BillingMethod
    manager: Approver
    owner: Approver
    team: list[Person]
    periods: list[Period]
    currency: str
    fee: float
    rates: dict[str, Decimal]
    po_number: str | None
    cap: float | None
    bills_unapproved: bool
    bad_months: set[date]
    billed: float = 0.0
    carried: list[Any] = field(default_factory=list)
    open_changes: list[Any] = field(default_factory=list)
    records: dict[str, Any] = field(default_factory=dict)

    @property
    def entity(self) -> Entity:
        """The company that contracts and invoices."""
        return self.client.entity

    def in_trouble(self, period: Period) -> bool:
        """Whether the work itself went wrong in the period."""
        return month_start(period.start) in self.bad_months


def plan_periods(world: World, method: BillingMethod, first: date, calendar: Workdays) -> list[Period]:
    """The billing events of a project that starts in the month of ``first``, up to the month of the horizon."""
    step = world.draws.pick(_STEPS.get(method, (1,)))
    low, high = _MONTHS[method]
    before_month_end = world.draws.chance(world.parameters.release.drafted_before_month_end)
    periods, month = [], first
    for _ in range(max(1, world.draws.whole(low, high) // step)):
        last = month_end(month_start(month, step - 1))
        # What is billed in advance is drafted in the month before.
        if month_start(month, -1 if method in IN_ADVANCE else 0) > world.end:
            break
        periods.append(_period(world, method, month, last, calendar, early=before_month_end))
        month = last + timedelta(days=1)
    return periods


def _period(world: World, method: BillingMethod, first: date, last: date, calendar: Workdays, *, early: bool) -> Period:
    draws = world.draws
    billable = last
    if method in IN_ADVANCE:
        billable = first - timedelta(days=7)
        day = calendar.shift(billable, draws.whole(0, 4))
    elif early:
        day = calendar.shift(last + timedelta(days=1), -draws.whole(1, 6))
    else:
        day = calendar.shift(last + timedelta(days=1), draws.whole(0, 6))
    made_at = at(day, draws.between(8.0, 18.0))
    if draws.chance(world.parameters.disturbance.sync_failure):
        arrived = made_at + timedelta(seconds=int(3600 * draws.between(1, 50)))
        return Period(first, last, min(billable, day), arrived, made_at)
    return Period(first, last, min(billable, day), made_at)


def make_job(world: World, client: ClientProfile, method: BillingMethod, periods: list[Period]) -> Job:
    """Draw a project over given billing events and write its contract, rate card and project."""
    draws, scale = world.draws, world.parameters.scale
    project_id = world.desk.next_id("P")
    delivering = draws.pick(ENTITIES) if draws.chance(scale.intercompany_share * 1.25) else client.entity
    level = 1.0 / 0.95 if client.currency == "CHF" else 1.0
    time = method is BillingMethod.TIME_AND_MATERIALS
    size = draws.whole(1, 2) + draws.chance(0.25) * draws.whole(1, 3) if time else 1
    team = [draws.pick(world.people[delivering.entity_id]) for _ in range(size)]
    rates = {role: price(client.entity, role, client.discount * level) for role in ROLES}
    fee = draws.lognormal(8500.0 * client.entity.level, 0.9)
    expected = fee * len(periods)
    if time:
        expected = sum(float(rates[person.role]) for person in team) * 4.3 * len(periods)
        expected *= world.parameters.work.hours_mean
    job = Job(
        project_id=project_id,
        contract_id=f"K{project_id[1:]}",
        client=client,
        delivering=delivering,
        method=method,
        manager=draws.pick(world.managers[delivering.entity_id]),
        owner=draws.pick(world.clerks[client.entity.entity_id]),
        team=team,
        periods=periods,
        currency=client.currency,
        fee=fee,
        rates=rates,
        po_number=f"45{draws.whole(10_000_000, 99_999_999)}" if client.po_required else None,
        cap=expected * draws.between(0.85, 1.7) if time and draws.chance(0.5) else None,
        bills_unapproved=draws.chance(world.parameters.work.bills_unapproved_share),
        bad_months=_bad_months(world, periods),
    )
    _write_job(world, job, expected)
    return job


def _bad_months(world: World, periods: list[Period]) -> set[date]:
    defects, bad, trouble = world.parameters.defects, set(), False
    for period in periods:
        trouble = world.draws.chance(1.0 - defects.trouble_ends if trouble else defects.trouble_starts)
        if trouble:
            bad.add(month_start(period.start))
    return bad


def _write_job(world: World, job: Job, expected: float) -> None:
    draws, first = world.draws, job.periods[0].start
    known = at(first - timedelta(days=draws.whole(25, 60)), 11.0)
    for role in sorted({person.role for person in job.team} | {"Partner"}):
        write_rates(world, f"RC{job.project_id[1:]}", job.currency, role, job.rates[role])
    contract: dict[str, Any] = {
        "contract_id": job.contract_id,
        "client_id": job.client.client_id,
        "legal_entity_id": job.entity.entity_id,
        "billing_method": job.method,
        "currency": job.currency,
        "payment_terms_days": job.client.terms,
        "value_amount": money(expected),
        "cap_amount": None if job.cap is None else money(job.cap),
        "rate_card_id": f"RC{job.project_id[1:]}",
        "po_number": job.po_number,
        "po_required": job.client.po_required,
        "acceptance_required": job.method is BillingMethod.MILESTONE,
        "invoicing_requirements": _requirements(job),
        "start_on": first,
        "end_on": job.periods[-1].end,
    }
    signed = not draws.chance(0.04)
    world.desk.add(Contract, CRM, known_at=known, signed=signed, **contract)
    if not signed:
        world.desk.add(Contract, CRM, 2, known_at=known + timedelta(days=draws.whole(30, 120)), signed=True, **contract)
    job.records["project"] = {
        "project_id": job.project_id,
        "client_id": job.client.client_id,
        "contract_id": job.contract_id,
        "legal_entity_id": job.delivering.entity_id,
        "name": f"{draws.pick(SERVICE_LINES)} {job.project_id[2:]}",
        "service_line": draws.pick(SERVICE_LINES),
        "region": job.delivering.region,
        "manager_id": job.manager.person_id,
        "currency": job.currency,
        "budget_amount": money(expected),
        "planned_hours": money(expected / 150),
        "start_on": first,
        "end_on": job.periods[-1].end,
    }
    world.desk.add(Project, PSA, known_at=known + timedelta(days=1), **job.records["project"])


def _requirements(job: Job) -> tuple[str, ...]:
    wanted = ["purchase order"] if job.client.po_required else []
    if job.method is BillingMethod.MILESTONE:
        wanted.append("signed acceptance")
    if job.method is BillingMethod.TIME_AND_MATERIALS and job.client.strictness > 1:
        wanted.append("approved timesheets")
    return tuple(wanted)


def rate_on(job: Job, role: str, day: date, end: date) -> Decimal:
    """The card's rate of a role on a day (the yearly rise comes in January of the horizon's year)."""
    rate = job.rates[role]
    return raised(rate) if day >= end.replace(month=1, day=1) else rate
