"""Approvers answer after they are asked, slower at month end, and some on Fridays only."""

from datetime import date
from statistics import median

from ledger.records import Approval
from simulator.approving import decide, pressure, write_approval
from simulator.world import Approver, World
from tests.simulator.history import History, moment

USUAL = Approver("R-1", "Senior Manager", 2.0, fridays_only=False)
FRIDAYS = Approver("R-2", "Senior Manager", 1.0, fridays_only=True)


def test_the_answer_comes_after_the_question(world: World) -> None:
    asked = moment("2026-03-10 17:45")
    assert all(decide(world, USUAL, asked, world.calendar("DE")) > asked for _ in range(300))


def test_some_answer_on_fridays_only(world: World) -> None:
    answers = [decide(world, FRIDAYS, moment("2026-03-09 09:00"), world.calendar("DE")) for _ in range(50)]
    assert {answer.weekday() for answer in answers} == {4}


def test_month_end_quarter_end_and_leave_slow_people_down(world: World) -> None:
    calm, month, quarter, leave = (
        pressure(world, day) for day in (date(2026, 5, 12), date(2026, 4, 29), date(2026, 3, 30), date(2026, 8, 12))
    )
    assert calm == 1.0 < leave < month < quarter


def test_a_pending_request_has_no_answer_yet(world: World) -> None:
    asked, decided = moment("2026-06-20 10:00"), moment("2026-07-03 10:00")
    write_approval(world, "invoice", "INV-1", asked_at=asked, decided_at=decided, approver_id="R-1")
    records = world.desk.take()
    assert [(type(one), one.version) for one in records] == [(Approval, "1")]
    assert isinstance(records[0], Approval)
    assert records[0].decided_at is None


def test_approvers_differ_in_their_habits(history: History) -> None:
    waits: dict[str, list[float]] = {}
    for one in history.kinds["approval"]:
        if one.decided_at and one.approver_role == "project_manager":
            waits.setdefault(one.approver_id, []).append((one.decided_at - one.requested_at).total_seconds() / 86_400)
    usual = sorted(median(values) for values in waits.values() if len(values) >= 20)
    assert usual[-1] > 2.5 * usual[0]
