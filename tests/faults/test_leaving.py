"""SIGTERM while requests are in hand: readiness says no first, every request is finished, and the process ends well.

How a worker leaves is tried in tests/serving/tasks/test_killed_workers.py, and the one beside the server in
tests/cli/test_worker.py.
"""

from pathlib import Path

import httpx
import orjson
import pytest
from sqlalchemy import Engine, text

from ledger.database import Database
from tests.faults.server import Service, until
from tests.serving.factories import clean, master, write
from tests.serving.kit import MACHINE, api_key

ITEMS = 600
INVOICES = 20


@pytest.mark.slow
def test_requests_in_hand_are_finished_after_sigterm(database: Database, engine: Engine, tmp_path: Path) -> None:
    write(engine, [*master(), *(record for number in range(1, INVOICES + 1) for record in clean(number))])
    key = api_key(engine, *MACHINE)
    body = {"items": [{"invoice_id": f"INV-{1 + place % INVOICES}"} for place in range(ITEMS)]}
    with Service(database, tmp_path, {"TRIAGE_DRAIN_SECONDS": "3"}) as service:
        with service.client(key) as client, client.stream("POST", "/v1/scores/batch", json=body) as answer:
            lines = answer.iter_lines()
            first = next(lines)
            service.process.terminate()
            until(lambda: service.readiness() == 503)
            with service.client(key) as other:
                late = other.post("/v1/scores", json={"invoice_id": "INV-1"})
            said = [orjson.loads(line) for line in (first, *lines) if line]
        assert late.status_code == 200
        assert service.process.wait(60) == 0
        assert service.readiness() is None
    assert [line["status"] for line in said] == [200] * ITEMS
    told = {line["score"]["score_id"] for line in said} | {late.json()["score_id"]}
    with engine.connect() as connection:
        stored = set(connection.execute(text("SELECT score_id FROM score")).scalars())
    assert told <= stored


@pytest.mark.slow
def test_refusals_and_usage_of_the_last_second_are_written(database: Database, engine: Engine, tmp_path: Path) -> None:
    key = api_key(engine, *MACHINE)
    environment = {"TRIAGE_KEY_REQUESTS_PER_DAY": "1000"}
    with Service(database, tmp_path, environment) as service, service.client(key) as client:
        for _ in range(7):
            assert client.get("/v1/policy").status_code == 200
        assert httpx.get(f"{service.place}/v1/policy").status_code == 401
        service.process.terminate()
        assert service.process.wait(60) == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT requests FROM key_usage")).scalar_one() == 7
        refused = connection.execute(text("SELECT count(*) FROM audit_entry WHERE action = 'refused'"))
        assert refused.scalar_one() == 1
