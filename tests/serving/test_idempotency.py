"""The same request twice is one score: sequentially, concurrently, and after a failure."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from tests.serving.factories import clean, write


def post(machine: TestClient, key: str, invoice_id: str = "INV-1") -> Any:
    return machine.post("/v1/scores", json={"invoice_id": invoice_id}, headers={"Idempotency-Key": key})


def scores(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM score")).scalar_one())


def test_the_second_answer_is_the_first_one_marked(machine: TestClient, firm: Engine) -> None:
    one, two = post(machine, "k1"), post(machine, "k1")
    assert one.content == two.content
    assert "idempotency-replayed" not in one.headers
    assert two.headers["idempotency-replayed"] == "true"
    assert scores(firm) == 1


def test_another_body_under_the_same_key_is_a_conflict(machine: TestClient, firm: Engine) -> None:
    write(firm, clean(2))
    post(machine, "k1")
    refused = post(machine, "k1", "INV-2")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:idempotency-key-reused")


def test_a_failed_request_leaves_its_key_free(machine: TestClient, firm: Engine) -> None:
    assert post(machine, "k1", "INV-2").status_code == 404
    write(firm, clean(2))
    assert post(machine, "k1", "INV-2").status_code == 200


def test_concurrent_duplicates_get_one_result(machine: TestClient, firm: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: post(machine, "same"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert scores(firm) == 1
