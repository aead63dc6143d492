"""A PostgreSQL that says nothing at all: newcomers are refused in time, probes answer, and the rest ends well."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import httpx
import pytest
from sqlalchemy import Engine

from tests.faults.server import OwnPostgres, Service
from tests.serving.factories import clean, master, write
from tests.serving.kit import MACHINE, api_key

MOST = 3


@pytest.mark.slow
def test_a_frozen_database_ends_in_429_and_not_in_collapse(
    postgres: OwnPostgres, outside: Engine, tmp_path: Path
) -> None:
    write(outside, [*master(), *clean()])
    key, body = api_key(outside, *MACHINE), {"invoice_id": "INV-1"}
    with (
        Service(postgres.database, tmp_path, {"TRIAGE_MAX_IN_FLIGHT": str(MOST)}) as service,
        ThreadPoolExecutor() as pool,
    ):

        def score() -> httpx.Response:
            with service.client(key) as client:
                return client.post("/v1/scores", json=body)

        assert score().status_code == 200
        postgres.signal_all(SIGSTOP)
        try:
            waiting = [pool.submit(score) for _ in range(MOST + 1)]
            refused = next(as_completed(waiting)).result()
            assert service.readiness() == 503
            assert httpx.get(f"{service.place}/healthz").status_code == 200
        finally:
            postgres.signal_all(SIGCONT)
        assert {one.result().status_code for one in waiting} <= {200, 429, 503}
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert score().status_code == 200
        assert service.readiness() == 200
