"""Clients pay, quarrel and wait as their temperaments say."""

from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean

import pytest

from ledger.records.billing import Cause
from simulator.behaviour import draw_dispute, final_hazards, pay_day, send, usual_delay
from simulator.billing import new_bill
from simulator.world import World
from tests.simulator.history import History, moment
from tests.simulator.test_billing import PERIOD, job_in

DUE = date(2026, 5, 12)


def test_a_touchy_client_disputes_more(world: World) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    calm = sum(final_hazards(bill).values())
    bill.job.client = replace(bill.job.client, temper=3 * bill.job.client.temper)
    assert sum(final_hazards(bill).values()) == pytest.approx(3 * calm)


def test_our_own_companies_do_not_dispute(world: World) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    bill.document = "intercompany"
    assert final_hazards(bill) == {}
    assert draw_dispute(world, {}) is None


def test_causes_strike_in_proportion(world: World) -> None:
    struck = [draw_dispute(world, {Cause.RATE: 3.0, Cause.OTHER: 1.0}) for _ in range(4000)]
    assert struck.count(Cause.RATE) / (4000 - struck.count(None)) == pytest.approx(0.75, abs=0.03)


def test_drift_jump_and_season_add_to_the_usual_delay(world: World) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    steady = replace(bill.job.client, delay_days=4.0, drift_per_month=0.0, jump_month=10_000)
    bill.job.client = steady
    base = usual_delay(world, bill, DUE)
    assert usual_delay(world, bill, DUE.replace(month=8)) == pytest.approx(base + 4.0)
    bill.job.client = replace(steady, drift_per_month=0.5, jump_month=10, jump_days=14.0)
    assert usual_delay(world, bill, DUE) == pytest.approx(base + 0.5 * 22 + 14.0)


def test_a_dispute_makes_payment_later(world: World) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    days = {
        disputed: fmean(
            (pay_day(world, bill, issued_on=DUE - timedelta(days=30), due=DUE, disputed=disputed) - DUE).days
            for _ in range(800)
        )
        for disputed in (False, True)
    }
    assert days[True] - days[False] == pytest.approx(35.0, abs=5.0)


@pytest.mark.parametrize(("run", "allowed"), [("weekly", {3, 4}), ("any_day", {0, 1, 2, 3, 4})])
def test_clients_pay_on_their_runs(world: World, run: str, allowed: set[int]) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    bill.job.client = replace(bill.job.client, pay_run=run)
    days = [pay_day(world, bill, issued_on=DUE - timedelta(days=60), due=DUE, disputed=False) for _ in range(100)]
    # A run on a public holiday moves to the next working day.
    assert fmean(day.weekday() in allowed for day in days) > 0.9


def test_missing_approvals_hold_an_invoice_back(world: World) -> None:
    waits = {}
    for pending in (None, moment("2026-04-28 09:00")):
        bill = new_bill(world, job_in(world), PERIOD)
        bill.waits_approval, bill.cancel_probability = pending, 0.0
        sent = [send(world, bill).issued_on for _ in range(200)]
        waits[pending] = fmean((day - PERIOD.end).days for day in sent if day)
    assert waits[moment("2026-04-28 09:00")] > waits[None] + 8


def test_a_cancelled_draft_is_never_issued(world: World) -> None:
    bill = new_bill(world, job_in(world), PERIOD)
    bill.cancel_probability = 1.0
    assert send(world, bill).issued_on is None


def test_some_clients_pay_differently_in_the_second_half(history: History) -> None:
    halves: dict[str, tuple[list[int], list[int]]] = {}
    drafts = history.drafts()
    for one in history.ordinary():
        if one.days_late is not None and one.invoice_id in drafts and not one.disputed:
            draft = drafts[one.invoice_id]
            half = draft.known_at > moment("2025-10-01 00:00")
            halves.setdefault(draft.client_id, ([], []))[half].append(one.days_late)
    shifts = [fmean(new) - fmean(old) for old, new in halves.values() if min(len(old), len(new)) >= 15]
    assert max(map(abs, shifts)) > 4  # noise alone: about 2
