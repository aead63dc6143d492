"""POST /v1/scores/batch: a line per item, in order; one bad item fails no other; a retry doubles nothing."""

from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from tests.serving.factories import clean, write
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
    lines = batch(machine, [*TWO, {"document": document()}, {"invoice_id": "nope"}])
    assert [(line["index"], line["status"]) for line in lines] == [(0, 200), (1, 200), (2, 200), (3, 404)]
    assert [line["score"]["invoice_id"] for line in lines[:3]] == ["INV-1", "INV-2", "INV-9"]
    assert lines[3]["problem"]["type"] == "urn:triage:problem:unknown-invoice"


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
    lines = batch(machine, [TWO[0], TWO[0]], key="k")
    assert [line["status"] for line in lines] == [200, 409]
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
