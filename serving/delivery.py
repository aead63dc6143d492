"""How answers travel: ``HEAD`` wherever there is ``GET``, ``ETag`` on documents, and gzip above a size."""

import gzip
import hashlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Answers that stay the same until the service is another version.
_DOCUMENTS: Final = ("/openapi.json", "/docs", "/static/", "/favicon.ico")
_SMALLEST: Final = 2_000  # bytes; less is not worth the work
_LEVEL: Final = 5
_TEXT: Final = ("application/json", "application/problem+json", "text/", "image/svg+xml")


class Delivery:
    """ASGI middleware around whole answers; streams (JSON lines, files) pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD", "POST", "PUT"):
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        answer = _Answer(scope, send)
        try:
            await self.app(asked, receive, answer.send)
        finally:
            # The router writes the route into the scope that it was given; those outside read it in theirs.
            scope.update({name: asked[name] for name in asked if name != "method"})


class _Answer:
    """One answer on its way: held back until it is known whether it is whole."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.pass_on = send
        self.start: Message | None = None
        self.streams = False

    async def send(self, message: Message) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            self.start = message
        elif self.start is None:
            await self._continue(message)
        elif message.get("more_body", False):
            self.streams = True
            await self._begin(self.start)
            await self._continue(message)
        else:
            await self._whole(self.start, message.get("body", b""))

    async def _begin(self, start: Message) -> None:
        self.start = None
        await self.pass_on(start)

    async def _continue(self, message: Message) -> None:
        if self.scope["method"] == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.pass_on(message)

    async def _whole(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        asked = Headers(scope=self.scope)
        status = start["status"]
        if status == 200 and self.scope["path"].startswith(_DOCUMENTS):
            tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers["etag"] = tag
            headers.setdefault("cache-control", "no-cache")
            if _matches(asked.get("if-none-match", ""), tag):
                status, body = 304, b""
                del headers["content-length"], headers["content-type"]
        if _worth_compressing(headers, body):
            headers.add_vary_header("Accept-Encoding")
            if takes_gzip(asked.get("accept-encoding", "")):
                body = gzip.compress(body, _LEVEL, mtime=0)
                headers["content-encoding"] = "gzip"
                headers["content-length"] = str(len(body))
        await self._begin({**start, "status": status, "headers": headers.raw})
        await self._continue({"type": "http.response.body", "body": body})


def _matches(wanted: str, tag: str) -> bool:
    """Weak comparison (RFC 9110, 8.8.3.2): quoted parts are compared, ``*`` fits everything."""
    tags = {part.strip().removeprefix("W/") for part in wanted.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def _worth_compressing(headers: Headers, body: bytes) -> bool:
    kind = headers.get("content-type", "")
    return len(body) >= _SMALLEST and kind.startswith(_TEXT) and "content-encoding" not in headers


def takes_gzip(accepted: str) -> bool:
    """Whether a caller's ``Accept-Encoding`` lets an answer be compressed."""
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
