"""Around every request: its stages as ``Server-Timing``, its metrics, and one line in the log."""

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.observe.metrics import IN_HAND, REQUEST_SECONDS, REQUESTS
from serving.observe.stages import begin, server_timing

log = structlog.get_logger("serving.requests")
# Asked every few seconds by machines; they would drown everything else in the log.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Observed:
    """ASGI middleware, outermost: it sees refusals as well."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, stages, status = time.perf_counter(), begin(), 500

        async def timed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                header = server_timing(stages, time.perf_counter() - started)
                MutableHeaders(scope=message)["server-timing"] = header
            await send(message)

        IN_HAND.inc()
        try:
            await self.app(scope, receive, timed)
        finally:
            IN_HAND.dec()
            _tell(scope, status, time.perf_counter() - started)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    # The pattern, not the path: ids would make a series each.
    route = getattr(scope.get("route"), "path", "unknown")
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    if route in _QUIET:
        return
    principal = scope.get("state", {}).get("principal")
    log.info(
        "request",
        method=scope["method"],
        route=route,
        # The address of an answer is the secret that lets somebody answer.
        path=route if scope["path"].startswith("/answer/") else scope["path"],
        status=status,
        milliseconds=round(1000 * seconds, 2),
        principal=None if principal is None else principal.principal_id,
        request_id=scope.get("request_id"),
        traceparent=_header(scope, b"traceparent"),
    )


def _header(scope: Scope, name: bytes) -> str | None:
    found = next((value for key, value in scope["headers"] if key == name), None)
    return None if found is None else found.decode("latin-1")[:100]
