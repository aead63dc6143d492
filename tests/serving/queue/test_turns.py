"""The order of the queue: the list shows cases as they are handed out, page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.problems import Invalid
from serving.queue.filters import CaseFilter
from serving.queue.listing import CaseOrder, list_cases, totals
from serving.queue.resting import SkipReason, skip
from serving.queue.states import CaseState
from serving.state import ServingState
from tests.serving.queue.kit import case_of, person, set_case, take

ALL = CaseFilter()
LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def rita(state: ServingState) -> Principal:
    return person(state.engine, "rita", Role.REVIEWER)


@pytest.fixture
def mixed(queue: dict[str, str], engine: Engine, rita: Principal) -> dict[str, str]:
    """INV-1 is worth the most, INV-2 is overdue, INV-3 is Rita's."""
    set_case(engine, "INV-1", priority=900, due_at=LATER)
    set_case(engine, "INV-2", priority=10)
    set_case(engine, "INV-3", priority=1, due_at=LATER, assigned_to=rita.principal_id)
    return queue


def listed(state: ServingState, principal: Principal, chosen: CaseFilter = ALL, limit: int = 50) -> list[str]:
    found, cursor = [], None
    while True:
        with state.engine.begin() as connection:
            page = list_cases(connection, chosen, principal=principal, cursor=cursor, limit=limit)
        found += [case["invoice_id"] for case in page.cases]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_own_cases_then_overdue_ones_then_the_rest(
    mixed: dict[str, str], state: ServingState, rita: Principal, limit: int
) -> None:
    assert listed(state, rita, limit=limit) == ["INV-3", "INV-2", "INV-1"]


def test_cases_are_handed_out_in_the_order_of_the_list(
    mixed: dict[str, str], state: ServingState, rita: Principal
) -> None:
    shown = listed(state, rita)
    assert [take(state, rita) for _ in shown] == shown
    assert take(state, rita) is None


def test_what_a_person_skipped_comes_last_for_that_person_alone(
    mixed: dict[str, str], state: ServingState, rita: Principal
) -> None:
    with state.engine.begin() as connection:
        skip(connection, mixed["INV-2"], SkipReason.UNCLEAR, principal=rita, fence=None)
    assert listed(state, rita) == ["INV-3", "INV-1", "INV-2"]
    assert [take(state, rita) for _ in range(3)] == ["INV-3", "INV-1", "INV-2"]
    assert listed(state, person(state.engine, "bob", Role.REVIEWER))[0] == "INV-2"


def test_an_assigned_case_is_its_persons_until_it_is_overdue(
    mixed: dict[str, str], state: ServingState, engine: Engine
) -> None:
    bob = person(engine, "bob", Role.REVIEWER)
    assert [take(state, bob) for _ in range(3)] == ["INV-2", "INV-1", None]
    set_case(engine, "INV-3", due_at=datetime.now(UTC) - timedelta(minutes=1))
    assert take(state, bob) == "INV-3"


def test_a_case_that_falls_due_between_two_pages_is_neither_lost_nor_repeated(
    mixed: dict[str, str], state: ServingState, engine: Engine, rita: Principal
) -> None:
    with state.engine.begin() as connection:
        first = list_cases(connection, CaseFilter(), principal=rita, limit=2)
    set_case(engine, "INV-1", due_at=datetime.now(UTC) - timedelta(milliseconds=1))
    with state.engine.begin() as connection:
        rest = list_cases(connection, CaseFilter(), principal=rita, cursor=first.next_cursor, limit=2)
    assert [case["invoice_id"] for case in [*first.cases, *rest.cases]] == ["INV-3", "INV-2", "INV-1"]


def test_a_cursor_of_another_order_is_refused(mixed: dict[str, str], state: ServingState, rita: Principal) -> None:
    with state.engine.begin() as connection:
        page = list_cases(connection, CaseFilter(), principal=rita, limit=1)
        with pytest.raises(Invalid, match="another order"):
            list_cases(connection, CaseFilter(), principal=rita, cursor=page.next_cursor, order=CaseOrder.DUE)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (CaseFilter(project_id="P1", amount_from=1800), {"INV-1", "INV-2", "INV-3"}),
        (CaseFilter(amount_below=1800), set()),
        (CaseFilter(unassigned=True), {"INV-1", "INV-2"}),
        (CaseFilter(overdue=True), {"INV-2"}),
        (CaseFilter(age_days=1), set()),
        (CaseFilter(team_id="T"), set()),
        (CaseFilter(escalation=1), {"INV-1"}),
        (CaseFilter(snoozed=True), {"INV-3"}),
        (CaseFilter(control_id="po_missing", cause="po_reference"), {"INV-2"}),
        (CaseFilter(region="North"), set()),
        (CaseFilter(group_key="g"), {"INV-1"}),
        (CaseFilter(states=()), set()),
    ],
)
def test_a_filter_leaves_just_its_cases(
    mixed: dict[str, str], state: ServingState, engine: Engine, rita: Principal, chosen: CaseFilter, expected: set[str]
) -> None:
    set_case(engine, "INV-1", escalation=1, group_key="g")
    set_case(engine, "INV-2", control_ids=["po_missing"], causes=["po_reference"])
    if chosen.snoozed:
        set_case(engine, "INV-3", snoozed_until=LATER, snooze_reason="x")
    assert set(listed(state, rita, chosen)) == expected


def test_totals_count_and_add_up_what_the_filter_leaves(
    mixed: dict[str, str], state: ServingState, rita: Principal
) -> None:
    take(state, rita)
    with state.engine.begin() as connection:
        found = totals(connection, CaseFilter(), rita)
        over = totals(connection, CaseFilter(overdue=True), rita)
    assert (found.cases, found.cash, found.overdue, found.mine, found.more) == (3, 5400, 1, 1, False)
    assert (over.cases, over.cash) == (1, 1800)


def test_nothing_decided_is_overdue(
    mixed: dict[str, str], state: ServingState, engine: Engine, rita: Principal
) -> None:
    set_case(engine, "INV-2", state="decided", closed_at=LATER)
    decided = CaseFilter(states=(CaseState.DECIDED,))
    with state.engine.begin() as connection:
        (case,) = list_cases(connection, decided, principal=rita).cases
        left = totals(connection, decided, rita)
    assert (case["overdue"], left.cases, left.overdue) == (False, 1, 0)


def test_a_snoozed_case_is_found_by_its_invoice(
    mixed: dict[str, str], state: ServingState, engine: Engine, rita: Principal
) -> None:
    set_case(engine, "INV-1", snoozed_until=LATER, snooze_reason="x")
    assert "INV-1" not in listed(state, rita)
    assert listed(state, rita, CaseFilter(invoice_id="INV-1")) == ["INV-1"]
    assert case_of(engine, "INV-1")["state"] == "open"
