"""PostgreSQL crashes under load and comes back: answers stay in contract, nothing is lost and nothing doubled."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from serving import audit
from serving.app import load_state
from serving.auth.scopes import Role
from serving.rules import register_rules
from serving.scoring.runs import score_run
from tests.faults.load import Callers, decide_next, score_with_key, score_without_key
from tests.faults.server import OwnPostgres, Service
from tests.serving.factories import NOW, clean, master, write
from tests.serving.kit import MACHINE, PASSWORD, api_key, person

CASES = 80


def fill(engine: Engine) -> None:
    """A queue of open cases."""
    write(engine, [*master(), *(record for number in range(1, CASES + 1) for record in clean(number))])
    state = load_state(engine)
    with engine.begin() as connection:
        register_rules(connection, state)
    score_run(state, [f"INV-{number}" for number in range(3, CASES + 1)], as_of=NOW)


def reviewer(service: Service, engine: Engine) -> httpx.Client:
    person(engine, "rita", Role.REVIEWER)
    client = service.client()
    assert client.post("/v1/session", json={"login": "rita", "password": PASSWORD}).status_code == 200
    return client


def ids(engine: Engine, query: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


@pytest.mark.slow
def test_a_crash_under_load_loses_and_doubles_nothing(postgres: OwnPostgres, outside: Engine, tmp_path: Path) -> None:
    fill(outside)
    key = api_key(outside, *MACHINE)
    before = len(ids(outside, "SELECT score_id FROM score"))
    with Service(postgres.database, tmp_path) as service:
        callers = Callers(service)
        for step in (score_with_key, score_with_key, score_without_key, score_without_key):
            callers.start(service.client(key), step)
        callers.start(reviewer(service, outside), decide_next)
        try:
            for _ in range(2):
                callers.more(200, 25)
                postgres.crash()
                callers.more(503, 10)
                assert service.readiness() == 503
                assert httpx.get(f"{service.place}/healthz").status_code == 200
                postgres.start()
            callers.more(200, 25)
        finally:
            callers.stop()
        assert service.readiness() == 200
    outside.dispose()
    assert callers.odd == []
    stored = ids(outside, "SELECT score_id FROM score")
    keyed = list(callers.scored.values())
    assert set(keyed) | set(callers.unkeyed) <= set(stored)
    # A request without a key may be carried out and its answer lost; one with a key is carried out once.
    assert len(set(keyed)) == len(keyed)
    # A reviewer's decision scores its case again, so only what the key asked for is compared.
    by_key = "SELECT score_id FROM score WHERE invoice_id = 'INV-1' AND requested_by NOT IN ({})"
    answered = ids(outside, by_key.format("SELECT account_id FROM account"))
    assert sorted(answered) == sorted(keyed)
    assert len(stored) >= before + len(keyed) + len(callers.unkeyed)
    decisions = ids(outside, "SELECT case_id FROM case_decision")
    assert sorted(decisions) == sorted(callers.decided)
    assert len(set(decisions)) == len(decisions) > 0
    with outside.connect() as connection:
        assert audit.verify(connection).holds
