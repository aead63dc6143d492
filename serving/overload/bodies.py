"""A request's body, read in time and before any work: senders that trickle wait outside, and only for so long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from serving.overload.gate import Overloaded
from serving.problems import Problem

# A sender gets a second more for so many bytes: slower ones are taken for stuck.
BYTES_PER_SECOND: Final = 1_000
KNOWN_BYTES: Final = 256_000_000
STRANGE_BYTES: Final = 32_000_000


class BodyTooSlow(Problem):
    """The body did not come in time."""

    status = 408
    slug = "request-timeout"
    title = "The body came too slowly"

    def __init__(self) -> None:
        super().__init__("the body did not arrive in time; nothing was changed, send the request again")
        self.headers = {"Connection": "close"}


class BodyStore:
    """Bodies of this process that were read and not worked on yet; ``most`` bytes altogether."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    async def read(self, receive: Receive) -> "HeldBody":
        """All of a body; raises ``Overloaded`` when there is no room for it, and what ``receive`` raises."""
        body = HeldBody(self, receive)
        try:
            while await body.read_on():
                pass
        except BaseException:
            body.forget()
            raise
        return body


class HeldBody:
    """A body in memory, given out once in the pieces in which it came."""

    def __init__(self, store: BodyStore, receive: Receive) -> None:
        self._store = store
        self._receive = receive
        self._pieces: list[Message] = []
        self._size = 0

    async def read_on(self) -> bool:
        """Take another piece; whether more will come."""
        message = await self._receive()
        size = len(message.get("body", b""))
        self._size += size
        self._store.held += size
        self._pieces.append(message)
        if self._store.held > self._store.most:
            raise Overloaded("the bodies that wait fill the memory that they may")
        return message["type"] == "http.request" and bool(message.get("more_body", False))

    @property
    def broken_off(self) -> bool:
        """Whether the caller hung up before the body was whole."""
        return bool(self._pieces) and self._pieces[-1]["type"] != "http.request"

    async def give(self) -> Message:
        """The next piece; after the last one whatever else comes, which is the caller's hanging up."""
        return self._pieces.pop(0) if self._pieces else await self._receive()

    def forget(self) -> None:
        """Give the room back."""
        self._store.held -= self._size
        self._size = 0
        self._pieces.clear()


def has_body(scope: Scope) -> bool:
    """Whether the headers announce a body."""
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") not in ("", "0") or "transfer-encoding" in headers


def in_time(receive: Receive, seconds: float) -> Receive:
    """The same body; raises ``BodyTooSlow`` when one waits for its pieces longer than they are worth.

    What counts is the time spent waiting: a sender who waits for us is not slow.
    """
    left, whole = seconds, False

    async def timely() -> Message:
        nonlocal left, whole
        if whole:  # what comes now is the caller's hanging up, which may take as long as it likes
            return await receive()
        loop = asyncio.get_running_loop()
        began = loop.time()
        message = await _within(receive, left)
        left += len(message.get("body", b"")) / BYTES_PER_SECOND - (loop.time() - began)
        whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return timely


async def _within(receive: Callable[[], Awaitable[Message]], seconds: float) -> Message:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            return await receive()
    except TimeoutError as error:
        raise BodyTooSlow from error


def withheld(receive: Receive) -> Receive:
    """No body at all: what strangers send is not read."""
    told = False

    async def nothing() -> Message:
        nonlocal told
        if not told:
            told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message

    return nothing
