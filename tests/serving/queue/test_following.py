"""New facts: which records wake a case, what it does then, and that each is followed once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ledger.records import Approval, Dispute, Note, Payment, Record, SyncEvent
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.queue import service
from serving.queue.decide import DecisionRequest, decide
from serving.queue.following import follow_news, follow_up
from serving.state import ServingState
from tests.serving.factories import (
    change_order,
    client,
    contract,
    expense,
    invoice,
    line,
    milestone,
    project,
    record,
    time_entry,
    write,
)
from tests.serving.queue.kit import case_of, events, person, set_case

BEFORE: dict[str, Any] = {"known_at": datetime(2026, 2, 10, 11, tzinfo=UTC)}


@pytest.fixture
def rita(state: ServingState) -> Principal:
    return person(state.engine, "rita", Role.REVIEWER)


@pytest.fixture
def followed(queue: dict[str, str], state: ServingState) -> dict[str, str]:
    """All that is there was followed already."""
    follow_news(state)
    return queue


def decided(state: ServingState, case_id: str, rita: Principal, **more: Any) -> None:
    with state.engine.begin() as connection:
        kase = service.claim(connection, state, case_id, principal=rita)
        request = DecisionRequest.model_validate({"action": "hold", "fence": kase["fence"], **more})
        decide(connection, state, case_id, request, principal=rita)


NEAR: dict[str, Record] = {
    "invoice": invoice(1, version="2", description="clearer", **BEFORE),
    "line": line(1, version="2", unit="day", **BEFORE),
    "approval of the invoice": record(
        Approval, approval_id="A1", subject_kind="invoice", subject_id="INV-1", approver_id="PM1",
        requested_at="2026-02-01T09:00:00Z", **BEFORE,
    ),
    "approval of billed time": record(
        Approval, approval_id="A2", subject_kind="time_entry", subject_id="T1", project_id="P1", approver_id="PM1",
        requested_at="2026-02-01T09:00:00Z", **BEFORE,
    ),
    "billed time": time_entry(version="2", hours="9", **BEFORE),
    "milestone": milestone(**BEFORE),
    "change order": change_order(**BEFORE),
    "billed expense": expense(**BEFORE),
    "note": record(Note, note_id="N1", client_id="C1", invoice_id="INV-1", text="PO is on its way", **BEFORE),
    "project": project(version="2", name="Migration II", **BEFORE),
    "contract": contract(version="2", payment_terms_days=45, **BEFORE),
    "client": client(version="2", po_required=True, **BEFORE),
    "dispute": record(
        Dispute, dispute_id="D1", invoice_id="INV-1", client_id="C1", cause="rate", amount="10", currency="EUR",
        status="open", opened_on="2026-02-09", **BEFORE,
    ),
    "sync event": record(
        SyncEvent, sync_event_id="S1", system="erp", object_kind="invoice", object_id="INV-1", success=False,
        **BEFORE,
    ),
}  # fmt: skip
FAR: dict[str, Record] = {
    "time of another month": time_entry(time_entry_id="T9", worked_on="2025-06-12", **BEFORE),
    "expense of another month": expense(expense_id="X9", incurred_on="2025-06-12", **BEFORE),
    "another project": project(project_id="P2", name="Other", **BEFORE),
    "a payment of the client": record(
        Payment, payment_id="Y1", invoice_id="INV-0", client_id="C1", amount="5", currency="EUR", paid_on="2026-02-09",
        **BEFORE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("news", NEAR)
def test_a_waiting_case_goes_on_when_records_about_it_come(
    followed: dict[str, str], engine: Engine, state: ServingState, news: str
) -> None:
    set_case(engine, "INV-1", state="waiting")
    write(engine, [NEAR[news]])
    assert follow_news(state) >= 1
    assert case_of(engine, "INV-1")["state"] == "open"
    assert events(engine, followed["INV-1"]) == ["opened", "rescored", "resumed"]


@pytest.mark.parametrize("news", FAR)
def test_what_is_no_concern_of_the_invoice_wakes_nothing(
    followed: dict[str, str], engine: Engine, state: ServingState, news: str
) -> None:
    write(engine, [FAR[news]])
    assert follow_news(state) == 0
    assert events(engine, followed["INV-1"]) == ["opened"]


def test_each_record_is_followed_once(followed: dict[str, str], engine: Engine, state: ServingState) -> None:
    write(engine, [NEAR["note"]])
    assert (follow_news(state), follow_news(state)) == (1, 0)
    assert events(engine, followed["INV-1"]) == ["opened", "rescored"]


def test_workers_that_look_at_once_follow_it_once(
    followed: dict[str, str], engine: Engine, state: ServingState
) -> None:
    set_case(engine, "INV-1", state="waiting")
    write(engine, [NEAR["note"]])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(follow_news, [state] * 4))
    assert events(engine, followed["INV-1"]).count("resumed") == 1
    assert case_of(engine, "INV-1")["state"] == "open"


def test_a_snooze_ends_when_something_new_comes(followed: dict[str, str], engine: Engine, state: ServingState) -> None:
    set_case(engine, "INV-1", snoozed_until=datetime.now(UTC) + timedelta(days=3), snooze_reason="holiday")
    write(engine, [NEAR["note"]])
    follow_news(state)
    assert case_of(engine, "INV-1")["snoozed_until"] is None
    assert events(engine, followed["INV-1"])[-1] == "woken"


def test_a_case_in_somebodys_hands_is_followed_when_it_is_out_of_them(
    followed: dict[str, str], engine: Engine, state: ServingState, rita: Principal
) -> None:
    with engine.begin() as connection:
        kase = service.claim(connection, state, followed["INV-1"], principal=rita)
    write(engine, [NEAR["note"]])
    assert follow_news(state) == 0
    held = case_of(engine, "INV-1")
    assert (held["state"], held["score_id"], held["news"]) == ("claimed", kase["score_id"], ["note"])
    with engine.begin() as connection:
        service.release(connection, kase["case_id"], principal=rita, fence=kase["fence"])
    assert follow_news(state) == 1
    after = case_of(engine, "INV-1")
    assert (after["state"], after["news"], after["score_id"] != kase["score_id"]) == ("open", [], True)


def test_news_of_a_case_that_another_transaction_has_is_not_lost(
    followed: dict[str, str], engine: Engine, state: ServingState
) -> None:
    write(engine, [NEAR["note"]])
    with engine.begin() as working:
        working.execute(text("SELECT 1 FROM review_case WHERE invoice_id = 'INV-1' FOR UPDATE"))
        assert follow_news(state) == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE set_aside SET next_try_at = clock_timestamp()"))
    assert follow_news(state) == 1
    assert events(engine, followed["INV-1"]) == ["opened", "rescored"]


def test_a_held_invoice_comes_back_as_a_new_case_and_its_decision_stays(
    followed: dict[str, str], engine: Engine, state: ServingState, rita: Principal
) -> None:
    decided(state, followed["INV-1"], rita, reason_code="rate")
    write(engine, [NEAR["note"]])
    assert follow_news(state) == 1
    again = case_of(engine, "INV-1")
    assert (again["state"], again["reopens"]) == ("open", followed["INV-1"])
    assert events(engine, again["case_id"]) == ["reopened", "rescored"]
    assert events(engine, followed["INV-1"])[-1] == "decided"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM review_decision")).scalar_one() == 1


def test_a_corrected_invoice_is_looked_at_again_even_if_nothing_is_wrong_with_it_now(
    followed: dict[str, str], engine: Engine, state: ServingState, clearing: ServingState, rita: Principal
) -> None:
    decided(state, followed["INV-1"], rita, action="correct", reason_code="rate")
    write(engine, [NEAR["note"]])
    assert follow_news(clearing) == 1
    again = case_of(engine, "INV-1")
    assert (again["state"], again["route"]) == ("open", "auto_clear")


@pytest.mark.parametrize("action", ["release", "write_off_request"])
def test_what_was_settled_stays_closed(
    followed: dict[str, str], engine: Engine, state: ServingState, rita: Principal, action: str
) -> None:
    more = {} if action == "release" else {"reason_code": "rate", "note": "gone"}
    decided(state, followed["INV-1"], rita, action=action, **more)
    write(engine, [NEAR["note"]])
    assert follow_news(state) == 0
    assert case_of(engine, "INV-1")["case_id"] == followed["INV-1"]


def test_an_invoice_that_went_out_is_not_reopened(
    followed: dict[str, str], engine: Engine, state: ServingState, rita: Principal
) -> None:
    decided(state, followed["INV-1"], rita, reason_code="rate")
    write(engine, [invoice(1, version="2", status="issued", **BEFORE)])
    assert follow_news(state) == 0


def test_a_reopened_case_has_a_clock_of_its_own(
    followed: dict[str, str], engine: Engine, state: ServingState, rita: Principal
) -> None:
    decided(state, followed["INV-1"], rita, reason_code="rate")
    later = replace(state, clock=lambda: state.clock() + timedelta(days=9))
    write(engine, [NEAR["note"]])
    follow_news(later)
    assert case_of(engine, "INV-1")["due_at"] > state.clock() + timedelta(days=9)


def test_whoever_wrote_the_records_can_let_the_case_go_on_at_once(
    followed: dict[str, str], engine: Engine, state: ServingState
) -> None:
    set_case(engine, "INV-1", state="waiting")
    with engine.begin() as connection:
        scored = follow_up(connection, state, followed["INV-1"], because=["the project manager answered"])
    assert scored is not None
    assert case_of(engine, "INV-1")["score_id"] == scored["score_id"]
    with engine.connect() as connection:
        told = connection.execute(text("SELECT detail FROM case_event WHERE event = 'resumed'")).scalar_one()
    assert told["because"] == ["the project manager answered"]


def test_a_settled_or_unknown_case_is_not_followed_up(
    followed: dict[str, str], state: ServingState, rita: Principal
) -> None:
    decided(state, followed["INV-1"], rita, action="release")
    with state.engine.begin() as connection:
        assert follow_up(connection, state, followed["INV-1"], because=["x"]) is None
        assert follow_up(connection, state, "none", because=["x"]) is None
