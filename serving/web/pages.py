"""Puts the pages onto the application."""

from fastapi import FastAPI

from serving.web import static
from serving.web.errors import install_error_pages
from serving.web.views import (
    admin,
    answer,
    asking,
    attachments,
    audit,
    boards,
    brief,
    bulk,
    callbacks,
    case,
    company_login,
    control_proposals,
    controls,
    hidden,
    insight,
    keys,
    later,
    login,
    mentions,
    people,
    policies,
    queue,
    readiness,
    routing,
    saved,
    scores,
    second_looks,
    teams,
    verdicts,
)

PARTS = (
    login,
    company_login,
    saved,
    queue,
    later,
    teams,
    routing,
    hidden,
    bulk,
    second_looks,
    case,
    mentions,
    scores,
    attachments,
    asking,
    answer,
    boards,
    readiness,
    brief,
    insight,
    verdicts,
    policies,
    controls,
    control_proposals,
    audit,
    callbacks,
    admin,
    people,
    keys,
    static,
)
ROUTERS = tuple(part.router for part in PARTS)


def install_pages(app: FastAPI) -> None:
    """Routes and error pages; call it after the problem handlers are installed."""
    for router in ROUTERS:
        app.include_router(router)
    install_error_pages(app)
