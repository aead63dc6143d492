"""POST /v1/records and the stream: what is accepted, doubled, in conflict or quarantined, and from when it counts."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.ingest.schemas import EXAMPLE_RECORD
from tests.serving.factories import NOW, clean, client, master, write

JSON_LINES = {"content-type": "application/x-ndjson"}


def payment(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE_RECORD, **changes}


def send(sender: TestClient, *records: Any) -> Any:
    answer = sender.post("/v1/records", json={"records": list(records)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def fates(body: Any) -> list[str]:
    return [result["status"] for result in body["results"]]


def stored(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT * FROM payment ORDER BY record_id")).mappings())


def as_sent(record: Any) -> dict[str, Any]:
    plain: dict[str, Any] = record.model_dump(mode="json", exclude={"known_at"})
    return {"kind": record.kind, **plain}


def test_a_record_is_accepted_and_known_from_its_arrival(sender: TestClient, engine: Engine) -> None:
    body = send(sender, payment())
    assert (body["accepted"], fates(body)) == (1, ["accepted"])
    (row,) = stored(engine)
    assert (row["known_at"], str(row["record_id"])) == (NOW, body["results"][0]["record_id"])


def test_the_same_record_again_is_a_duplicate(sender: TestClient, engine: Engine) -> None:
    first, again = send(sender, payment(), payment()), send(sender, payment())
    assert fates(first) + fates(again) == ["accepted", "duplicate", "duplicate"]
    assert len(stored(engine)) == 1


def test_other_content_under_the_same_key_is_a_conflict_and_changes_nothing(sender: TestClient, engine: Engine) -> None:
    body = send(sender, payment(), payment(amount="1900.00"))
    assert sorted(fates(body)) == ["accepted", "conflict"]
    assert fates(send(sender, payment(amount="1.00"))) == ["conflict"]
    assert len(stored(engine)) == 1


def test_a_correction_is_a_new_version(sender: TestClient, engine: Engine) -> None:
    send(sender, payment())
    assert fates(send(sender, payment(version="2", amount="1900.00"))) == ["accepted"]
    assert [row["amount"] for row in stored(engine)] == [1800, 1900]


BAD: list[tuple[Any, str]] = [
    (payment(currency="XXQ"), "/currency"),
    (payment(amount=1800.0), "/amount"),
    (payment(amount="1e3"), "/amount"),
    (payment(colour="red"), "/colour"),
    (payment(event_at="2026-02-09"), "/event_at"),
    (payment(paid_on=0), "/paid_on"),
    (payment(kind="paymant"), "/kind"),
    (payment(known_at="2099-01-01T00:00:00Z"), "/known_at"),
    (payment(known_at="2026-01-01T00:00:00Z"), "/known_at"),
    (payment(version=2**70), "/version"),
    ({}, "/kind"),
]


def test_a_bad_record_goes_to_quarantine_with_its_place_and_fails_no_other(
    sender: TestClient, engine: Engine, subtests: pytest.Subtests
) -> None:
    for number, (bad, pointer) in enumerate(BAD):
        with subtests.test(pointer=pointer):
            body = send(sender, bad, payment(source_id=str(number)))
            assert fates(body) == ["quarantined", "accepted"]
            assert body["results"][0]["pointer"] == f"/records/0{pointer}"
    assert len(stored(engine)) == len(BAD)


def test_the_same_bad_record_is_quarantined_once(sender: TestClient) -> None:
    one, two = (send(sender, payment(currency="XXQ")) for _ in range(2))
    assert one["results"][0]["quarantine_id"] == two["results"][0]["quarantine_id"]
    assert len(sender.get("/v1/quarantine").json()["rows"]) == 1


def test_a_late_event_is_fine_but_only_some_may_say_it_was_known_earlier(
    sender: TestClient, historian: TestClient, engine: Engine
) -> None:
    assert fates(send(sender, payment(event_at="2020-01-01T00:00:00Z"))) == ["accepted"]
    early = payment(source_id="2", known_at="2026-01-01T00:00:00Z")
    assert fates(send(sender, early)) == ["quarantined"]
    assert fates(send(historian, early)) == ["accepted"]
    assert stored(engine)[1]["known_at"].year == 2026


def test_what_is_sent_now_changes_no_score_of_before(sender: TestClient, engine: Engine) -> None:
    write(engine, [*master(), *clean()])
    send(sender, as_sent(client(version="2", status="blocked", event_at="2026-01-06T00:00:00Z")))
    answer = sender.post("/v1/scores", json={"invoice_id": "INV-1", "as_of": NOW.isoformat()})
    assert answer.json()["controls"] == []


def test_every_kind_can_be_sent_as_the_factories_make_it(sender: TestClient) -> None:
    records = [as_sent(record) for record in [*master(), *clean()]]
    assert set(fates(send(sender, *records))) == {"accepted"}


def test_a_request_sent_again_under_its_key_gives_the_first_answer(sender: TestClient) -> None:
    headers = {"Idempotency-Key": "k"}
    one, two = (sender.post("/v1/records", json={"records": [payment()]}, headers=headers) for _ in range(2))
    assert one.content == two.content
    assert fates(two.json()) == ["accepted"]


def lines(records: list[Any]) -> Iterator[bytes]:
    for record in records:
        yield orjson.dumps(record) + b"\n"


def test_a_stream_takes_any_number_of_records_in_durable_blocks(sender: TestClient, engine: Engine) -> None:
    records = [payment(source_id=str(number % 1100)) for number in range(1200)]
    answer = sender.post("/v1/records/stream", content=lines(records), headers=JSON_LINES)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["accepted"], answer.json()["duplicates"]) == (1100, 100)
    assert len(stored(engine)) == 1100


def test_a_bad_line_is_told_with_its_number(sender: TestClient) -> None:
    content = orjson.dumps(payment()) + b"\n{broken\n\n" + orjson.dumps(payment(source_id="2", amount=7))
    body = sender.post("/v1/records/stream", content=content, headers=JSON_LINES).json()
    assert [(result["index"], result["status"]) for result in body["results"]] == [
        (1, "quarantined"),
        (2, "quarantined"),
    ]
    assert body["results"][1]["pointer"] == "/amount"


def test_a_row_in_quarantine_is_repaired_and_becomes_a_record(sender: TestClient, engine: Engine) -> None:
    place = send(sender, payment(currency="XXQ"))["results"][0]["quarantine_id"]
    refused = sender.post(f"/v1/quarantine/{place}/repair", json={"repairs": {"amount": 1}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/repairs/amount")
    repaired = sender.post(f"/v1/quarantine/{place}/repair", json={"repairs": {"currency": "EUR"}})
    assert repaired.json()["status"] == "accepted", repaired.text
    assert [row["currency"] for row in stored(engine)] == ["EUR"]
    assert sender.get(f"/v1/quarantine/{place}").status_code == 404


def test_the_quarantine_is_read_in_pages(sender: TestClient) -> None:
    send(sender, *(payment(source_id=str(number), currency="XXQ") for number in range(5)))
    first = sender.get("/v1/quarantine?limit=3").json()
    rest = sender.get("/v1/quarantine", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert (len(first["rows"]), len(rest["rows"]), rest["next_cursor"]) == (3, 2, None)
    assert first["rows"][0]["raw"]["currency"] == "XXQ"


def test_who_may_only_score_may_send_nothing(machine: TestClient) -> None:
    assert machine.post("/v1/records", json={"records": [payment()]}).status_code == 403
