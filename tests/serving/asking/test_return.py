"""The case comes back to whoever asked, or to the queue when they may not decide it any more."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

import serving
from ledger.records import Note
from serving.asking import follow
from serving.queue.following import follow_news
from serving.state import ServingState
from tests.serving.asking.conftest import Ask, one, path
from tests.serving.factories import record, write

FREES = Path(serving.__path__[0]) / "migrations" / "versions" / "s019_asked.sql"
ANSWER = {"kind": "answer", "question": "why?", "asked_name": "Petra", "asked_id": None, "subjects": []}


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture(params=["answered", "rejected", "expired", "withdrawn", "news"])
def comes_back(
    request: pytest.FixtureRequest, alice: TestClient, petra: TestClient, firm: Engine, state: ServingState,
    case_id: str, ask: Ask,
) -> Callable[[], None]:  # fmt: skip
    """Asks, and then lets the case come back in one of the ways."""
    follow_news(state)
    made = ask() if request.param == "rejected" else ask(**ANSWER)

    def expired() -> None:
        run(firm, "UPDATE case_request SET expires_at = clock_timestamp()")
        follow.chase(state)

    def news() -> None:
        known = datetime(2026, 2, 10, 11, tzinfo=UTC)
        write(firm, [record(Note, note_id="N9", client_id="C1", invoice_id="INV-1", text="it came", known_at=known)])
        follow_news(state)

    request_id = made["request"]["request_id"]
    ways: dict[str, Callable[[], object]] = {
        "answered": lambda: petra.post(path(made["link"]), data={"comment": "because"}),
        "rejected": lambda: petra.post(path(made["link"]), data={"decision": "rejected", "comment": "no"}),
        "expired": expired,
        "withdrawn": lambda: alice.post(f"/v1/cases/{case_id}/requests/{request_id}/withdraw"),
        "news": news,
    }
    return lambda: (ways[request.param](), None)[1]


def test_it_comes_back_to_whoever_asked(alice: TestClient, firm: Engine, comes_back: Callable[[], None]) -> None:
    comes_back()
    me = alice.get("/v1/session").json()["principal_id"]
    assert one(firm, "SELECT state FROM review_case") == "open"
    assert one(firm, "SELECT assigned_to FROM review_case") == me
    assert one(firm, "SELECT detail ->> 'assigned_to' FROM case_event WHERE event = 'resumed'") == me
    assert alice.post("/v1/cases/next").status_code == 200


def test_if_they_may_not_decide_it_any_more_it_comes_to_the_queue(firm: Engine, comes_back: Callable[[], None]) -> None:
    run(firm, "UPDATE review_case SET escalated = true")
    comes_back()
    assert one(firm, "SELECT state FROM review_case") == "open"
    assert one(firm, "SELECT assigned_to IS NULL FROM review_case")


def test_the_wait_of_before_for_nobody_is_over(firm: Engine, case_id: str) -> None:
    run(firm, "UPDATE review_case SET state = 'waiting'")
    with firm.begin() as connection:
        connection.exec_driver_sql(FREES.read_text(encoding="utf-8"))
    assert one(firm, "SELECT state FROM review_case") == "open"
    assert one(firm, "SELECT event FROM case_event ORDER BY event_id DESC LIMIT 1") == "resumed"
