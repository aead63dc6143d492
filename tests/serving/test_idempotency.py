"""The same request twice is one score: sequentially, concurrently, and after a failure."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from serving.idempotency import forget_old, request_digest
from tests.serving.factories import clean, write
from tests.serving.kit import MACHINE, OpenClient, api_key


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


def test_an_answer_without_a_body_is_repeated_as_one(log_in: OpenClient, firm: Engine) -> None:
    rita = log_in("rita", Role.REVIEWER)
    answers = [rita.post("/v1/cases/next", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_a_claim_sent_twice_is_one_claim(log_in: OpenClient, machine: TestClient, firm: Engine) -> None:
    case_id = post(machine, "k1").json()["case_id"]
    rita = log_in("rita", Role.REVIEWER)
    path = f"/v1/cases/{case_id}/claim"
    one, two = (rita.post(path, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert one.content == two.content
    assert one.json()["fence"] == rita.get(f"/v1/cases/{case_id}").json()["case"]["fence"] == 1


def test_a_key_of_one_route_is_refused_on_another(log_in: OpenClient, machine: TestClient, firm: Engine) -> None:
    case_id = post(machine, "k1").json()["case_id"]
    rita = log_in("rita", Role.REVIEWER)
    assert rita.post(f"/v1/cases/{case_id}/claim", headers={"Idempotency-Key": "k"}).status_code == 200
    assert rita.post("/v1/cases/next", headers={"Idempotency-Key": "k"}).status_code == 409


def test_two_callers_may_use_the_same_key(machine: TestClient, firm: Engine) -> None:
    other = {"Authorization": f"Bearer {api_key(firm, *MACHINE)}", "Idempotency-Key": "k1"}
    post(machine, "k1")
    second = machine.post("/v1/scores", json={"invoice_id": "INV-1"}, headers=other)
    assert "idempotency-replayed" not in second.headers
    assert scores(firm) == 2


def test_kept_answers_are_forgotten_when_they_are_old(machine: TestClient, firm: Engine) -> None:
    post(machine, "k1")
    with firm.begin() as connection:
        assert forget_old(connection, datetime(2020, 1, 1, tzinfo=UTC)) == 0
        assert forget_old(connection, datetime(9999, 1, 1, tzinfo=UTC)) == 1
    assert "idempotency-replayed" not in post(machine, "k1").headers


def test_what_canonical_json_has_no_words_for_still_has_one_digest() -> None:
    huge, other = ({"records": [{"amount": 2**80 + more, "note": "\ud800"}]} for more in (0, 1))
    assert request_digest("POST", "/v1/records", huge) == request_digest("POST", "/v1/records", dict(huge))
    assert request_digest("POST", "/v1/records", huge) != request_digest("POST", "/v1/records", other)
