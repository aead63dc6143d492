"""The request beyond the limit is refused at once, probes are answered always, and every place is given back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.middleware import SECURITY_HEADERS, Edge
from serving.overload.gate import Gate, Places
from serving.state import ServingState

Scenario = Callable[[httpx.AsyncClient, "Held"], Awaitable[None]]


class Held:
    """An application whose requests wait until they are let go."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.waiting = 0

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("broken")
        if scope["path"].startswith("/v1"):
            self.waiting += 1
            await self.free.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def run(scenario: Scenario, *, most: int) -> None:
    async def play() -> None:
        held = Held()
        app = Edge(Gate(held, places=Places(most, most)), max_body_bytes=1_000)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await scenario(client, held)

    asyncio.run(play())


async def occupied(client: httpx.AsyncClient, held: Held, number: int) -> list[asyncio.Task[httpx.Response]]:
    tasks = [asyncio.create_task(client.get("/v1/x")) for _ in range(number)]
    while held.waiting < number:
        await asyncio.sleep(0)
    return tasks


def test_the_one_too_many_is_a_problem_with_retry_after_and_headers() -> None:
    async def scenario(client: httpx.AsyncClient, held: Held) -> None:
        tasks = await occupied(client, held, 3)
        refused = await client.get("/v1/x")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert refused.json()["type"] == "urn:triage:problem:overloaded"
        assert refused.headers.items() >= SECURITY_HEADERS.items()
        held.free.set()
        assert [(await task).status_code for task in tasks] == [200] * 3

    run(scenario, most=3)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_whoever_watches_is_always_answered(path: str) -> None:
    async def scenario(client: httpx.AsyncClient, held: Held) -> None:
        tasks = await occupied(client, held, 1)
        assert (await client.get(path)).status_code == 200
        held.free.set()
        await asyncio.gather(*tasks)

    run(scenario, most=1)


def test_a_place_is_given_back_by_answers_and_by_errors() -> None:
    async def scenario(client: httpx.AsyncClient, held: Held) -> None:
        held.free.set()
        for path in ("/v1/x", "/broken", "/broken", "/v1/x"):
            assert (await client.get(path)).status_code == (500 if path == "/broken" else 200)

    run(scenario, most=1)


def test_the_application_has_the_gate_of_its_settings(state: ServingState) -> None:
    settings = state.settings.model_copy(update={"max_in_flight": 1, "max_strangers": 1})
    client = TestClient(create_app(replace(state, settings=settings)))
    assert [client.get("/v1/policy").status_code for _ in range(3)] == [401] * 3


def known(scope: Any, path: str) -> Any:
    return scope | {"path": path, "caller": object()}


def test_each_kind_of_request_has_places_of_its_own() -> None:
    async def scenario() -> None:
        held, sent = Held(), list[int]()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])

        gate = Gate(held, places=Places(most=8, strangers=1, scores_at_once=2))
        plain = {"type": "http", "method": "GET", "headers": [], "path": "/v1/x"}
        scopes = [plain, plain, *[known(plain, "/v1/scores")] * 7, known(plain, "/v1/x")]
        tasks = [asyncio.create_task(gate(scope, None, send)) for scope in scopes]  # type: ignore[arg-type]
        while held.waiting < 4 or len(sent) < 2:
            await asyncio.sleep(0)
        # A stranger too many, and a score beyond three quarters of the places; four scores wait for their turn.
        assert (sent, held.waiting, gate.scores.in_hand, gate.others.in_hand) == ([429, 429], 4, 6, 1)
        held.free.set()
        await asyncio.gather(*tasks)
        assert (sent[2:], gate.in_hand, gate.strangers.in_hand) == ([200] * 8, 0, 0)

    asyncio.run(scenario())


def test_a_score_whose_turn_does_not_come_is_refused_and_gives_its_place_back() -> None:
    async def scenario(client: httpx.AsyncClient, held: Held) -> None:
        tasks = await occupied(client, held, 1)
        assert (await client.get("/v1/scores")).status_code == 429
        held.free.set()
        assert [(await task).status_code for task in tasks] == [200]
        assert (await client.get("/v1/scores")).status_code == 200

    async def play() -> None:
        held = Held()
        gate = Gate(held, places=Places(4, 4, scores_at_once=1, turn_seconds=0))

        async def recognised(scope: Any, receive: Any, send: Any) -> None:
            await gate(scope | {"path": "/v1/scores", "caller": object()}, receive, send)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(recognised), base_url="http://test") as client:
            await scenario(client, held)

    asyncio.run(play())


def test_a_caller_who_does_not_take_the_answer_gives_the_place_back() -> None:
    async def play() -> None:
        held = Held()
        held.free.set()
        gate = Gate(held, places=Places(1, 1, send_seconds=0.01))

        async def never(_: Any) -> None:
            await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "headers": [], "path": "/v1/x"}
        with pytest.raises(TimeoutError):
            await gate(scope, None, never)  # type: ignore[arg-type]
        assert gate.strangers.in_hand == 0

    asyncio.run(play())
