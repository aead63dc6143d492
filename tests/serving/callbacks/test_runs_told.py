"""The end of a run is told as the end of a case is."""

from collections.abc import Callable

import orjson
import pytest

from ledger.database import Database
from serving.callbacks.wishes import wish_of
from serving.runs import service, work
from serving.runs.service import Order
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.kit import sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import NOW
from tests.serving.runs.kit import ASKER, billing, work_once


@pytest.fixture
def run_id(state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]) -> str:
    """A run of four invoices whose caller wants to be called back."""
    ids = billing(state.engine, 4)
    with state.engine.begin() as connection:
        wish = wish_of(connection, state, receiver.url, "march")
        return str(service.create_run(connection, state, Order(ids, NOW, wish=wish), asker=ASKER)["run_id"])


def test_a_finished_run_is_told_with_its_figures(
    state: ServingState, database: Database, receiver: Receiver, run_id: str
) -> None:
    work_once(state, database)
    [got] = receiver.got
    event = orjson.loads(got.body)
    assert (event["type"], event["subject"]) == ("triage.run.finished.v1", run_id)
    assert (event["data"]["run"]["done"], event["data"]["correlation_id"]) == (4, "march")
    assert sum(event["data"]["run"]["routes"].values()) == 4
    assert sent(state)[0]["state"] == "delivered"


def cancel(state: ServingState, run_id: str) -> None:
    with state.engine.begin() as connection:
        service.cancel_run(connection, run_id, asker=ASKER)


def give_up(state: ServingState, run_id: str) -> None:
    work.give_up_run(state, run_id, because="broken")


@pytest.mark.parametrize(("end", "kind"), [(cancel, "cancelled"), (give_up, "failed")])
def test_a_run_that_ends_early_is_told_once(
    state: ServingState, run_id: str, end: Callable[[ServingState, str], None], kind: str
) -> None:
    end(state, run_id)
    give_up(state, run_id)
    [message] = sent(state)
    assert message["event_type"] == f"triage.run.{kind}.v1"
    assert message["run_id"] == run_id
