"""Drafts bill what was handed in, and every defect that is blamed can be found in the records."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from ledger.records.billing import Cause, LineKind
from ledger.records.parties import BillingMethod
from ledger.records.work import MilestoneStatus, WorkStatus
from simulator.bill import Bill
from simulator.billing import bill_changes, bill_milestone, bill_time, new_bill, watch_cap
from simulator.evidence import Change, Delivered
from simulator.parties import make_clients, staff
from simulator.projects import Job, Period, make_job
from simulator.slips import slip
from simulator.work import Sheet
from simulator.world import World
from tests.simulator.history import History, moment

PERIOD = Period(date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 31), moment("2026-04-02 10:00"))
METHOD = BillingMethod.TIME_AND_MATERIALS


def job_in(world: World, method: BillingMethod = METHOD) -> Job:
    staff(world, people=25, managers=15)
    client = next(make_clients(world, 1))
    job = make_job(world, client, method, [PERIOD])
    job.bills_unapproved = True
    return job


def sheet(job: Job, submitted: str, approved: str) -> Sheet:
    person = job.team[0]
    return Sheet(person, person.role, Decimal(8), Decimal(100), moment(submitted), moment(approved))


def billed(world: World, job: Job) -> Bill:
    bill = new_bill(world, job, PERIOD)
    bill_time(world, job, bill)
    return bill


def test_hours_of_one_person_at_one_rate_make_one_line(world: World) -> None:
    job = job_in(world)
    job.carried = [
        sheet(job, "2026-03-06 17:00", "2026-03-07 09:00"),
        sheet(job, "2026-03-13 17:00", "2026-03-14 09:00"),
    ]
    bill = billed(world, job)
    assert [(line.quantity, line.amount) for line in bill.lines] == [(Decimal(16), Decimal(1600))]
    assert bill.visible == []


def test_hours_handed_in_after_the_draft_are_billed_next_time(world: World) -> None:
    job = job_in(world)
    late = sheet(job, "2026-04-10 17:00", "2026-04-11 09:00")
    job.carried = [sheet(job, "2026-03-06 17:00", "2026-03-07 09:00"), late]
    assert billed(world, job).lines[0].quantity == 8
    assert job.carried == [late]


def test_hours_that_nobody_approved_are_blamed_and_awaited(world: World) -> None:
    job = job_in(world)
    job.carried = [sheet(job, "2026-03-06 17:00", "2026-04-07 09:00")]
    bill = billed(world, job)
    assert bill.visible == [Cause.HOURS_NOT_APPROVED]
    assert bill.waits_approval == moment("2026-04-07 09:00")


def test_a_careful_manager_leaves_unapproved_hours_out(world: World) -> None:
    job = job_in(world)
    job.bills_unapproved = False
    job.carried = [sheet(job, "2026-03-06 17:00", "2026-04-07 09:00")]
    bill = billed(world, job)
    assert [line.kind for line in bill.lines] == [LineKind.ADJUSTMENT]
    assert len(job.carried) == 1


def test_a_milestone_is_blamed_until_it_is_accepted_with_evidence(world: World) -> None:
    job, hazards = job_in(world, BillingMethod.MILESTONE), []
    for accepted, evidence in (("2026-04-20 09:00", True), ("2026-03-20 09:00", False), ("2026-03-20 09:00", True)):
        bill = new_bill(world, job, PERIOD)
        bill_milestone(world, bill, Delivered("M-1", "Go-live", Decimal(5000), moment(accepted), evidence))
        hazards.append(bill.hazards.get(Cause.MILESTONE_NOT_ACCEPTED, 0.0))
    assert hazards[0] > hazards[1] > hazards[2] == 0.0


def test_approved_changes_are_billed_and_rejected_ones_dropped(world: World) -> None:
    job, bill = job_in(world), new_bill(world, job_in(world), PERIOD)
    asked, decided = moment("2026-03-03 09:00"), moment("2026-03-09 09:00")
    job.open_changes = [
        Change("CO-1", Decimal(900), asked, decided, rejected=False),
        Change("CO-2", Decimal(700), asked, decided, rejected=True),
    ]
    bill_changes(world, job, bill)
    assert [line.amount for line in bill.lines] == [Decimal(900)]
    assert (job.open_changes, bill.visible) == ([], [])


def test_exceeding_the_cap_is_agreed_or_blamed(world: World) -> None:
    job = job_in(world)
    seen = set()
    for _ in range(40):
        job.cap, job.billed = 100.0, 0.0
        job.carried = [sheet(job, "2026-03-06 17:00", "2026-03-07 09:00")]
        bill = billed(world, job)
        watch_cap(world, job, bill)
        seen.add((job.cap > 100.0, Cause.AMOUNT_CURRENCY in bill.visible))
    assert seen == {(True, False), (False, True)}


def test_a_slip_of_ten_times_shows_in_the_amount(world: World) -> None:
    job = job_in(world)
    job.carried = [sheet(job, "2026-03-06 17:00", "2026-03-07 09:00")]
    bill = billed(world, job)
    before = bill.lines[0].quantity
    slip(world, job, bill, "amount_x10")
    assert bill.lines[0].quantity == 10 * before
    assert bill.anomalies == ["amount_x10"]


def test_a_blamed_rate_is_off_the_card_and_others_are_on_it(history: History) -> None:
    cards: dict[tuple[str, str], set[Decimal]] = defaultdict(set)
    for rate in history.kinds["rate_card"]:
        cards[rate.rate_card_id, rate.role].add(rate.rate)
    off: dict[str, bool] = defaultdict(bool)
    for line in history.kinds["invoice_line"]:
        if line.role:
            off[line.invoice_id] |= line.unit_rate not in cards[f"RC{line.project_id[1:]}", line.role]
    ordinary = [one for one in history.ordinary() if one.invoice_id in off]
    blamed = [one for one in ordinary if Cause.RATE in one.visible]
    # A slip below the card is off it too, and blamed by nobody.
    assert all(off[one.invoice_id] for one in blamed)
    assert 0 < sum(off[one.invoice_id] for one in ordinary) - len(blamed) < len(blamed)


def test_a_blamed_purchase_order_differs_from_the_contract(history: History) -> None:
    drafts = history.drafts()
    orders = {one.contract_id: one.po_number for one in history.kinds["contract"]}
    for one in history.ordinary():
        draft = drafts[one.invoice_id]
        assert (draft.po_number != orders[draft.contract_id]) == (Cause.PO_REFERENCE in one.visible)


def test_blamed_hours_were_unapproved_when_the_draft_was_known(history: History) -> None:
    approved = {
        one.time_entry_id: one.known_at for one in history.kinds["time_entry"] if one.status is WorkStatus.APPROVED
    }
    drafts, waiting = history.drafts(), defaultdict(list)
    for entry in history.kinds["time_entry"]:
        if entry.version == "1":
            waiting[entry.project_id].append((entry.known_at, approved.get(entry.time_entry_id)))
    for one in history.ordinary():
        if Cause.HOURS_NOT_APPROVED in one.visible:
            draft = drafts[one.invoice_id]
            known = draft.known_at
            assert any(sent < known and (done is None or done >= known) for sent, done in waiting[draft.project_id])


def test_the_erp_schedule_stays_behind_the_psa(history: History) -> None:
    erp = {one.status for one in history.kinds["milestone"] if one.source == "sim-erp"}
    psa = {one.status for one in history.kinds["milestone"] if one.source == "sim-psa"}
    assert erp == {MilestoneStatus.PLANNED}
    assert psa >= {MilestoneStatus.PLANNED, MilestoneStatus.DELIVERED, MilestoneStatus.ACCEPTED}
