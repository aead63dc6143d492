"""The BPMN example on the real application: scores, parks, is restarted, and goes on by a signed callback."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import WebhookVerificationError

from examples.spiff.engine import Engine, Services
from ledger.database import Database
from ledger.records.events import ReviewAction
from serving.app import create_app
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import Asked, decide_case, fill, reviewer, work_once
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import clean, master, write
from tests.serving.kit import MACHINE, api_key, app, clearing, machine
from tests.serving.kit import state as plain_state

state, receiver, endpoint = fixtures.state, fixtures.receiver, fixtures.endpoint
__all__ = ["app", "clearing", "endpoint", "machine", "plain_state", "receiver", "state"]


def engine_of(machine: TestClient, receiver: Receiver, folder: Path) -> Engine:
    return Engine(folder, Services(machine, receiver.url))


def the_case(machine: TestClient, state: ServingState) -> Asked:
    [kase] = machine.get("/v1/cases").json()["cases"]
    return Asked(state, kase)


@pytest.mark.parametrize(
    ("action", "outcome"), [(ReviewAction.RELEASE, "sent"), (ReviewAction.HOLD, "given back")], ids=["release", "hold"]
)
def test_a_process_waits_for_the_decision_and_follows_it(
    state: ServingState,
    database: Database,
    machine: TestClient,
    receiver: Receiver,
    endpoint: tuple[Row, str],
    tmp_path: Path,
    action: ReviewAction,
    outcome: str,
) -> None:
    write(state.engine, [*master(), *clean()])
    process = engine_of(machine, receiver, tmp_path).start("INV-1")
    restarted = engine_of(machine, receiver, tmp_path)
    assert restarted.outcome(process) is None
    decide_case(the_case(machine, state), reviewer(state.engine), action)
    work_once(state, database)
    [got] = receiver.got
    assert restarted.receive(got.body, got.headers, secret=endpoint[1])
    assert restarted.outcome(process) == outcome
    assert not restarted.receive(got.body, got.headers, secret=endpoint[1])


def test_what_is_cleared_at_once_is_sent_without_waiting(
    clearing: ServingState, receiver: Receiver, endpoint: tuple[Row, str], tmp_path: Path
) -> None:
    write(clearing.engine, [*master(), *clean()])
    headers = {"Authorization": f"Bearer {api_key(clearing.engine, *MACHINE)}"}
    with TestClient(create_app(clearing), headers=headers) as client:
        engine = engine_of(client, receiver, tmp_path)
        assert engine.outcome(engine.start("INV-1")) == "sent"
    assert receiver.got == []


def test_a_forged_callback_moves_nothing(
    state: ServingState,
    database: Database,
    machine: TestClient,
    receiver: Receiver,
    endpoint: tuple[Row, str],
    tmp_path: Path,
) -> None:
    fill(state.engine)
    engine = engine_of(machine, receiver, tmp_path)
    process = engine.start("INV-1")
    decide_case(the_case(machine, state), reviewer(state.engine))
    work_once(state, database)
    forged = receiver.got[0].body.replace('"hold"', '"release"')
    with pytest.raises(WebhookVerificationError):
        engine.receive(forged, receiver.got[0].headers, secret=endpoint[1])
    assert engine.outcome(process) is None
