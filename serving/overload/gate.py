"""At most so many requests at once; the next one hears 429 at once instead of waiting in a queue that collapses."""

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.problems import Problem, respond

# Whoever watches the service must be told most of all when it is busy.
ALWAYS_ANSWERED: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class Overloaded(Problem):
    """The process has as many requests in hand as it takes."""

    status = 429
    slug = "overloaded"
    title = "Too busy"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} requests are being answered; nothing was changed, send the request again")
        self.headers = {"Retry-After": "1"}


class Gate:
    """ASGI middleware: counts the requests in hand, streams until their last byte."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app = app
        self.most = most
        self.in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it at once. The event loop runs this, so counting needs no lock."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self.app(scope, receive, send)
        elif self.in_hand >= self.most:
            await respond(Request(scope), Overloaded(self.most))(scope, receive, send)
        else:
            self.in_hand += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.in_hand -= 1
