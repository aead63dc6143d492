"""What surrounds every request: its id, the body limit, the content type, and the headers browsers obey."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from serving.auth.refusals import REFUSED, Refusal, Refusals
from serving.contract.deprecation import tell
from serving.contract.lines import NDJSON
from serving.ids import new_id
from serving.problems import http_problem, respond

REQUEST_ID: Final = "x-request-id"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_UPLOADS: Final = re.compile(r"/answer/[^/]+|(/v1)?/cases/[^/]+/attachments")

_FORMS: Final = {"*/*", "application/*", "application/json", "application/problem+json", NDJSON}

SECURITY_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
}


class BodyTooLargeError(Exception):
    """The body grew beyond the limit while it was read."""


class Edge:
    """ASGI middleware: request id, body limit, content type, security headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        larger: Mapping[str, int] | None = None,
        upload_bytes: int = 0,
        refusals: Refusals | None = None,
        secure_cookies: bool = False,
    ) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.larger = larger or {}  # path → limit of its own
        self.upload_bytes = upload_bytes  # limit of the paths that take files
        self.refusals = refusals
        self.secure_cookies = secure_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["request_id"] = _request_id(headers)
        bind_contextvars(request_id=scope["request_id"])
        guarded = _with_headers(send, scope, self.refusals, secure=self.secure_cookies)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await respond(Request(scope), http_problem(*refusal))(scope, receive, guarded)
            return
        await self._serve(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        length = headers.get("content-length", "0")
        limit = self._limit(scope)
        if length.isdigit() and int(length) > limit:
            return _too_large(limit)
        has_body = length not in ("", "0") or "transfer-encoding" in headers
        if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            return 415, "send the body as it is: compressed bodies are not accepted"
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        taken = NDJSON if scope["path"].endswith("/stream") else "application/json"
        if has_body and scope["path"].startswith("/v1/") and kind != taken:
            return 415, f"send {taken}, not {kind or 'a body without a content type'!r}"
        if scope["path"].startswith("/v1/") and not _acceptable(headers.get("accept", "*/*")):
            return 406, "answers are application/json; accept that, or leave the Accept header out"
        return None

    def _limit(self, scope: Scope) -> int:
        path = scope["path"]
        return self.larger.get(path) or max(self.max_body_bytes, self.upload_bytes if _UPLOADS.fullmatch(path) else 0)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, started, limit = 0, False, self._limit(scope)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            # Whoever parses the body turns our signal into another answer; the size is what the caller must hear of.
            if message["type"] == "http.response.start" and read > limit:
                raise BodyTooLargeError
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except BodyTooLargeError:
            if not started:
                await respond(Request(scope), http_problem(*_too_large(limit)))(scope, receive, send)


def _too_large(limit: int) -> tuple[int, str]:
    return 413, f"the body is larger than {limit} bytes; send fewer or shorter documents"


def _acceptable(accept: str) -> bool:
    """Whether a caller takes one of the forms that we give."""
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind in _FORMS and "q=0" not in parameters:
            return True
    return not accept.strip()


def _request_id(headers: Headers) -> str:
    given = headers.get(REQUEST_ID, "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else new_id()


def _refusal_of(scope: Scope, status: int) -> Refusal:
    principal = scope.get("state", {}).get("principal") or scope.get("caller")
    address = (scope.get("client") or ("", 0))[0]
    route = getattr(scope.get("route"), "path", scope["path"][:200])
    return Refusal(
        caller=address if principal is None else principal.principal_id,
        status=status,
        problem=scope.get("problem", ""),
        route=f"{scope['method']} {route}",
        address=address,
        request_id=scope["request_id"],
        login=scope.get("login", "").replace("\x00", "")[:200],
    )


def _secure(message: Message) -> None:
    """Have every cookie travel over HTTPS only: here, so that no cookie can be forgotten."""
    message["headers"] = [
        (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; secure" not in value.lower() else value)
        for name, value in message.get("headers", [])
    ]


def _with_headers(send: Send, scope: Scope, refusals: Refusals | None, *, secure: bool) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            if refusals is not None and message["status"] in REFUSED:
                refusals.note(_refusal_of(scope, message["status"]))
            if secure:
                _secure(message)
            headers = MutableHeaders(scope=message)
            for name, value in scope.get("ratelimit", {}).items():
                headers.setdefault(name, value)
            headers[REQUEST_ID] = scope["request_id"]
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if scope["path"].startswith("/v1/"):
                headers.setdefault("cache-control", "no-store")
            tell(scope, headers)
        await send(message)

    return with_headers
