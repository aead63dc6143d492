"""The service's fixtures, a local receiver, and endpoints that allow it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from serving.callbacks import endpoints
from serving.settings import ServingSettings
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import app, clearing, firm, log_in, machine
from tests.serving.kit import state as plain_state

__all__ = ["app", "clearing", "firm", "log_in", "machine", "plain_state"]

LOCAL = {
    "TRIAGE_CALLBACK_HTTP": True,
    "TRIAGE_CALLBACK_PRIVATE": True,
    "TRIAGE_CALLBACK_PORTS": (),
    "TRIAGE_CALLBACK_TIMEOUT_SECONDS": 2,
    "TRIAGE_CALLBACK_FIRST_WAIT_SECONDS": 0.01,
    "TRIAGE_CALLBACK_ATTEMPTS": 3,
    "TRIAGE_WORKER_STALLED_SECONDS": 1,
}


@pytest.fixture
def state(plain_state: ServingState) -> ServingState:
    """A state that may call receivers on this machine, and does not wait long."""
    return replace(plain_state, settings=ServingSettings.model_validate(LOCAL))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server that keeps what it gets."""
    with Receiver() as running:
        yield running


@pytest.fixture
def endpoint(state: ServingState, receiver: Receiver) -> tuple[Row, str]:
    """The receiver on the list, and its secret."""
    with state.engine.begin() as connection:
        return endpoints.create(connection, state, receiver.url, name="receiver", actor="test")
