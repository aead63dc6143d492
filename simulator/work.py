"""What is done between two invoices: timesheets and their approvals, and expenses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.records import Expense, TimeEntry
from ledger.records.parties import BillingMethod
from ledger.records.work import WorkStatus
from simulator.approving import decide, write_approval
from simulator.desk import PSA, money
from simulator.projects import Job, Period, rate_on
from simulator.workdays import at
from simulator.world import Person, World

_CATEGORIES = ("travel", "lodging", "meals", "licence")


@dataclass(frozen=True)
class Sheet:
    """One timesheet row as billing sees it."""

    person: Person
    role: str
    hours: Decimal
    rate: Decimal
    submitted_at: datetime
    approved_at: datetime


@dataclass(frozen=True)
class Spent:
    """One expense as billing sees it."""

    expense_id: str
    amount: Decimal
    receipt: bool
    submitted_at: datetime


def do_work(world: World, job: Job, period: Period, anomaly: str | None) -> list[Sheet]:
    """Write a period's timesheets and return them."""
    sheets: list[Sheet] = []
    monday = period.start + timedelta(days=-period.start.weekday() % 7)
    strange_week = monday + timedelta(days=7 * world.draws.whole(0, 2))
    while monday <= min(period.end, world.end):
        strange = anomaly if monday == strange_week else None
        sheets.extend(_week(world, job, person, monday, strange) for person in job.team)
        if strange == "weekend_spike":
            sheets.append(_week(world, job, job.team[0], monday + timedelta(days=5), strange))
        monday += timedelta(days=7)
    return sheets


def _hours(world: World, day: date, anomaly: str | None) -> Decimal:
    work = world.parameters.work
    if anomaly == "hours_80":
        return Decimal(80)
    mean = work.hours_mean * (work.holiday_month_factor if day.month in (8, 12) else 1.0)
    return Decimal(max(2, min(180, round(4 * (mean + work.hours_spread * world.draws.normal()))))) / 4


def _submitted(world: World, monday: date) -> datetime:
    draws, work, lot = world.draws, world.parameters.work, world.draws.uniform()
    friday = monday + timedelta(days=4)
    if lot < work.on_time_share:
        day = friday + timedelta(days=draws.pick((0, 0, 0, 3)))
    elif lot < 1.0 - work.forgotten_share:
        day = friday + timedelta(days=draws.whole(3, 8))
    else:
        day = friday + timedelta(days=draws.whole(9, 38))
    return at(day, draws.between(14.0, 20.0))


def _week(world: World, job: Job, person: Person, monday: date, anomaly: str | None) -> Sheet:
    draws, entry_id = world.draws, world.desk.next_id("T")
    role = "Partner" if anomaly == "role_mix" else person.role
    hours, rate = _hours(world, monday, anomaly), rate_on(job, role, monday, world.end)
    if anomaly == "weekend_spike":
        hours = Decimal(draws.whole(14, 20))
    worked_at, asked = at(monday + timedelta(days=4), 17.0), _submitted(world, monday)
    decided = decide(world, job.manager, asked, world.calendar(job.delivering.country))
    rejected = draws.chance(world.parameters.work.rejected_share)
    columns: dict[str, Any] = {
        "time_entry_id": entry_id,
        "project_id": job.project_id,
        "client_id": job.client.client_id,
        "resource_id": person.person_id,
        "role": role,
        "worked_on": monday,
        "hours": hours,
        "bill_rate": rate,
        "currency": job.currency,
        "approver_id": job.manager.person_id,
    }
    add, event = world.desk.add, min(worked_at, asked)
    add(TimeEntry, PSA, event_at=event, known_at=asked, status=WorkStatus.SUBMITTED, **columns)
    approved = decided
    if rejected:
        add(TimeEntry, PSA, 2, event_at=event, known_at=decided, status=WorkStatus.REJECTED, **columns)
        approved = decided + timedelta(days=draws.whole(1, 6), minutes=7)
    add(TimeEntry, PSA, 3 if rejected else 2, event_at=event, known_at=approved, status=WorkStatus.APPROVED, **columns)
    if job.method is BillingMethod.TIME_AND_MATERIALS:
        _ask(world, job, entry_id, asked, decided, rejected=rejected)
    return Sheet(person, role, hours, rate, asked, approved)


def _ask(world: World, job: Job, entry_id: str, asked: datetime, decided: datetime, *, rejected: bool) -> None:
    write_approval(
        world,
        "time_entry",
        entry_id,
        asked_at=asked,
        decided_at=decided,
        rejected=rejected,
        project_id=job.project_id,
        client_id=job.client.client_id,
        approver_id=job.manager.person_id,
        approver_role="project_manager",
    )


def spend(world: World, job: Job, period: Period) -> list[Spent]:
    """Write a period's expenses and return them."""
    draws, work = world.draws, world.parameters.work
    spent: list[Spent] = []
    while draws.chance(work.expense_rate) and len(spent) < 4:
        day = period.start + timedelta(days=draws.whole(0, (period.end - period.start).days))
        submitted = at(day + timedelta(days=draws.whole(1, 9)), draws.between(9.0, 18.0))
        expense = Spent(
            world.desk.next_id("E"),
            money(draws.lognormal(320.0, 0.9)),
            draws.chance(work.receipt_share),
            submitted,
        )
        _write_expense(world, job, expense, day)
        spent.append(expense)
    return spent


def _write_expense(world: World, job: Job, expense: Spent, day: date) -> None:
    columns: dict[str, Any] = {
        "expense_id": expense.expense_id,
        "project_id": job.project_id,
        "client_id": job.client.client_id,
        "resource_id": job.team[0].person_id,
        "incurred_on": day,
        "amount": expense.amount,
        "currency": job.currency,
        "category": world.draws.pick(_CATEGORIES),
        "receipt_attached": expense.receipt,
    }
    event = at(day, 12.0)
    world.desk.add(Expense, PSA, event_at=event, known_at=expense.submitted_at, status=WorkStatus.SUBMITTED, **columns)
    approved = decide(world, job.manager, expense.submitted_at, world.calendar(job.delivering.country))
    world.desk.add(Expense, PSA, 2, event_at=event, known_at=approved, status=WorkStatus.APPROVED, **columns)
