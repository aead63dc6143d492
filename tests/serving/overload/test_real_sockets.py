"""The real server on real sockets: those that hold back a body stop nobody, and a probe is answered among them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Engine

from cli.screenshots import free_port
from cli.serve import server_of
from serving.state import ServingState
from tests.serving.kit import MACHINE, api_key

SOCKETS = 110
PROMISE = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n%s\r\n{"


@pytest.fixture
def port(state: ServingState) -> Iterator[int]:
    """The server as ``triage serve`` starts it, on a free port."""
    chosen = free_port()
    server = server_of(replace(state, settings=state.settings.model_copy(update={"port": chosen})))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield chosen
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(("path", "known"), [("/v1/scores", False), ("/v1/scores", True), ("/v1/session", False)])
def test_a_hundred_slow_sockets_stop_nobody(firm: Engine, port: int, path: str, known: bool) -> None:
    key = api_key(firm, *MACHINE)
    credentials = f"Authorization: Bearer {key}\r\n".encode() if known else b""
    with ExitStack() as held:
        opened = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(SOCKETS)]
        for one in opened:
            one.sendall(PROMISE % (path.encode(), credentials))
        headers, place = {"Authorization": f"Bearer {key}"}, f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=place, headers=headers, timeout=60) as client:
            answers = [client.post("/v1/scores", json={"invoice_id": "INV-1"}).status_code for _ in range(5)]
            assert client.get("/healthz").status_code == 200
    assert answers == [200] * 5
