"""The story: a firm is founded, its clients' projects run and bill, and the records come out in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.records import Record
from ledger.records.parties import BillingMethod
from simulator.billing import make_draft
from simulator.desk import Desk
from simulator.disturbances import disturb, report_sync
from simulator.draws import Draws
from simulator.evidence import change_scope, deliver
from simulator.followups import finish
from simulator.notes import before_draft
from simulator.parameters import Parameters
from simulator.parties import ClientProfile, make_clients, staff, write_firm
from simulator.projects import Job, Period, make_job, plan_periods
from simulator.slips import choose_anomaly
from simulator.truth import Truth
from simulator.work import do_work, spend
from simulator.workdays import Workdays, at, month_start
from simulator.world import World

DEFAULT_END = date(2026, 6, 30)
BATCH = 25_000
_COUNTRIES = ("US", "GB", "DE", "FR", "SG", "CH", "ES")


@dataclass(frozen=True)
class Simulation:
    """Records in batches, and the truth about their invoices: complete once the batches are used up."""

    batches: Iterator[list[Record]]
    truth: Truth


def simulate(*, invoices: int, months: int, seed: int, end: date = DEFAULT_END) -> Iterator[list[Record]]:
    """A firm's records in batches of about 25,000, master data first and then client by client.

    Args:
        invoices: billing-run drafts known by the end of ``end``; rebills, duplicates and intercompany mirrors
            (about 8 % more) come on top.
        months: length of the history, in months up to and including the month of ``end``.
        seed: same arguments, same records, byte for byte.
        end: last day of the history; nothing is known after it.

    Raises:
        ValueError: ``invoices`` or ``months`` is not positive.
    """
    return simulate_with_truth(invoices=invoices, months=months, seed=seed, end=end).batches


def simulate_with_truth(
    *, invoices: int, months: int, seed: int, end: date = DEFAULT_END, parameters: Parameters | None = None
) -> Simulation:
    """As ``simulate``, with the truth table beside the records (and other parameters, for studies)."""
    if invoices < 1 or months < 1:
        raise ValueError(f"invoices and months must be positive, got {invoices} and {months}")
    start = month_start(end, 1 - months)
    span = (start - timedelta(days=800), end + timedelta(days=900))
    world = World(
        draws=Draws(seed),
        parameters=parameters or Parameters(),
        desk=Desk(at(end + timedelta(days=1), 0.0)),
        truth=Truth(),
        start=start,
        end=end,
        calendars={country: Workdays(country, *span) for country in _COUNTRIES},
    )
    return Simulation(disturb(world, _batches(world, invoices, months)), world.truth)


def _batches(world: World, invoices: int, months: int) -> Iterator[list[Record]]:
    scale, monthly = world.parameters.scale, invoices / months
    write_firm(world)
    staff(
        world,
        people=round(monthly * scale.people_per_monthly_invoice),
        managers=round(monthly * scale.managers_per_monthly_invoice),
    )
    clients = list(make_clients(world, max(8, round(invoices / scale.invoices_per_client))))
    sizes = [(1.0 - world.draws.uniform()) ** (-1.0 / scale.client_tail) for _ in clients]
    # The largest client brings at most about a tenth: no firm that size lives on one.
    quotas = world.draws.shares(invoices, [min(size, 30.0) for size in sizes])
    for client, quota in zip(clients, quotas, strict=True):
        for job in _jobs(world, client, quota, months):
            _run(world, job)
            if len(world.desk) >= BATCH:
                yield world.desk.take()
    yield world.desk.take()


def _jobs(world: World, client: ClientProfile, quota: int, months: int) -> Iterator[Job]:
    """Projects of a client, one after the other in parallel lanes, with exactly ``quota`` drafts by the horizon."""
    while quota > 0:
        lane = _lane(world, client, months)
        quota -= _trim(world, lane, quota)
        for method, periods in lane:
            if periods:
                yield make_job(world, client, method, periods)


def _lane(world: World, client: ClientProfile, months: int) -> list[tuple[BillingMethod, list[Period]]]:
    draws, calendar = world.draws, world.calendar(client.entity.country)
    offset = 0 if draws.chance(0.6) else draws.whole(0, months - 1)
    month, lane = month_start(world.start, offset), []
    while month <= world.end:
        method = draws.weighted(world.parameters.scale.method_shares)
        periods = plan_periods(world, method, month, calendar)
        lane.append((method, periods))
        month = month_start(periods[-1].end, 1 + draws.pick((0, 0, 1, 2)))
    return lane


def _trim(world: World, lane: list[tuple[BillingMethod, list[Period]]], quota: int) -> int:
    """Take billing events away, at both ends, until no more than ``quota`` have a draft; says how many are left."""
    drafted = sum(_is_drafted(world, period) for _, periods in lane for period in periods)
    surplus = max(0, drafted - quota)
    # Half of the clients came later, the others left earlier or both.
    front = surplus if world.draws.chance(0.5) else world.draws.whole(0, surplus)
    _drop(world, [periods for _, periods in lane], front, place=0)
    _drop(world, [periods for _, periods in reversed(lane)], surplus - front, place=-1)
    return drafted - surplus


def _drop(world: World, runs: list[list[Period]], surplus: int, *, place: int) -> None:
    for periods in runs:
        while surplus and periods:
            surplus -= _is_drafted(world, periods.pop(place))


def _is_drafted(world: World, period: Period) -> bool:
    return period.drafted_at < world.desk.horizon


def _run(world: World, job: Job) -> None:
    for period in job.periods:
        _bill_period(world, job, period)


def _bill_period(world: World, job: Job, period: Period) -> None:
    """One billing event: the work, the papers, the talk, the draft and all that follows."""
    anomaly = choose_anomaly(world, job)
    job.carried.extend(do_work(world, job, period, anomaly))
    if job.method is not BillingMethod.TIME_AND_MATERIALS:
        job.carried.clear()
    spent = spend(world, job, period)
    if job.method in (BillingMethod.TIME_AND_MATERIALS, BillingMethod.FIXED_FEE, BillingMethod.MILESTONE):
        change_scope(world, job, period)
    milestone = deliver(world, job, period) if job.method is BillingMethod.MILESTONE else None
    if not _is_drafted(world, period):
        return
    bill = make_draft(world, job, period, spent=spent, milestone=milestone, anomaly=anomaly)
    before_draft(world, bill)
    report_sync(world, bill, period.failed_at)
    finish(world, bill)
