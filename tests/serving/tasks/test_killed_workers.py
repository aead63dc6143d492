"""kill -9 of real workers: what was committed is carried out by the next one, and nothing is doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from ledger.database import Database
from serving import audit
from serving.callbacks import endpoints
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.callbacks import kit as callbacks
from tests.serving.callbacks.conftest import LOCAL
from tests.serving.callbacks.receiver import Receiver
from tests.serving.runs import kit as runs

WORK = """
import sys
from dataclasses import replace
from datetime import timedelta
from sqlalchemy.engine import make_url
from ledger.database import Database
from serving.app import load_state
from serving.rules import register_rules
from serving.settings import ServingSettings
from serving.tasks.worker import WorkerOptions, run_worker
from tests.serving.callbacks.conftest import LOCAL
from tests.serving.factories import NOW
database = Database(make_url(sys.argv[1]), embedded=True)
state = replace(load_state(database.engine(), ServingSettings.model_validate(LOCAL)), clock=lambda: NOW)
with state.engine.begin() as connection:
    register_rules(connection, state)
print("ready", flush=True)
run_worker(state, database.conninfo(), WorkerOptions(concurrency=2, stalled_after=timedelta(seconds=1)))
print("stopped", flush=True)
"""


class Process:
    """A worker in a process of its own."""

    def __init__(self, database: Database) -> None:
        url = database.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", WORK, url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> str:
        """Ask it to stop, and wait; what it said."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return said


def until(reached: Callable[[], bool]) -> None:
    """Wait for another process to get there."""
    for _ in range(1_200):
        if reached():
            return
        time.sleep(0.05)
    raise AssertionError("not reached within a minute")


@pytest.fixture
def local(state: ServingState) -> ServingState:
    """The state of the workers."""
    return replace(state, settings=ServingSettings.model_validate(LOCAL | {"TRIAGE_CALLBACK_TIMEOUT_SECONDS": 30}))


def decided(state: ServingState, receiver: Receiver) -> callbacks.Row:
    """A message that was committed and not delivered."""
    with state.engine.begin() as connection:
        endpoints.create(connection, state, receiver.url, name="receiver", actor="test")
    callbacks.fill(state.engine)
    callbacks.decide_case(callbacks.ask(state, receiver.url), callbacks.reviewer(state.engine))
    return callbacks.sent(state)[0]


def test_a_worker_killed_between_commit_and_delivery_is_made_up_for(local: ServingState, database: Database) -> None:
    with Receiver(delay=30) as receiver:
        message = decided(local, receiver)
        first = Process(database)
        until(lambda: callbacks_in_hand(local) == 1)
        first.kill()
        receiver.delay = 0
        second = Process(database)
        until(lambda: callbacks.find(local, message)["state"] == "delivered")
        second.stop()
        assert {got.headers["webhook-id"] for got in receiver.got} == {message["message_id"]}
    assert callbacks.jobs(local.engine) <= 1


def callbacks_in_hand(state: ServingState) -> int:
    """Jobs of callbacks that a worker works on."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND queue_name = 'callbacks'"
    with state.engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_a_message_is_delivered_by_the_worker_that_is_told_of_it(local: ServingState, database: Database) -> None:
    worker = Process(database)
    with Receiver([503, 200]) as receiver:
        message = decided(local, receiver)
        until(lambda: callbacks.find(local, message)["state"] == "delivered")
        assert worker.stop().endswith("stopped\n")
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert callbacks.find(local, message)["attempts"] == 2


def test_a_killed_run_goes_on_where_it_stopped_and_doubles_nothing(
    local: ServingState, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.runs.service.BLOCK", 3)
    run_id = runs.order(local, runs.billing(local.engine, 60))
    first = Process(database)
    until(lambda: runs.look(local, run_id)["done"] >= 6)
    first.kill()
    kept = runs.look(local, run_id)["done"]
    second = Process(database)
    until(lambda: runs.look(local, run_id)["state"] == "finished")
    second.stop()
    assert kept < 60
    assert runs.scored(local) == (60, 60)
    with local.engine.connect() as connection:
        cases = connection.execute(text("SELECT count(*), count(DISTINCT invoice_id) FROM review_case")).one()
        assert tuple(cases) == (60, 60)
        assert audit.verify(connection).holds


def test_a_stopped_worker_finishes_its_block_and_leaves_the_rest(
    local: ServingState, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.runs.service.BLOCK", 3)
    run_id = runs.order(local, runs.billing(local.engine, 60))
    worker = Process(database)
    until(lambda: runs.look(local, run_id)["done"] >= 3)
    worker.stop()
    with local.engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")).scalar_one()
        workers = connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one()
    assert (left, workers) == (0, 0)
    runs.work_once(local, database)
    assert runs.scored(local) == (60, 60)
