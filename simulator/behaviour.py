"""How people behave around an invoice: when it is sent, whether it is disputed, when it is paid."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log

from ledger.records.billing import Cause
from simulator.approving import decide, pressure
from simulator.bill import Bill
from simulator.projects import IN_ADVANCE
from simulator.truth import dispute_probability
from simulator.workdays import at, month_start
from simulator.world import World

_RUN_DAYS = {"any_day": 0.0, "weekly": 3.0, "twice_a_month": 7.1}  # mean days that waiting for the next run adds


@dataclass(frozen=True)
class Sending:
    """When a draft is approved and sent; ``issued_on`` is ``None`` when it is cancelled."""

    asked_at: datetime
    approved_at: datetime
    issued_on: date | None


def send(world: World, bill: Bill) -> Sending:
    """Approval of the draft, waiting for missing papers, and the billing clerks' queue."""
    draws, release, job = world.draws, world.parameters.release, bill.job
    calendar = world.calendar(job.entity.country)
    asked = bill.drafted_at + timedelta(minutes=draws.whole(5, 120))
    approved = decide(world, job.owner, asked, calendar)
    ready = approved
    longest = bill.drafted_at + timedelta(days=release.longest_wait_days)
    for paper, willing in (
        (bill.waits_approval, release.waits_for_approvals),
        (bill.waits_acceptance, release.waits_for_acceptance),
    ):
        if paper is not None and draws.chance(willing):
            ready = max(ready, min(paper, longest))
    # Prepared before the period ends, but sent only when it has ended.
    if not (job.method in IN_ADVANCE or bill.intercompany or ready.date() > bill.end):
        ready = at(bill.end + timedelta(days=1), 9.0)
    queue = draws.exponential(release.clerk_days) * pressure(world, ready.date())
    if draws.chance(bill.cancel_probability):
        return Sending(asked, approved, None)
    return Sending(asked, approved, calendar.shift(ready.date(), int(queue)))


def final_hazards(bill: Bill) -> dict[Cause, float]:
    """The client's temper on top of what is wrong; our own companies do not dispute."""
    if bill.intercompany:
        return {}
    temper = bill.job.client.temper
    return {cause: hazard * temper for cause, hazard in bill.hazards.items()}


def draw_dispute(world: World, hazards: dict[Cause, float]) -> Cause | None:
    """Which cause strikes an issued invoice, if any: competing risks."""
    if not hazards or not world.draws.chance(1.0 - exp(-sum(hazards.values()))):
        return None
    return world.draws.weighted(hazards)


def usual_delay(world: World, bill: Bill, due: date) -> float:
    """Mean days late of an undisputed invoice with this client, amount and due date, waiting for pay runs included."""
    pay, client = world.parameters.payments, bill.job.client
    if bill.intercompany:
        return 2.0
    months = (due.year - world.start.year) * 12 + due.month - world.start.month
    days = client.delay_days + client.drift_per_month * months
    days += client.jump_days if months >= client.jump_month else 0.0
    days += pay.days_per_log_amount * log(max(float(bill.amount), 100.0) / 10_000.0)
    if due.month == 8 or (due.month == 12 and due.day > 15) or (due.month == 1 and due.day < 5):
        days += pay.season_days
    return days


def expected_days_late(world: World, bill: Bill, hazards: dict[Cause, float], due: date) -> float:
    """Mean days late seen from the draft, were the invoice issued and paid."""
    disputed = dispute_probability(hazards, 0.0)
    return usual_delay(world, bill, due) + disputed * world.parameters.payments.dispute_extra_days


def pay_day(world: World, bill: Bill, *, issued_on: date, due: date, disputed: bool) -> date:
    """The day on which the client pays."""
    pay, client = world.parameters.payments, bill.job.client
    run = "any_day" if bill.intercompany else client.pay_run
    late = usual_delay(world, bill, due) - _RUN_DAYS[run] + pay.spread_days * world.draws.gumbel()
    if disputed:
        late += 5.0 + world.draws.exponential(pay.dispute_extra_days - 5.0)
    day = max(due + timedelta(days=round(late)), issued_on + timedelta(days=2))
    return world.calendar(client.country).shift(_next_run(day, run))


def _next_run(day: date, run: str) -> date:
    if run == "weekly":
        return day + timedelta(days=(3 - day.weekday()) % 7)
    if run == "twice_a_month":
        return day.replace(day=15) if day.day <= 15 else month_start(day, 1)
    return day
