"""At most so many requests at once; the next one hears 429 instead of waiting in a queue that collapses.

Requests go by lanes, so that one kind cannot take the places of another: callers that nobody knows, scores (which keep
processors busy and take turns), batches, streams, and everything else. What is refused is held for a moment first:
callers who ask again at once would keep the process busy with refusing.
"""

import asyncio
import math
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import Problem, respond

# Whoever watches the service must be told most of all when it is busy.
ALWAYS_ANSWERED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
SCORES: Final = "/v1/scores"
BATCH: Final = "/v1/scores/batch"
STREAM: Final = "/v1/records/stream"
BATCHES_AT_ONCE: Final = 2
STREAMS_AT_ONCE: Final = 8
MOST_HELD: Final = 2_000  # refusals


class Overloaded(Problem):
    """The process has as many requests in hand as it takes."""

    status = 429
    slug = "overloaded"
    title = "Too busy"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; nothing was changed, send the request again")
        self.headers = {"Retry-After": "1"}


@dataclass
class Lane:
    """Requests of one kind.

    Attributes:
        most: requests in hand, those that wait for their turn included.
        at_once: how many of them are worked on at the same time; ``None``: all.
    """

    most: int
    at_once: int | None = None
    in_hand: int = 0
    turns: asyncio.Semaphore | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.turns = None if self.at_once is None else asyncio.Semaphore(self.at_once)


@dataclass(frozen=True)
class Places:
    """How many requests a process takes.

    Attributes:
        most: of callers that are known; scores have three quarters of it, so that people always find a place.
        strangers: of callers that nobody knows.
        scores_at_once: scores worked on at the same time; the others wait for their turn.
        turn_seconds: how long they wait.
        hold_seconds: how long a refusal is held.
        send_seconds: how long a caller may take for a piece of the answer.
    """

    most: int
    strangers: int
    scores_at_once: int = 4
    turn_seconds: float = 5.0
    hold_seconds: float = 0.0
    send_seconds: float = 30.0


class Gate:
    """ASGI middleware: counts the requests in hand, streams until their last byte."""

    def __init__(self, app: ASGIApp, *, places: Places) -> None:
        self.app = app
        self.places = places
        self.strangers = Lane(places.strangers)
        self.scores = Lane(math.ceil(places.most * 0.75), places.scores_at_once)
        self.batches = Lane(math.ceil(places.most * 0.25), BATCHES_AT_ONCE)
        self.streams = Lane(min(STREAMS_AT_ONCE, places.most))
        self.others = Lane(places.most)
        self.looked_up = 0  # callers whose credentials are being looked up
        self.held = 0

    @property
    def in_hand(self) -> int:
        """Requests of known callers, and those of whom it is being found out."""
        return self.looked_up + sum(lane.in_hand for lane in (self.scores, self.batches, self.streams, self.others))

    def refuse_if_full(self) -> None:
        """Raise ``Overloaded`` when no known caller finds a place; asked before credentials are looked up."""
        if self.in_hand >= self.places.most:
            raise Overloaded(f"{self.places.most} requests are being answered")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it. The event loop runs this, so counting needs no lock."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self.app(scope, receive, send)
            return
        lane = self._lane(scope)
        full = lane is not self.strangers and self.in_hand >= self.places.most
        if full or lane.in_hand >= lane.most:
            await self.refuse(scope, receive, send, Overloaded(f"{lane.in_hand} requests like this are being answered"))
            return
        lane.in_hand += 1
        try:
            served = await self._serve(lane, scope, receive, send)
        finally:
            lane.in_hand -= 1
        if not served:
            await self.refuse(scope, receive, send, Overloaded("the request did not get its turn in time"))

    def _lane(self, scope: Scope) -> Lane:
        if scope.get("caller") is None:
            return self.strangers
        path = scope["path"]
        if path == BATCH:
            return self.batches
        if path == STREAM:
            return self.streams
        return self.scores if path.startswith(SCORES) else self.others

    async def _serve(self, lane: Lane, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serve it in its turn; ``False`` when the turn did not come in time."""
        timely = _taken_in_time(send, self.places.send_seconds)
        if lane.turns is None:
            await self.app(scope, receive, timely)
            return True
        try:
            async with asyncio.timeout(self.places.turn_seconds):
                await lane.turns.acquire()
        except TimeoutError:
            return False
        try:
            await self.app(scope, receive, timely)
        finally:
            lane.turns.release()
        return True

    async def refuse(self, scope: Scope, receive: Receive, send: Send, refused: Overloaded) -> None:
        """Answer 429 after a moment, unless very many are held already."""
        if self.held < MOST_HELD:
            self.held += 1
            try:
                await asyncio.sleep(self.places.hold_seconds)
            finally:
                self.held -= 1
        await respond(Request(scope), refused)(scope, receive, send)


def _taken_in_time(send: Send, seconds: float) -> Send:
    """The same; raises ``TimeoutError`` when the caller does not take a piece of the answer in time."""

    async def timely(message: Message) -> None:
        async with asyncio.timeout(seconds):
            await send(message)

    return timely
