"""POST /v1/scores/batch: a line per item, in order; one bad item fails no other; a retry doubles nothing."""

import asyncio
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from starlette.requests import ClientDisconnect

from serving.app import create_app
from serving.batch.schemas import BatchItem
from serving.batch.service import Batch, lines
from serving.scoring.service import Asker
from serving.state import ServingState
from tests.serving.factories import NOW, clean, write
from tests.serving.kit import MACHINE, api_key
from tests.serving.test_scores_api import document

TWO = [{"invoice_id": "INV-1"}, {"invoice_id": "INV-2"}]


def batch(machine: TestClient, items: list[Any], key: str | None = None) -> list[Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = machine.post("/v1/scores/batch", json={"items": items}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [orjson.loads(line) for line in answer.content.splitlines()]


def scores(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM score")).scalar_one())


def test_each_item_has_its_line_in_order(machine: TestClient, firm: Engine) -> None:
    write(firm, clean(2))
    told = batch(machine, [*TWO, {"document": document()}, {"invoice_id": "nope"}])
    assert [(line["index"], line["status"]) for line in told] == [(0, 200), (1, 200), (2, 200), (3, 404)]
    assert [line["score"]["invoice_id"] for line in told[:3]] == ["INV-1", "INV-2", "INV-9"]
    assert told[3]["problem"]["type"] == "urn:triage:problem:unknown-invoice"


def test_a_line_is_the_score_as_it_is_read_back(machine: TestClient, firm: Engine) -> None:
    (line,) = batch(machine, TWO[:1])
    assert machine.get(f"/v1/scores/{line['score']['score_id']}").json() == line["score"]


def test_a_batch_sent_again_tells_what_was_scored_and_scores_the_rest(machine: TestClient, firm: Engine) -> None:
    first = batch(machine, TWO, key="k")
    assert [line["status"] for line in first] == [200, 404]
    write(firm, clean(2))
    again = batch(machine, TWO, key="k")
    assert [(line["status"], line["replayed"]) for line in again] == [(200, True), (200, False)]
    assert again[0]["score"] == first[0]["score"]
    assert scores(firm) == 2


def test_another_item_under_the_same_key_is_a_conflict_of_its_line_alone(machine: TestClient, firm: Engine) -> None:
    write(firm, clean(2))
    batch(machine, TWO, key="k")
    told = batch(machine, [TWO[0], TWO[0]], key="k")
    assert [line["status"] for line in told] == [200, 409]
    assert scores(firm) == 2


def test_a_second_block_that_fails_leaves_the_first_scored(
    machine: TestClient, firm: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.batch.service.BLOCK", 1)
    write(firm, clean(2))
    with firm.begin() as connection:
        connection.execute(text("ALTER TABLE score ADD CONSTRAINT one CHECK (invoice_id <> 'INV-2')"))
    assert [line["status"] for line in batch(machine, TWO)] == [200, 500]
    assert scores(firm) == 1


def test_a_bad_item_is_refused_with_its_place_before_anything_is_scored(machine: TestClient, firm: Engine) -> None:
    answer = machine.post("/v1/scores/batch", json={"items": [TWO[0], {"invoice_id": 7}]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/items/1/invoice_id")
    assert scores(firm) == 0


def test_the_next_block_is_scored_when_the_last_line_was_taken(
    state: ServingState, firm: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.batch.service.BLOCK", 1)
    write(firm, clean(2))
    items = [BatchItem(invoice_id=f"INV-{number}") for number in (1, 2)]
    answer = lines(Batch(state, items, NOW, Asker("machine"), None))
    assert scores(firm) == 0
    next(answer)
    assert scores(firm) == 1  # a slow reader holds the rest back, and no transaction is open meanwhile
    next(answer)
    assert scores(firm) == 2


def test_a_caller_who_goes_away_ends_the_batch_between_two_blocks(
    state: ServingState, firm: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.batch.service.BLOCK", 1)
    write(firm, clean(2))
    with pytest.raises(ClientDisconnect):
        asyncio.run(hang_up_on_the_first_line(create_app(state), api_key(firm, *MACHINE), {"items": TWO}))
    assert scores(firm) == 1


async def hang_up_on_the_first_line(app: FastAPI, key: str, body: Any) -> None:
    """Speak ASGI as a server does when the connection breaks under the first line."""
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/v1/scores/batch", "raw_path": b"/v1/scores/batch", "query_string": b"",
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "state": {},
    }  # fmt: skip
    asked = [{"type": "http.request", "body": orjson.dumps(body), "more_body": False}]

    async def receive() -> Any:
        return asked.pop() if asked else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("the connection is gone")

    await app(scope, receive, send)
