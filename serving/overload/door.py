"""Before a request counts: who is asking is found out by the headers, then the body is read, in time and in size.

A place behind the gate is worth a connection and a thread, so nobody gets one for a promise: not for headers whose body
never comes, and not without credentials.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.auth.principal import Principal
from serving.overload.bodies import KNOWN_BYTES, STRANGE_BYTES, BodyStore, BodyTooSlow, has_body, in_time, withheld
from serving.overload.gate import ALWAYS_ANSWERED, STREAM, Gate, Overloaded, Places
from serving.problems import Problem, respond

# What anybody may send or fetch; everything else is for callers with credentials. A test compares it with the routes.
OPEN: Final = re.compile(
    r"GET /static/[^/]+/[^/]+|GET /favicon\.ico|GET /docs|GET /login/company(/callback|/leave)?|GET /login"
    r"|POST /login|POST /theme|POST /v1/session|(GET|POST) /answer/[^/]+"
)
Recognise = Callable[[Request], Awaitable[Principal | None]]


class Door:
    """ASGI middleware, with the gate behind it: recognises callers and reads bodies."""

    def __init__(self, app: ASGIApp, *, places: Places, recognise: Recognise, body_seconds: float) -> None:
        self.gate = self.app = Gate(app, places=places)
        self.recognise = recognise
        self.body_seconds = body_seconds
        self.known = BodyStore(KNOWN_BYTES)
        self.strange = BodyStore(STRANGE_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self.app(scope, receive, send)
            return
        opened = OPEN.fullmatch(f"{scope['method']} {scope['path']}") is not None
        try:
            if not opened:
                await self._look_up(scope)
        except Overloaded as refused:
            await self.gate.refuse(scope, receive, send, refused)
            return
        if not has_body(scope):
            await self.app(scope, receive, send)
        elif not opened and scope["caller"] is None:
            await self.app(scope, withheld(receive), send)
        elif scope["path"] == STREAM:
            await self.app(scope, in_time(receive, self.body_seconds), send)
        else:
            await self._with_body(scope, in_time(receive, self.body_seconds), send)

    async def _look_up(self, scope: Scope) -> None:
        """Note who is asking, or why nobody is let in: the endpoint answers that in the form that the caller reads."""
        self.gate.refuse_if_full()
        self.gate.looked_up += 1
        try:
            scope["caller"] = await self.recognise(Request(scope))
        except (Problem, SQLAlchemyError, psycopg.Error) as refused:
            scope["caller"], scope["not_recognised"] = None, refused
        finally:
            self.gate.looked_up -= 1

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        store = self.strange if scope.get("caller") is None else self.known
        try:
            body = await store.read(receive)
        except BodyTooSlow as refused:
            await respond(Request(scope), refused)(scope, receive, send)
            return
        except Overloaded as refused:
            await self.gate.refuse(scope, receive, send, refused)
            return
        try:
            if not body.broken_off:
                await self.app(scope, body.give, send)
        finally:
            body.forget()
