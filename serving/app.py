"""The application: routes, middleware and error shapes around one process's state."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.routing import BaseRoute

from serving.api import (
    accounts,
    attachments,
    audit,
    batch,
    boards,
    bulk,
    callbacks,
    cases,
    champions,
    controls,
    conversation,
    health,
    limits,
    metrics,
    monitoring,
    people,
    placing,
    policies,
    records,
    replay,
    requests,
    rules,
    runs,
    scores,
    second_looks,
    session,
    set_aside,
    subscriptions,
    teams,
    views,
)
from serving.api.dependencies import recognise
from serving.auth.oidc.provider import provider_of
from serving.auth.oidc.settings import OidcSettings
from serving.bookkeeping import Bookkeeper
from serving.contract.document import publish
from serving.controls.load import load_controls
from serving.controls.source import StoredRules
from serving.delivery import Delivery
from serving.limits.allowance import Allowance
from serving.limits.limiter import Limiter
from serving.middleware import Edge
from serving.observe.middleware import Observed
from serving.observe.tracing import trace
from serving.overload.door import Door
from serving.overload.gate import BATCH, STREAM, Places
from serving.policies.source import StoredPolicy
from serving.policy import SHIPPED, load_policy
from serving.problems import install
from serving.rules import register_rules
from serving.scoring.scorer import ModelSource, NoModels
from serving.settings import ServingSettings
from serving.state import ServingState
from serving.web.errors import install_error_pages
from serving.web.pages import ROUTERS

# In the order in which the document lists them.
PARTS = (
    health,
    metrics,
    records,
    batch,
    scores,
    replay,
    runs,
    cases,
    bulk,
    second_looks,
    placing,
    teams,
    views,
    requests,
    attachments,
    conversation,
    callbacks,
    subscriptions,
    set_aside,
    boards,
    controls,
    policies,  # before the versions, whose path would take its words for one
    rules,
    audit,
    champions,
    monitoring,
    accounts,
    people,
    limits,
    session,
)
HELD_SECONDS: Final = 0.5  # a refusal for want of places: who asks again at once is slowed down
DESCRIPTION = """
Which invoices may go out, which need a person, and why. Models assist; controls and people decide.

Money is a decimal string with an ISO 4217 currency, times are RFC 3339 in UTC, ids are opaque strings. Every error is
an RFC 9457 problem document that names the field at fault.
"""


def load_state(
    engine: Engine, settings: ServingSettings | None = None, *, models: ModelSource | None = None
) -> ServingState:
    """Read controls and policy and put a process's state together.

    Raises ``ControlError`` or ``PolicyError`` when a rule file cannot be used.
    """
    chosen = settings or ServingSettings()
    return ServingState(
        engine=engine,
        settings=chosen,
        rules=StoredRules(engine, load_controls()),
        policy=load_policy(Path(chosen.policy_file) if chosen.policy_file else SHIPPED),
        policies=StoredPolicy(engine),
        models=models or NoModels(),
        limits=Limiter(Allowance(chosen.key_requests_per_second, chosen.key_requests_per_day)),
        provider=provider_of(OidcSettings()),
    )


def _name_of(route: APIRoute) -> str:
    return route.name


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route of API and pages. They hold no state, so that all applications of a process share them.

    FastAPI works out a route's parameters when it is first looked at, which takes longer than most requests.
    """
    made = FastAPI(openapi_url=None, generate_unique_id_function=_name_of)
    for router in (*(part.router for part in PARTS), *ROUTERS):
        made.include_router(router)
    return tuple(made.router.routes)


def _places(settings: ServingSettings) -> Places:
    return Places(
        most=settings.max_in_flight,
        strangers=settings.max_strangers,
        scores_at_once=settings.scores_at_once,
        turn_seconds=settings.turn_seconds,
        hold_seconds=HELD_SECONDS,
        send_seconds=settings.send_seconds,
    )


def create_app(state: ServingState) -> FastAPI:
    """The ASGI application on a state; the versions of its rules are written down when it starts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with state.engine.begin() as connection:
            register_rules(connection, state)
        bookkeeper = Bookkeeper(state)
        bookkeeper.start()
        yield
        await run_in_threadpool(bookkeeper.stop)
        state.engine.dispose()

    app = FastAPI(
        title="Invoice exception triage",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name_of,
    )
    app.state.serving = state
    larger = {
        "/v1/runs": state.settings.max_run_body_bytes,
        STREAM: state.settings.max_stream_bytes,
        BATCH: state.settings.max_run_body_bytes,
    }
    app.add_middleware(Delivery)
    app.add_middleware(
        Door,
        places=_places(state.settings),
        recognise=lambda request: recognise(request, state),
        body_seconds=state.settings.body_seconds,
    )
    app.add_middleware(
        Edge,
        max_body_bytes=state.settings.max_body_bytes,
        larger=larger,
        # A file in base64 is a third longer, and a form says some words beside it.
        upload_bytes=state.settings.attachment_bytes * 4 // 3 + 20_000,
        refusals=state.refusals,
        secure_cookies=state.settings.cookies_are_secure,
    )
    app.add_middleware(Observed)
    install(app)
    app.router.routes.extend(_routes())
    install_error_pages(app)
    publish(app)
    trace(app)
    return app
