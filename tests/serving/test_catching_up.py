"""A machine finds again what it asked for: its scores, runs, callbacks and the cases of its scores."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.upkeep import KEYS_KEPT
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import Asked, decide_case, fill, reviewer, sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import api_key, app, person

__all__ = ["app"]
plain_state, state = fixtures.plain_state, fixtures.state
receiver, endpoint = fixtures.receiver, fixtures.endpoint
WORKFLOWS = Path(__file__).parents[2] / "docs" / "workflows"
DOCUMENTED = (Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ)


@pytest.fixture
def engine_key(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A key with just the scopes that docs/workflows names."""
    with TestClient(app, headers={"Authorization": f"Bearer {api_key(engine, *DOCUMENTED)}"}) as client:
        yield client


@pytest.fixture
def other_key(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """Another machine with the same scopes."""
    with TestClient(app, headers={"Authorization": f"Bearer {api_key(engine, *DOCUMENTED)}"}) as client:
        yield client


def scored(client: TestClient, number: int, **more: str) -> Row:
    answer = client.post("/v1/scores", json={"invoice_id": f"INV-{number}", **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def give_to_a_team(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Theirs')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T'"))


def test_a_key_reads_the_case_of_its_score_whatever_its_team(
    engine_key: TestClient, other_key: TestClient, state: ServingState, engine: Engine
) -> None:
    fill(engine)
    score = scored(engine_key, 1)
    give_to_a_team(engine)
    decide_case(Asked(state, score), reviewer_of_all(engine))
    read = engine_key.get(f"/v1/cases/{score['case_id']}")
    assert (read.status_code, read.json()["decisions"][-1]["action"]) == (200, "hold")
    assert [case["case_id"] for case in engine_key.get("/v1/cases?state=decided").json()["cases"]] == [score["case_id"]]
    assert other_key.get(f"/v1/cases/{score['case_id']}").status_code == 404
    assert other_key.get("/v1/cases?state=decided").json()["cases"] == []


def reviewer_of_all(engine: Engine) -> Principal:

    return person(engine, "mona", Role.MANAGER)


def test_a_key_lists_its_own_scores_page_by_page(engine_key: TestClient, other_key: TestClient, engine: Engine) -> None:
    fill(engine, 3)
    made = [scored(engine_key, number)["score_id"] for number in (1, 2, 3)]
    scored(other_key, 1)
    first = engine_key.get("/v1/scores?limit=2").json()
    second = engine_key.get(f"/v1/scores?limit=2&cursor={first['next_cursor']}").json()
    told = [one["score_id"] for page in (first, second) for one in page["scores"]]
    assert (told, second["next_cursor"]) == (made[::-1], None)
    assert first["scores"][0] == engine_key.get(f"/v1/scores/{made[2]}").json()
    assert len(engine_key.get("/v1/scores?invoice_id=INV-2").json()["scores"]) == 1


def test_a_key_lists_its_own_runs(engine_key: TestClient, other_key: TestClient, engine: Engine) -> None:
    fill(engine)
    made = [engine_key.post("/v1/runs", json={"filter": "unsent"}).json()["run_id"] for _ in range(3)]
    first = engine_key.get("/v1/runs?limit=2").json()
    second = engine_key.get(f"/v1/runs?limit=2&cursor={first['next_cursor']}").json()
    assert [run["run_id"] for page in (first, second) for run in page["runs"]] == made[::-1]
    assert engine_key.get("/v1/runs?state=finished").json() == {"runs": [], "next_cursor": None}
    assert other_key.get("/v1/runs").json()["runs"] == []


def test_a_key_reads_and_resends_what_did_not_reach_it(
    engine_key: TestClient,
    other_key: TestClient,
    state: ServingState,
    engine: Engine,
    receiver: Receiver,
    endpoint: tuple[Row, str],
) -> None:
    fill(engine)
    score = scored(engine_key, 1, callback_url=receiver.url, correlation_id="flow-7")
    decide_case(Asked(state, score), reviewer(engine))
    [missed] = engine_key.get("/v1/callbacks?undelivered=true").json()["callbacks"]
    assert (missed["event"]["data"]["correlation_id"], missed["state"]) == ("flow-7", "pending")
    assert missed["event"] == orjson.loads(sent(state)[0]["body"])
    place = f"/v1/callbacks/{missed['message_id']}"
    assert engine_key.get(place).json()["attempt_log"] == []
    assert engine_key.post(f"{place}/redelivery").status_code == 202
    assert other_key.get("/v1/callbacks").json()["callbacks"] == []
    assert (other_key.get(place).status_code, other_key.post(f"{place}/redelivery").status_code) == (404, 404)


def test_a_callback_carries_amount_currency_and_version(
    engine_key: TestClient, state: ServingState, engine: Engine, receiver: Receiver, endpoint: tuple[Row, str]
) -> None:
    fill(engine)
    score = scored(engine_key, 1, callback_url=receiver.url)
    decide_case(Asked(state, score), reviewer(engine))
    [message] = engine_key.get("/v1/callbacks").json()["callbacks"]
    case, decision = message["event"]["data"]["case"], message["event"]["data"]["decision"]
    assert (case["amount"], case["currency"], case["invoice_version"]) == ("1700.00", "EUR", "2")
    assert (decision["reason_code"], decision["note"]) == ("rate", "rate is wrong")


def test_items_of_a_batch_are_called_back(
    engine_key: TestClient, state: ServingState, engine: Engine, receiver: Receiver, endpoint: tuple[Row, str]
) -> None:
    fill(engine, 2)
    items = [
        {"invoice_id": "INV-1", "callback_url": receiver.url, "correlation_id": "a"},
        {"invoice_id": "INV-2", "callback_url": "https://elsewhere.example.com/x"},
    ]
    answer = engine_key.post("/v1/scores/batch", json={"items": items})
    first, second = (orjson.loads(line) for line in answer.content.splitlines())
    assert (first["status"], second["status"], second["problem"]["errors"][0]["pointer"]) == (200, 422, "/callback_url")
    decide_case(Asked(state, first["score"]), reviewer(engine))
    assert [message["correlation_id"] for message in sent(state)] == ["a"]


def test_answers_are_kept_longer_than_the_workflow_pages_park() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("*.md"))
    days = [int(found) for found in re.findall(r"(?:days=|\"P)(\d+)D?", pages)]
    assert days
    assert timedelta(days=max(days)) < KEYS_KEPT
    assert f"{KEYS_KEPT.days} days" in pages
