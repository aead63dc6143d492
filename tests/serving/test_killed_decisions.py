"""kill -9 while reviewers decide: what was acknowledged is there, what was not left no half, and nothing is doubled."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import text

from ledger.database import Database
from serving import audit
from serving.auth.scopes import Role
from serving.scoring.runs import score_run
from serving.state import ServingState
from tests.races.test_queue_races import work
from tests.serving.factories import NOW, clean, master, write
from tests.serving.kit import person

DECIDE = """
import sys
from dataclasses import replace
from sqlalchemy.engine import make_url
from ledger.database import Database
from ledger.records.events import ReviewAction
from serving.app import load_state
from serving.auth.principal import Principal
from serving.auth.scopes import Role, scopes_of
from serving.queue import service
from serving.queue.decide import DecisionRequest, decide
from tests.serving.factories import NOW
engine = Database(make_url(sys.argv[1]), embedded=True).engine()
state = replace(load_state(engine), clock=lambda: NOW)
who = Principal(sys.argv[2], "account", "Rita", (Role.REVIEWER,), scopes_of((Role.REVIEWER,)))
while True:
    with engine.begin() as connection:
        taken = service.claim_next(connection, state, principal=who)
    if taken is None:
        break
    request = DecisionRequest(action=ReviewAction.HOLD, fence=taken["fence"], reason_code="other")
    with engine.begin() as connection:
        decide(connection, state, taken["case_id"], request, principal=who)
    print(taken["case_id"], flush=True)
"""
CASES = 20


@pytest.fixture
def queue(state: ServingState) -> ServingState:
    """A queue of open cases."""
    numbers = range(1, CASES + 1)
    write(state.engine, [*master(), *(record for number in numbers for record in clean(number))])
    score_run(state, [f"INV-{number}" for number in numbers], as_of=NOW)
    return state


def test_killing_a_reviewers_process_loses_and_doubles_no_decision(queue: ServingState, database: Database) -> None:
    rita, bob = (person(queue.engine, name, Role.REVIEWER) for name in ("rita", "bob"))
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", DECIDE, url, rita.principal_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = {process.stdout.readline().strip() for _ in range(3)}
        os.kill(process.pid, signal.SIGKILL)
        acknowledged |= {line.strip() for line in process.stdout if line.endswith("\n")}
    with queue.engine.begin() as connection:
        decided = set(connection.execute(text("SELECT case_id FROM review_decision")).scalars())
        assert acknowledged <= decided
        connection.execute(text("UPDATE review_case SET lease_expires_at = now() WHERE state = 'claimed'"))
    work(queue, bob)
    with queue.engine.connect() as connection:
        rows = connection.execute(text("SELECT count(*), count(DISTINCT case_id) FROM review_decision")).one()
        assert tuple(rows) == (CASES, CASES)
        for table in ("case_decision", "review_case"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == CASES
        assert audit.verify(connection).holds
