"""Connections before any request: headers come in time and in size, and one address holds only so many."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from serving.limits.addresses import counted_address
from serving.overload.connections import HEADER_BYTES, Connections, Entry, guarded

GET = b"GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"
Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def answering(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


def run(limits: Connections, scenario: Callable[[Open], Awaitable[None]]) -> None:
    async def play() -> None:
        config = uvicorn.Config(answering, http=guarded(limits), ws="none", lifespan="off", timeout_keep_alive=600)
        config.load()
        state, protocol = ServerState(), guarded(limits)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        opened: list[asyncio.StreamWriter] = []

        async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            opened.append(writer)
            return reader, writer

        await scenario(connect)
        for writer in opened:
            writer.close()
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    asyncio.run(play())


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes = GET) -> bytes:
    writer.write(request)
    return (await reader.readuntil(b"\r\n")).split(b" ")[1]


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_headers_that_do_not_come_end_the_connection(sent: bytes) -> None:
    async def scenario(connect: Open) -> None:
        reader, writer = await connect()
        writer.write(sent)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 408 ") if sent else answer == b""

    run(Connections(10, 10, header_seconds=0.05), scenario)


def test_the_next_requests_headers_have_a_time_too() -> None:
    async def scenario(connect: Open) -> None:
        reader, writer = await connect()
        assert await ask(reader, writer) == b"200"
        writer.write(b"\r\n")  # puts off the server's own timeout, and is no request
        rest = await reader.read()
        assert b"408" not in rest

    run(Connections(10, 10, header_seconds=0.05), scenario)


def test_headers_without_end_are_refused() -> None:
    async def scenario(connect: Open) -> None:
        reader, writer = await connect()
        assert await ask(reader, writer, b"GET / HTTP/1.1\r\nX-A: " + b"a" * (HEADER_BYTES + 1)) == b"431"

    run(Connections(10, 10, header_seconds=600), scenario)


def test_an_address_with_too_many_connections_hears_429_and_may_still_probe() -> None:
    limits = Connections(2, 10, header_seconds=600)

    async def scenario(connect: Open) -> None:
        held = [await connect() for _ in range(2)]
        assert [await ask(*one) for one in held] == [b"200"] * 2
        refused = [await connect() for _ in range(2)]
        assert await ask(*refused[0]) == b"429"
        assert await ask(*refused[1], GET.replace(b"/v1/x", b"/healthz")) == b"200"

    run(limits, scenario)
    assert (limits._total, dict(limits._held)) == (0, {})


def test_twice_too_many_and_too_many_altogether_are_closed_at_once() -> None:
    limits = Connections(2, 6)
    entries = [limits.enter("192.0.2.1") for _ in range(5)]
    assert entries == [Entry.TAKEN, Entry.TAKEN, Entry.REFUSED, Entry.REFUSED, Entry.CLOSED]
    assert [limits.enter("192.0.2.2") for _ in range(2)] == [Entry.TAKEN, Entry.CLOSED]
    for _ in range(5):
        limits.leave("192.0.2.1")
    assert limits.enter("192.0.2.1") is Entry.TAKEN


def test_proxies_and_sockets_without_an_address_stand_for_many() -> None:
    limits = Connections(1, 100, proxies=(ip_network("10.0.0.0/8"),))
    assert {limits.enter(peer) for peer in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "", "", "")} == {Entry.TAKEN}


@pytest.mark.parametrize(("given", "counted"), [
    ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::/64"), ("", ""), ("testclient", "testclient"),
])  # fmt: skip
def test_an_address_is_counted_by_who_holds_it(given: str, counted: str) -> None:
    assert counted_address(given) == counted
