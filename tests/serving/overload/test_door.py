"""Nobody takes a place by promising a body: strangers are known by their headers, and bodies come in time."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth.scopes import Scope
from serving.overload.bodies import BodyStore, BodyTooSlow, in_time, withheld
from serving.overload.door import OPEN
from serving.overload.gate import Overloaded
from serving.state import ServingState
from tests.access.test_access import PUBLIC, routes
from tests.serving.kit import MACHINE, api_key

JSON = {"content-type": "application/json"}
PROMISE = JSON | {"content-length": "1000"}
Scenario = Callable[[httpx.AsyncClient], Awaitable[None]]


def play(state: ServingState, scenario: Scenario, **settings: Any) -> None:
    changed = replace(state, settings=state.settings.model_copy(update=settings))

    async def run() -> None:
        transport = httpx.ASGITransport(create_app(changed))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await scenario(client)

    asyncio.run(run())


class Trickle:
    """Bodies of which one byte comes, and the rest when it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.free = asyncio.Event()

    async def body(self) -> AsyncIterator[bytes]:
        yield b"{"
        self.begun += 1
        await self.free.wait()
        yield b" " * 998 + b"}"

    async def waiting(self, number: int) -> None:
        while self.begun < number:
            await asyncio.sleep(0)


def test_strangers_who_hold_back_a_body_stop_nobody(state: ServingState, firm: Engine) -> None:
    known = {"authorization": f"Bearer {api_key(firm, *MACHINE)}"}

    async def scenario(client: httpx.AsyncClient) -> None:
        trickle = Trickle()
        strange = [
            asyncio.create_task(client.post("/v1/scores", headers=PROMISE, content=trickle.body())) for _ in range(10)
        ]
        # None of them is waited for: the headers say enough.
        assert [(await one).status_code for one in strange] == [401] * 10
        assert trickle.begun == 0
        answer = await client.post("/v1/scores", headers=known, json={"invoice_id": "INV-1"})
        assert answer.status_code == 200

    play(state, scenario, max_in_flight=2)


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/session"])
def test_a_body_that_is_awaited_takes_no_place(state: ServingState, firm: Engine, path: str) -> None:
    known = {"authorization": f"Bearer {api_key(firm, *MACHINE)}"}

    async def scenario(client: httpx.AsyncClient) -> None:
        trickle = Trickle()
        slow = [
            asyncio.create_task(client.post(path, headers=PROMISE | known, content=trickle.body())) for _ in range(5)
        ]
        await trickle.waiting(5)
        answer = await client.post("/v1/scores", headers=known, json={"invoice_id": "INV-1"})
        assert answer.status_code == 200
        trickle.free.set()
        assert {(await one).status_code for one in slow} == {422}

    play(state, scenario, max_in_flight=5, max_strangers=5, body_seconds=600)


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/records/stream", "/login"])
def test_a_body_that_does_not_come_ends_with_408(state: ServingState, firm: Engine, path: str) -> None:
    kind = {"/v1/records/stream": "application/x-ndjson", "/login": "application/x-www-form-urlencoded"}
    known = {"authorization": f"Bearer {api_key(firm, *MACHINE, Scope.RECORDS_WRITE)}"}

    async def scenario(client: httpx.AsyncClient) -> None:
        headers = PROMISE | known | {"content-type": kind.get(path, "application/json")}
        answer = await client.post(path, headers=headers, content=Trickle().body())
        assert (answer.status_code, answer.headers["connection"]) == (408, "close")
        assert answer.json()["type"] == "urn:triage:problem:request-timeout"

    play(state, scenario, body_seconds=0.02)


def test_made_up_credentials_are_refused_before_the_body_as_well(state: ServingState, firm: Engine) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        for credential in ({"authorization": "Bearer triage_a_b"}, {"cookie": "triage_session=x"}):
            answer = await client.post("/v1/scores", headers=PROMISE | credential, content=Trickle().body())
            assert answer.status_code == 401

    play(state, scenario)


def test_what_is_open_is_what_asks_for_no_credentials(app: FastAPI) -> None:
    places = [(method, path, re.sub(r"{\w+}", "x", path)) for method, path, _ in routes(app)]
    opened = {(method, path) for method, path, place in places if OPEN.fullmatch(f"{method} {place}")}
    assert opened == PUBLIC - {("GET", "/healthz"), ("GET", "/readyz")}


def pieces(*sizes: int) -> Callable[[], Awaitable[Any]]:
    left = list(sizes)

    async def receive() -> Any:
        size = left.pop(0)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left)}

    return receive


def test_a_body_is_given_out_as_it_came_and_its_room_is_given_back() -> None:
    async def scenario() -> None:
        store = BodyStore(10)
        body = await store.read(pieces(3, 4))
        assert store.held == 7
        with pytest.raises(Overloaded):
            await store.read(pieces(2, 2, 2))
        assert store.held == 7
        assert [len((await body.give())["body"]) for _ in range(2)] == [3, 4]
        body.forget()
        assert store.held == 0

    asyncio.run(scenario())


def test_a_sender_earns_time_by_sending() -> None:
    async def scenario() -> None:
        timely = in_time(pieces(1_000_000, 1, 1), seconds=60)
        assert [len((await timely())["body"]) for _ in range(3)] == [1_000_000, 1, 1]

        async def never() -> Any:
            await asyncio.Event().wait()

        with pytest.raises(BodyTooSlow):
            await in_time(never, seconds=0)()

    asyncio.run(scenario())


def test_a_withheld_body_is_empty_and_ends_with_the_connection() -> None:
    async def scenario() -> None:
        messages = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]

        async def receive() -> Any:
            return messages.pop(0)

        nothing = withheld(receive)
        assert await nothing() == {"type": "http.request", "body": b"", "more_body": False}
        assert await nothing() == {"type": "http.disconnect"}

    asyncio.run(scenario())
