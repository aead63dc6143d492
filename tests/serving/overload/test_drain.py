"""Leaving in order: readiness says no first, then the server stops; a second signal and Ctrl-C do not wait."""

import asyncio
import signal

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cli.serve import server_of
from serving.app import create_app
from serving.overload.drain import Drain, Server
from serving.state import ServingState


def server(seconds: float) -> Server:
    return Server(uvicorn.Config(FastAPI()), Drain(), seconds=seconds)


def test_sigterm_lets_balancers_notice_before_the_server_stops() -> None:
    made = server(600)
    made.handle_exit(signal.SIGTERM, None)
    assert (made._drain.begun, made.should_exit) == (True, False)
    assert asyncio.run(made.on_tick(1)) is False
    made._leave_at -= 600
    assert asyncio.run(made.on_tick(2)) is True


def test_a_second_signal_ends_the_waiting() -> None:
    made = server(600)
    made.handle_exit(signal.SIGTERM, None)
    made.handle_exit(signal.SIGTERM, None)
    assert made.should_exit


@pytest.mark.parametrize(("sent", "seconds"), [(signal.SIGINT, 600), (signal.SIGTERM, 0)])
def test_ctrl_c_and_no_time_to_drain_stop_at_once(sent: signal.Signals, seconds: float) -> None:
    made = server(seconds)
    made.handle_exit(sent, None)
    assert (made._drain.begun, made.should_exit) == (True, True)


def test_readiness_says_no_while_everything_else_goes_on(state: ServingState) -> None:
    client = TestClient(create_app(state))
    assert client.get("/readyz").status_code == 200
    state.drain.begin()
    refused = client.get("/readyz")
    assert (refused.status_code, refused.json()["detail"]) == (503, "this process is about to end")
    assert client.get("/healthz").status_code == 200
    assert client.get("/v1/policy").status_code == 401


def test_the_server_takes_its_times_from_the_settings(state: ServingState) -> None:
    made = server_of(state)
    assert made.config.timeout_graceful_shutdown == state.settings.shutdown_seconds
    assert made._seconds == state.settings.drain_seconds
    assert made._drain is state.drain
