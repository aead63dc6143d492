"""Connections that say nothing, too little or come too many at once: the guard before any request is known.

uvicorn has a timeout between requests only, and every byte puts it off. Here a request's headers must be complete in
time and of bounded size, and one address may hold only so many connections. What comes after the headers is watched by
``serving/overload/door.py``.
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from ipaddress import ip_address
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from serving.edge_settings import Network
from serving.limits.addresses import NOWHERE, counted_address
from serving.observe.metrics import CONNECTIONS_CLOSED
from serving.overload.gate import ALWAYS_ANSWERED
from serving.problems import Problem, respond

HEADER_BYTES: Final = 65_536
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class TooManyConnections(Problem):
    """One address holds as many connections as it may."""

    status = 429
    slug = "too-many-connections"
    title = "Too many connections"

    def __init__(self, most: int) -> None:
        super().__init__(f"your address holds {most} connections already; close some, or keep one open and reuse it")
        self.headers = {"Retry-After": "5", "Connection": "close"}


class Entry(Enum):
    """What becomes of a new connection."""

    TAKEN = auto()
    REFUSED = auto()  # its request is answered with 429, a probe as ever
    CLOSED = auto()


@dataclass
class Connections:
    """Open connections of this process.

    Attributes:
        per_address: connections of one address; those beyond it are refused, and closed at once beyond twice as many.
        most: connections altogether.
        proxies: addresses whose connections are those of many callers.
        header_seconds: time for a request's headers.
    """

    per_address: int
    most: int
    proxies: tuple[Network, ...] = ()
    header_seconds: float = 10.0
    _held: Counter[str] = field(default_factory=Counter)
    _total: int = 0

    def enter(self, peer: str) -> Entry:
        """Count a new connection."""
        self._total += 1
        self._held[counted_address(peer)] += 1
        held = self._held[counted_address(peer)]
        if self._total > self.most or (self._limited(peer) and held > 2 * self.per_address):
            return Entry.CLOSED
        return Entry.REFUSED if self._limited(peer) and held > self.per_address else Entry.TAKEN

    def leave(self, peer: str) -> None:
        """Forget a connection."""
        self._total -= 1
        self._held[counted_address(peer)] -= 1
        if self._held[counted_address(peer)] <= 0:
            del self._held[counted_address(peer)]

    def _limited(self, peer: str) -> bool:
        if counted_address(peer) == NOWHERE:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return True
        return not any(address in network for network in self.proxies)


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's protocol with the guard; ``guarded`` says by which limits."""

    limits: Connections

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._timer: TimerHandle | None = None
        self._header_bytes = 0
        self._peer: str | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Count it, and wait for its first request."""
        super().connection_made(transport)
        self._peer = self.client[0] if self.client else NOWHERE
        entry = self.limits.enter(self._peer)
        if entry is Entry.CLOSED:
            CONNECTIONS_CLOSED.labels("too_many").inc()
            transport.abort()
            return
        if entry is Entry.REFUSED:
            self.app = _Refusing(self.app, self.limits.per_address)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._disarm()
        if self._peer is not None:
            self.limits.leave(self._peer)
            self._peer = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a request's headers have a time and a size, whatever trickles in."""
        if self._awaits_headers():
            self._header_bytes += len(data)
        super().data_received(data)
        if not self._awaits_headers():
            return
        if self._header_bytes > HEADER_BYTES:
            self._end(_TOO_LONG, "headers_too_long")
        elif self._timer is None:
            self._arm()

    def on_headers_complete(self) -> None:
        """The request is known."""
        self._disarm()
        super().on_headers_complete()

    def _awaits_headers(self) -> bool:
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete)

    def _arm(self) -> None:
        self._header_bytes = 0
        self._timer = self.loop.call_later(self.limits.header_seconds, self._on_time_over)

    def _disarm(self) -> None:
        self._header_bytes = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_time_over(self) -> None:
        self._timer = None
        if self._awaits_headers():
            # Whoever has had an answer would take another one for that of its next request.
            begun = self.cycle is None and self._header_bytes > 0
            self._end(_TOO_SLOW if begun else b"", "headers_too_slow")

    def _end(self, answer: bytes, reason: str) -> None:
        CONNECTIONS_CLOSED.labels(reason).inc()
        if answer:
            self.transport.write(answer)
        self.transport.close()


class _Refusing:
    """An application that answers probes alone."""

    def __init__(self, app: Any, most: int) -> None:
        self._app: ASGIApp = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        CONNECTIONS_CLOSED.labels("too_many").inc()
        await respond(Request(scope), TooManyConnections(self._most))(scope, receive, send)


def guarded(limits: Connections) -> type[GuardedConnection]:
    """The protocol of one server: its connections are counted together."""
    return type("Connection", (GuardedConnection,), {"limits": limits})
