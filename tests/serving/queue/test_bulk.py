"""Bulk decisions: what is left out and why, that nothing takes effect while it can be undone, and nothing is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.app import create_app
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.queue import bulk, service
from serving.queue.bulk_finish import finish_due
from serving.queue.bulk_preview import Bulk, Preview, preview
from serving.queue.bulk_schemas import BulkRequest
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.factories import client, write
from tests.serving.kit import PASSWORD, firm, person, state
from tests.serving.web.conftest import HTML, cases, speaking

__all__ = ["cases", "firm", "speaking", "state"]

Plan = Callable[..., dict[str, Any]]


def with_settings(state: ServingState, **settings: Any) -> ServingState:
    return replace(state, settings=ServingSettings.model_validate(settings))


@pytest.fixture
def alice(engine: Engine) -> Principal:
    return person(engine, "alice", Role.REVIEWER)


@pytest.fixture
def quick(speaking: ServingState) -> ServingState:
    """Bulk decisions are due at once."""
    return with_settings(speaking, TRIAGE_UNDO_MINUTES=1e-9)


def wanted(cases: dict[str, str], action: str = "hold", *names: str) -> BulkRequest:
    chosen = [cases[name] for name in names] if names else sorted(cases.values())
    return BulkRequest.model_validate(
        {"action": action, "case_ids": chosen, "reason_code": "rate", "note": "same cause"}
    )


def look(state: ServingState, who: Principal, request: BulkRequest) -> Preview:
    with state.engine.begin() as connection:
        return preview(Bulk(connection, state, who), request)


def plan(state: ServingState, who: Principal, request: BulkRequest) -> str:
    with state.engine.begin() as connection:
        return str(bulk.plan(Bulk(connection, state, who), request)["batch_id"])


def undo(state: ServingState, who: Principal, batch_id: str) -> None:
    with state.engine.begin() as connection:
        bulk.undo(Bulk(connection, state, who), batch_id)


def column(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def left_out(looked: Preview) -> dict[str, str]:
    return {one.invoice_id: one.why for one in looked.excluded}


def test_a_release_leaves_out_hard_stops_and_what_needs_a_senior_or_two(
    speaking: ServingState, alice: Principal, cases: dict[str, str]
) -> None:
    looked = look(speaking, alice, wanted(cases, "release"))
    assert {kase["invoice_id"] for kase in looked.included} == {"INV-1", "INV-3"}
    assert looked.cash == Decimal(42_400)
    assert left_out(looked) == {
        "INV-2": "a hard stop fires: Purchase order missing",
        "INV-4": "this case needs a senior reviewer",
    }


def test_a_senior_releases_large_ones_one_by_one(speaking: ServingState, engine: Engine, cases: dict[str, str]) -> None:
    sam = person(engine, "sam", Role.SENIOR_REVIEWER)
    assert left_out(look(speaking, sam, wanted(cases, "release", "INV-4"))) == {
        "INV-4": "its amount needs two people: release it by itself"
    }


def test_what_others_hold_own_or_closed_and_what_is_foreign_is_left_out(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    bob, preparer = person(engine, "bob", Role.REVIEWER), person(engine, "p", Role.REVIEWER, resource_id="PREP")
    with engine.begin() as connection:
        service.claim(connection, speaking, cases["INV-1"], principal=bob)
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Elsewhere')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T' WHERE invoice_id = 'INV-2'"))
    looked = look(speaking, alice, wanted(cases, "hold", "INV-1", "INV-2", "INV-3"))
    assert left_out(looked) == {"INV-1": "held by Bob", "": "there is no such case, or not for you"}
    assert not look(speaking, preparer, wanted(cases)).included


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"TRIAGE_BULK_CASES": 1}, "beyond the 1 cases"), ({"TRIAGE_BULK_CASH": 40_000}, "beyond the 40,000 EUR")],
)
def test_caps_leave_out_what_is_beyond_them(
    speaking: ServingState, alice: Principal, cases: dict[str, str], settings: dict[str, Any], says: str
) -> None:
    looked = look(with_settings(speaking, **settings), alice, wanted(cases, "hold", "INV-1", "INV-3"))
    assert len(looked.included) == 1
    assert says in looked.excluded[0].why


def test_nothing_takes_effect_while_it_can_be_undone(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    plan(speaking, alice, wanted(cases, "hold", "INV-1", "INV-3"))
    assert finish_due(speaking) == 0
    assert column(engine, "SELECT count(*) FROM case_decision") == [0]
    assert column(engine, "SELECT state FROM review_case WHERE claimed_by IS NOT NULL") == ["claimed", "claimed"]


def test_after_the_window_each_is_a_decision_of_its_own(
    quick: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    plan(quick, alice, wanted(cases, "hold", "INV-1", "INV-3"))
    assert finish_due(quick) == 2
    assert finish_due(quick) == 0
    assert column(engine, "SELECT note FROM review_decision") == ["same cause", "same cause"]
    assert column(engine, "SELECT DISTINCT reviewer_id FROM case_decision") == [alice.principal_id]
    assert set(column(engine, "SELECT state FROM bulk_item")) == {"done"}


def test_undoing_gives_the_cases_back_and_nothing_happened(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    batch_id = plan(speaking, alice, wanted(cases, "hold", "INV-1", "INV-3"))
    undo(speaking, alice, batch_id)
    assert column(engine, "SELECT count(*) FROM review_case WHERE state = 'open'") == [4]
    assert column(engine, "SELECT count(*) FROM review_decision") == [0]
    assert column(engine, "SELECT event FROM case_event ORDER BY event_id DESC LIMIT 1") == ["plan_dropped"]
    with pytest.raises(bulk.TooLateToUndo):
        undo(speaking, alice, batch_id)


def test_after_the_window_nothing_is_undone(quick: ServingState, alice: Principal, cases: dict[str, str]) -> None:
    batch_id = plan(quick, alice, wanted(cases, "hold", "INV-1"))
    with pytest.raises(bulk.TooLateToUndo):
        undo(quick, alice, batch_id)


def test_undoing_is_for_whoever_decided_or_a_senior(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    batch_id = plan(speaking, alice, wanted(cases, "hold", "INV-1"))
    with pytest.raises(bulk.UnknownBatch):
        undo(speaking, person(engine, "bob", Role.REVIEWER), batch_id)
    undo(speaking, person(engine, "sam", Role.SENIOR_REVIEWER), batch_id)


def test_a_hard_stop_that_fires_meanwhile_drops_the_release_and_opens_the_case(
    quick: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    plan(quick, alice, wanted(cases, "release", "INV-1", "INV-3"))
    write(engine, [client(version="2", status="blocked")])
    assert finish_due(quick) == 2
    assert set(column(engine, "SELECT state FROM bulk_item")) == {"dropped"}
    assert column(engine, "SELECT count(*) FROM review_case WHERE state = 'open'") == [4]
    assert column(engine, "SELECT count(*) FROM audit_entry WHERE action = 'bulk_dropped'") == [2]


def test_whoever_may_decide_no_more_decides_nothing(
    quick: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    plan(quick, alice, wanted(cases, "hold", "INV-1"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false"))
    finish_due(quick)
    assert column(engine, "SELECT because FROM bulk_item") == ["whoever decided may decide no more"]


def test_a_case_is_planned_once(speaking: ServingState, alice: Principal, cases: dict[str, str]) -> None:
    plan(speaking, alice, wanted(cases, "hold", "INV-1"))
    assert left_out(look(speaking, alice, wanted(cases, "hold", "INV-1"))) == {
        "INV-1": "it is decided already, and the decision can still be undone"
    }


def test_undo_and_worker_at_once_never_both_win(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    short = with_settings(speaking, TRIAGE_UNDO_MINUTES=0.001)
    batch_id = plan(short, alice, wanted(cases, "hold", "INV-1", "INV-3"))
    together = threading.Barrier(6)

    def work(number: int) -> None:
        together.wait()
        for _ in range(30):
            if number:
                finish_due(short)
                continue
            try:
                undo(short, alice, batch_id)
            except bulk.TooLateToUndo:
                return

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    decided = column(engine, "SELECT count(*) FROM review_decision")[0]
    undone = column(engine, "SELECT count(*) FROM bulk_batch WHERE undone_at IS NOT NULL")[0]
    assert (decided, undone) in {(2, 0), (0, 1)}


def test_two_people_plan_the_same_cases_and_each_case_goes_to_one(
    speaking: ServingState, engine: Engine, alice: Principal, cases: dict[str, str]
) -> None:
    bob = person(engine, "bob", Role.REVIEWER)
    together = threading.Barrier(2)

    def work(who: Principal) -> None:
        together.wait()
        try:
            plan(speaking, who, wanted(cases, "hold", "INV-1", "INV-2", "INV-3"))
        except bulk.NothingToDecide:
            return

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (alice, bob)))
    planned = column(engine, "SELECT case_id FROM bulk_item")
    assert (len(planned), len(set(planned))) == (3, 3)


@pytest.fixture
def browser(speaking: ServingState, alice: Principal) -> TestClient:
    made = TestClient(create_app(speaking), headers=HTML, raise_server_exceptions=False)
    made.post("/login", data={"login": "alice", "password": PASSWORD})
    return made


def test_the_pages_show_what_would_happen_plan_and_undo_it(browser: TestClient, cases: dict[str, str]) -> None:
    chosen = {"case": sorted(cases.values()), "action": "release"}
    page = browser.post("/cases/bulk", data=chosen).text
    assert "Decide 2 cases together" in page
    assert "A hard stop fires: Purchase order missing" in page
    planned = browser.post("/cases/bulk/confirm", data=chosen | {"note": "all in order", "reason_code": "other"})
    assert "Undo all" in planned.text
    assert "Undone" in browser.post(f"{planned.url.path}/undo").text


@pytest.mark.parametrize(
    ("data", "says"),
    [({}, "Write why"), ({"note": "x"}, "Choose a reason"), ({"note": "x", "reason_code": "rate"}, "Planned")],
)
def test_the_page_says_what_is_missing(
    browser: TestClient, cases: dict[str, str], data: dict[str, str], says: str
) -> None:
    sent = {"case_id": [cases["INV-1"]], "action": "hold"} | data
    assert says in browser.post("/cases/bulk/confirm", data=sent).text


def test_choosing_nothing_leads_back_to_the_queue(browser: TestClient) -> None:
    assert "Choose at least one case first" in browser.post("/cases/bulk").text


def test_over_the_interface_it_is_the_same(browser: TestClient, cases: dict[str, str]) -> None:
    browser.headers["accept"] = "application/json"
    body = wanted(cases, "hold", "INV-1", "INV-3").model_dump(mode="json")
    looked = browser.post("/v1/bulk-decisions/preview", json=body).json()
    assert (len(looked["cases"]), looked["cash"], looked["currency"]) == (2, "42400.00", "EUR")
    made = browser.post("/v1/bulk-decisions", json=body).json()
    assert [item["state"] for item in made["items"]] == ["pending", "pending"]
    place = f"/v1/bulk-decisions/{made['batch_id']}"
    assert browser.post(f"{place}/undo").json()["undone_at"]
    assert browser.post(f"{place}/undo").json()["type"] == "urn:triage:problem:too-late-to-undo"
    assert {item["state"] for item in browser.get(place).json()["items"]} == {"undone"}
